import { ChevronRight } from "lucide-react";
import { useLayoutEffect, useRef } from "react";
import type { SessionEvent } from "@/api/types";
import { Plain } from "@/components/plain";
import { cn } from "@/lib/cn";
import { clockTime, fullTime } from "@/lib/time";
import { eventWords } from "./words";

interface Props {
  event: SessionEvent;
  isOpen: boolean;
  onToggle: () => void;
  /** How high its details are. */
  onMeasure: (height: number) => void;
}

/** One event; open, all that it holds. */
export function EventRow({ event, isOpen, onToggle, onMeasure }: Props) {
  return (
    <li className="border-b last:border-b-0">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={onToggle}
        className="flex h-[39px] w-full items-center gap-3 px-3 text-left text-[13px] hover:bg-raised pointer-coarse:h-[47px]"
      >
        <ChevronRight
          aria-hidden
          className={cn("size-3.5 shrink-0 text-muted", isOpen && "rotate-90")}
        />
        <time
          dateTime={event.timestamp}
          title={fullTime(event.timestamp)}
          className="shrink-0 text-muted tabular-nums"
        >
          {clockTime(event.timestamp)}
        </time>
        <span className="shrink-0 font-medium">{event.type}</span>
        <span className="min-w-0 flex-1 truncate text-muted">
          <Plain text={eventWords(event)} />
        </span>
        <span className="shrink-0 text-muted max-sm:hidden">{event.source}</span>
      </button>
      {isOpen && <Details event={event} onMeasure={onMeasure} />}
    </li>
  );
}

function Details({ event, onMeasure }: Pick<Props, "event" | "onMeasure">) {
  const box = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => onMeasure(element.offsetHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, [onMeasure]);
  return (
    <pre
      ref={box}
      className="code overflow-x-auto border-t bg-raised px-3 py-2.5 break-words whitespace-pre-wrap"
    >
      <Plain text={JSON.stringify(event.payload, null, 2)} />
    </pre>
  );
}
