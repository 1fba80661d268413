import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { cn } from "@/lib/cn";

interface Props {
  /** Whether all of it is there to be seen, as soon as that is known. */
  onSeen: (isSeen: boolean) => void;
  children: ReactNode;
}

/** The beginning of something long, by the room that it takes, and how much of it is not seen yet. */
export function Cut({ onSeen, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [hidden, setHidden] = useState(0);
  const [isAll, setAll] = useState(false);

  useLayoutEffect(() => {
    const measure = () => {
      const [outer, inner] = [box.current, content.current];
      if (!outer || !inner) return;
      const rest = inner.offsetHeight - outer.clientHeight;
      setHidden(rest > 1 ? Math.ceil(rest / LINE) : 0);
      onSeen(rest <= 1);
    };
    measure();
    const watch = new ResizeObserver(measure);
    for (const part of [box.current, content.current]) if (part) watch.observe(part);
    return () => watch.disconnect();
  }, [onSeen]);

  return (
    <div>
      <div ref={box} className={cn("overflow-hidden", !isAll && "max-h-[min(18rem,32dvh)]")}>
        <div ref={content} className="flow-root">
          {children}
        </div>
      </div>
      {hidden > 0 && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="target w-full rounded-b-lg border-t bg-warn-soft px-3 text-left text-[13px] font-medium text-warn"
        >
          {hidden === 1 ? "1 more line" : `${hidden} more lines`}: show all before you decide
        </button>
      )}
    </div>
  );
}

/** The height of a line of code in pixels. */
const LINE = 19.5;
