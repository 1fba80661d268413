import { useState } from "react";
import { cn } from "@/lib/cn";
import { type DiffLine, shownCall } from "@/lib/tool-call";

interface Props {
  toolName: string;
  toolInput: unknown;
  diff: string | null;
}

/** Exactly what the agent wants to do. */
export function Action({ toolName, toolInput, diff }: Props) {
  const shown = shownCall(toolName, toolInput, diff);
  switch (shown.kind) {
    case "command":
      return (
        <>
          <Block text={shown.command} />
          {shown.about && (
            <p className="mt-1.5 text-[13px] text-muted">The agent says: {shown.about}</p>
          )}
        </>
      );
    case "diff":
      return <Diff path={shown.path} lines={shown.lines} />;
    case "value":
      return <Block text={shown.text} />;
  }
}

const SHOWN_LINES = 12;

function Block({ text }: { text: string }) {
  const lines = text.split("\n");
  const [isAll, setAll] = useState(lines.length <= SHOWN_LINES + 2);
  return (
    <div className="overflow-hidden rounded-lg bg-raised">
      <pre className="code overflow-x-auto px-3 py-2.5 break-words whitespace-pre-wrap">
        {isAll ? text : lines.slice(0, SHOWN_LINES).join("\n")}
      </pre>
      {!isAll && <ShowAll count={lines.length - SHOWN_LINES} onClick={() => setAll(true)} />}
    </div>
  );
}

function Diff({ path, lines }: { path: string | null; lines: DiffLine[] }) {
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
      {!isAll && <ShowAll count={lines.length - SHOWN_LINES} onClick={() => setAll(true)} />}
    </div>
  );
}

function ShowAll({ count, onClick }: { count: number; onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="target w-full border-t bg-warn-soft px-3 text-left text-[13px] font-medium text-warn"
    >
      {count} more lines: show all before you decide
    </button>
  );
}
