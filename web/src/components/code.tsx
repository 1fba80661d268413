import { useState } from "react";
import { cn } from "@/lib/cn";
import type { Argument, DiffLine } from "@/lib/tool-call";
import { Plain } from "./plain";

const SHOWN_LINES = 12;

interface BlockProps {
  text: string;
  /** Whether all of it is drawn at once. */
  whole?: boolean;
}

/** Text as it is, the beginning of it at first. */
export function Block({ text, whole = false }: BlockProps) {
  const lines = text.split("\n");
  const [isAll, setAll] = useState(whole || lines.length <= SHOWN_LINES + 2);
  return (
    <div className="overflow-hidden rounded-lg bg-raised">
      <pre className="code px-3 py-2.5 wrap-anywhere whitespace-pre-wrap">
        <Plain text={isAll ? text : lines.slice(0, SHOWN_LINES).join("\n")} />
      </pre>
      {!isAll && <ShowAll count={lines.length - SHOWN_LINES} onClick={() => setAll(true)} />}
    </div>
  );
}

interface DiffProps {
  path: string | null;
  lines: DiffLine[];
  whole?: boolean;
}

/** What goes out of a file and what comes in. */
export function Diff({ path, lines, whole = false }: DiffProps) {
  const [isAll, setAll] = useState(whole || lines.length <= SHOWN_LINES + 2);
  const shown = isAll ? lines : lines.slice(0, SHOWN_LINES);
  return (
    <div className="overflow-hidden rounded-lg border">
      {path !== null && (
        <p className="code border-b bg-raised px-3 py-1.5 break-all">
          <Plain text={path} />
        </p>
      )}
      <div className="code py-1.5">
        {shown.map((line, at) => (
          <div
            key={at}
            className={cn(
              "flex px-3",
              line.sign === "+" && "bg-ok-soft text-ok",
              line.sign === "-" && "bg-danger-soft text-danger",
              line.sign === "@" && "text-muted",
            )}
          >
            {line.sign !== "@" && <span className="w-4 shrink-0 select-none">{line.sign}</span>}
            <span className="min-w-0 flex-1 wrap-anywhere whitespace-pre-wrap">
              <Plain text={line.text} />
            </span>
          </div>
        ))}
      </div>
      {!isAll && <ShowAll count={lines.length - SHOWN_LINES} onClick={() => setAll(true)} />}
    </div>
  );
}

/** What else a tool is given. What may matter stands out. */
export function Arguments({ all }: { all: Argument[] }) {
  if (all.length === 0) return null;
  return (
    <ul aria-label="Further arguments" className="mt-1.5 space-y-1">
      {all.map(({ name, value, isHarmless }) => (
        <li
          key={name}
          className={cn(
            "code rounded-md px-3 py-1 wrap-anywhere whitespace-pre-wrap",
            isHarmless ? "text-muted" : "bg-warn-soft font-medium text-warn",
          )}
        >
          <Plain text={name} />: <Plain text={value} />
        </li>
      ))}
    </ul>
  );
}

function ShowAll({ count, onClick }: { count: number; onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="target w-full border-t px-3 text-left text-[13px] font-medium text-muted hover:text-text"
    >
      {count} more lines
    </button>
  );
}
