import { useQuery } from "@tanstack/react-query";
import { useLayoutEffect, useRef } from "react";
import type { LogLine } from "@/api/types";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { Plain } from "@/components/plain";
import { cn } from "@/lib/cn";
import { clockTime, fullTime } from "@/lib/time";
import { logQuery } from "./queries";

/** The most lines that are drawn; the earlier ones are left to the command line. */
const SHOWN = 2000;

/** The log of an execution. Who has read to its end is kept there. */
export function Log({ executionId }: { executionId: string }) {
  const log = useQuery(logQuery(executionId));
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const lines = log.data;
  useLayoutEffect(() => {
    if (lines && box.current && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  if (log.isPending) return <Loading label="Loading the log" />;
  if (!lines) return <ErrorNote error={log.error} onRetry={() => log.refetch()} />;
  if (lines.length === 0) return <p className="text-sm text-muted">Nothing was written yet.</p>;
  const hidden = Math.max(0, lines.length - SHOWN);
  return (
    <div
      ref={box}
      role="log"
      aria-label="Log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - clientHeight - scrollTop < 24;
      }}
      className="code max-h-96 overflow-y-auto rounded-xl border bg-panel px-3 py-2"
    >
      {hidden > 0 && (
        <p className="text-muted">
          {hidden} earlier lines: codepiper workflow logs {executionId.slice(0, 8)}
        </p>
      )}
      {lines.slice(hidden).map((line) => (
        <Line key={line.id} line={line} />
      ))}
    </div>
  );
}

function Line({ line }: { line: LogLine }) {
  return (
    <p className="flex flex-wrap gap-x-2.5 sm:flex-nowrap">
      <time dateTime={line.timestamp} title={fullTime(line.timestamp)} className="text-muted">
        {clockTime(line.timestamp)}
      </time>
      {line.step && (
        <span className="text-info">
          <Plain text={line.step} />
        </span>
      )}
      <span
        className={cn(
          "min-w-0 basis-full break-words whitespace-pre-wrap sm:basis-auto",
          line.level === "error" && "text-danger",
          line.level === "warning" && "text-warn",
          line.level === "info" && "text-muted",
        )}
      >
        <Plain text={line.message} />
      </span>
    </p>
  );
}
