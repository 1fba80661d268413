import { useState } from "react";
import { cn } from "@/lib/cn";
import type { DiffLine } from "@/lib/tool-call";

const SHOWN_LINES = 12;

/** Text as it is, the beginning of it at first; `cut` says what there is to do about the rest. */
export function Block({ text, cut }: { text: string; cut?: string }) {
  const lines = text.split("\n");
  const [isAll, setAll] = useState(lines.length <= SHOWN_LINES + 2);
  return (
    <div className="overflow-hidden rounded-lg bg-raised">
      <pre className="code overflow-x-auto px-3 py-2.5 break-words whitespace-pre-wrap">
        {isAll ? text : lines.slice(0, SHOWN_LINES).join("\n")}
      </pre>
      {!isAll && (
        <ShowAll count={lines.length - SHOWN_LINES} cut={cut} onClick={() => setAll(true)} />
      )}
    </div>
  );
}

interface DiffProps {
  path: string | null;
  lines: DiffLine[];
  cut?: string;
}

/** What goes out of a file and what comes in. */
export function Diff({ path, lines, cut }: DiffProps) {
  const [isAll, setAll] = useState(lines.length <= SHOWN_LINES + 2);
  const shown = isAll ? lines : lines.slice(0, SHOWN_LINES);
  return (
    <div className="overflow-hidden rounded-lg border">
      {path && <p className="code border-b bg-raised px-3 py-1.5 break-all">{path}</p>}
      <div className="code overflow-x-auto py-1.5">
        {shown.map((line, at) => (
          <div
            key={at}
            className={cn(
              "w-max min-w-full px-3 whitespace-pre",
              line.sign === "+" && "bg-ok-soft text-ok",
              line.sign === "-" && "bg-danger-soft text-danger",
              line.sign === "@" && "text-muted",
            )}
          >
            <span className="inline-block w-4 select-none">
              {line.sign === "@" ? "" : line.sign}
            </span>
            {line.text}
          </div>
        ))}
      </div>
      {!isAll && (
        <ShowAll count={lines.length - SHOWN_LINES} cut={cut} onClick={() => setAll(true)} />
      )}
    </div>
  );
}

interface ShowAllProps {
  count: number;
  cut: string | undefined;
  onClick: () => void;
}

function ShowAll({ count, cut, onClick }: ShowAllProps) {
  return (
    <button
      type="button"
      onClick={onClick}
      className={cn(
        "target w-full border-t px-3 text-left text-[13px] font-medium",
        cut ? "bg-warn-soft text-warn" : "text-muted hover:text-text",
      )}
    >
      {count} more lines{cut ? `: ${cut}` : ""}
    </button>
  );
}
