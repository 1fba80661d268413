import { useQuery } from "@tanstack/react-query";
import { Check, CircleHelp, MessageSquare, ScrollText, X } from "lucide-react";
import type { ReactNode } from "react";
import type { Decision } from "@/api/types";
import { Empty, Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { Plain } from "@/components/plain";
import { clockTime, fullTime } from "@/lib/time";
import { summaryOf } from "@/lib/tool-call";
import { activityQuery } from "./queries";
import { type Item, timeline } from "./timeline";
import { join, outcome, verdict } from "./words";

interface Props {
  sessionId: string;
  /** How far a prompt has come, and what became of a request, in words. */
  words: {
    receipt: (item: Item & { kind: "prompt" }) => string;
    outcome: (item: Item & { kind: "approval" }) => string;
  };
}

/** What the session was told, and what it was allowed and denied, by whom. */
export function ActivityList({ sessionId, words }: Props) {
  const query = useQuery(activityQuery(sessionId));
  if (query.isPending) return <Loading />;
  if (query.isError)
    return <ErrorNote error={query.error} onRetry={() => query.refetch()} className="m-4" />;
  const items = timeline(query.data);
  if (items.length === 0) {
    return (
      <Empty icon={<ScrollText aria-hidden />} title="Nothing was asked yet">
        Prompts that are sent, and every tool call with what was decided on it, stand here.
      </Empty>
    );
  }
  return (
    <ol className="m-3 divide-y rounded-xl border bg-panel sm:m-4">
      {items.map((item) => (
        <Row key={keyOf(item)} item={item} words={words} />
      ))}
    </ol>
  );
}

function Row({ item, words }: { item: Item; words: Props["words"] }) {
  switch (item.kind) {
    case "prompt":
      return (
        <Line
          at={item.at}
          icon={<MessageSquare aria-hidden className="text-info" />}
          note={words.receipt(item)}
        >
          {item.prompt.text}
        </Line>
      );
    case "approval": {
      const { approval, decision } = item;
      const ran = decision ? outcome(decision) : "";
      return (
        <Line
          at={item.at}
          icon={iconOf(approval.answer?.decision ?? "ask")}
          note={join(words.outcome(item), ran)}
          code
        >
          {approval.summary}
        </Line>
      );
    }
    case "decision": {
      const { decision } = item;
      return (
        <Line
          at={item.at}
          icon={iconOf(decision.decision)}
          note={join(verdict(decision), outcome(decision))}
          code
        >
          {summaryOf(decision.toolName, decision.toolInput)}
        </Line>
      );
    }
  }
}

interface LineProps {
  at: string;
  icon: ReactNode;
  note: string;
  code?: boolean;
  children: string;
}

function Line({ at, icon, note, code, children }: LineProps) {
  return (
    <li className="flex gap-3 px-3 py-2.5 text-sm [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0">
      {icon}
      <div className="min-w-0 flex-1">
        <p className={`line-clamp-3 break-words whitespace-pre-wrap ${code ? "code" : ""}`}>
          <Plain text={children} prose={!code} />
        </p>
        <p className="mt-0.5 text-[13px] text-muted">
          <Plain text={note} prose />
        </p>
      </div>
      <time
        dateTime={at}
        title={fullTime(at)}
        className="shrink-0 text-[13px] text-muted tabular-nums"
      >
        {clockTime(at)}
      </time>
    </li>
  );
}

function iconOf(decision: Decision["decision"]): ReactNode {
  if (decision === "allow") return <Check aria-hidden className="text-ok" />;
  if (decision === "deny") return <X aria-hidden className="text-danger" />;
  return <CircleHelp aria-hidden className={decision === "ask" ? "text-warn" : "text-muted"} />;
}

function keyOf(item: Item): string {
  return item.kind === "prompt"
    ? item.prompt.id
    : item.kind === "approval"
      ? item.approval.id
      : item.decision.id;
}
