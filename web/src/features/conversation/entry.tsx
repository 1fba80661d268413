import { CircleAlert, FoldVertical } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { ConversationEntry } from "@/api/types";
import { CopyIcon } from "@/components/copy-button";
import { Markdown } from "@/components/markdown";
import { Plain } from "@/components/plain";
import { cn } from "@/lib/cn";
import { fullTime, shortTime } from "@/lib/time";
import { Fold } from "./fold";
import type { Surroundings } from "./surroundings";
import { ToolCall } from "./tool-call";
import { AnswerCost } from "./usage-line";

interface Props {
  entry: ConversationEntry;
  around: Surroundings;
}

/** One thing that was said or done. */
export const Entry = memo(function Entry({ entry, around }: Props) {
  const isWanted = around.way[0] === entry.id;
  return (
    <article
      aria-label={LABELS[entry.kind]}
      aria-current={isWanted ? "location" : undefined}
      className={cn("group rounded-xl", isWanted && "outline-2 outline-offset-4 outline-warn-mark")}
    >
      {bodyOf(entry, around)}
      <Below entry={entry} />
    </article>
  );
});

const LABELS = {
  prompt: "Prompt to the agent",
  reply: "Reply",
  thinking: "Thinking",
  tool_call: "Tool call",
  sub_agent: "Sub-agent",
  compaction: "Summary",
  error: "Error",
  other: "Other",
} as const;

function bodyOf(entry: ConversationEntry, around: Surroundings): ReactNode {
  if (entry.tool) return <ToolCall entry={entry} tool={entry.tool} around={around} />;
  const isOpenAtFirst = around.way.includes(entry.id);
  switch (entry.kind) {
    case "prompt":
      return (
        <div className="ml-auto w-fit max-w-[92%] rounded-2xl rounded-br-md bg-accent-soft px-3.5 py-2.5 break-words whitespace-pre-wrap">
          <Plain text={entry.text} prose />
        </div>
      );
    case "thinking":
      return (
        <Fold
          name={`thinking ${entry.id}`}
          isOpenAtFirst={isOpenAtFirst}
          className="-mx-3 rounded-xl"
          head={
            <span className="min-w-0 truncate text-muted italic">
              <Plain text={beginningOf(entry.text)} prose />
            </span>
          }
        >
          {() => (
            <div className="border-l-2 pl-3 text-sm text-muted">
              <Markdown text={entry.text} />
            </div>
          )}
        </Fold>
      );
    case "compaction":
      return (
        <Fold
          name={`compaction ${entry.id}`}
          isOpenAtFirst={isOpenAtFirst}
          className="rounded-xl border border-dashed"
          head={
            <>
              <FoldVertical aria-hidden className="text-muted" />
              <span className="text-muted">All before was replaced by a summary</span>
            </>
          }
        >
          {() => <Markdown text={entry.text} />}
        </Fold>
      );
    case "error":
      return (
        <div className="flex gap-2.5 rounded-xl bg-danger-soft px-3 py-2.5 text-sm text-danger">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <p className="min-w-0 break-words whitespace-pre-wrap">
            <Plain text={entry.text} prose />
          </p>
        </div>
      );
    default:
      return <Markdown text={entry.text} />;
  }
}

/** The first line of what was thought. */
function beginningOf(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line ? `Thought: ${line}` : "Thought, without saying what";
}

/** When it was, who said it, and what it cost. */
function Below({ entry }: { entry: ConversationEntry }) {
  const isPrompt = entry.kind === "prompt";
  const canCopy = isPrompt || entry.kind === "reply";
  return (
    <p
      className={cn(
        "mt-1 flex min-h-6 flex-wrap items-center gap-x-2 text-xs text-muted",
        isPrompt && "justify-end",
      )}
    >
      <time dateTime={entry.at} title={fullTime(entry.at)} className="tabular-nums">
        {shortTime(entry.at)}
      </time>
      {entry.usage && entry.model && <span>{entry.model}</span>}
      {entry.usage && <AnswerCost usage={entry.usage} />}
      {canCopy && (
        <CopyIcon
          text={entry.text}
          label={`Copy the ${isPrompt ? "prompt" : "reply"}`}
          className="-my-2 focus-visible:opacity-100 pointer-fine:opacity-0 pointer-fine:group-hover:opacity-100"
        />
      )}
    </p>
  );
}
