import { type ReactNode, useId, useLayoutEffect, useRef, useState } from "react";
import type { Approval } from "@/api/types";
import { Badge } from "@/components/badge";
import { Plain } from "@/components/plain";
import { Ticked } from "@/components/ticked";
import { TimeAgo } from "@/components/time-ago";
import { cn } from "@/lib/cn";
import { Action } from "./action";
import { AnswerBar } from "./answer-bar";
import { type EqualRequests, isSettled } from "./groups";
import { Outcome } from "./outcome";
import { Risk } from "./risk";

interface Props {
  requests: EqualRequests;
  /** Who asks; a page that is about one session needs not say it. */
  who?: ReactNode;
}

/** A request, or several equal ones, with all that is needed to decide; once settled it makes room for the next. */
export function ApprovalCard({ requests, who }: Props) {
  const title = useId();
  const [first] = requests;
  const settled = isSettled(first);
  const [isSeen, setSeen] = useState(false);
  const [card, height] = useHeight(!settled);
  return (
    <article
      ref={card}
      // What stands below stays where a finger is about to press it.
      style={settled ? { minHeight: height } : undefined}
      aria-labelledby={title}
      className={cn(
        "rounded-xl border bg-panel p-3.5 sm:p-4",
        settled ? "opacity-80" : "border-warn-line",
      )}
    >
      <header className="mb-2.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
        {who && <span className="min-w-0 truncate font-medium">{who}</span>}
        <span
          id={title}
          className={who ? "text-muted" : "font-medium first-letter:uppercase inline-block"}
        >
          {first.agentId ? "sub-agent wants" : "wants"} <Plain text={verb(first.toolName)} />
        </span>
        {requests.length > 1 && <Badge tone="warn">{requests.length} times</Badge>}
        <Risk risk={first.risk} />
        <span className="ml-auto text-[13px] text-muted">
          <TimeAgo at={first.createdAt} />
        </span>
      </header>
      {settled ? (
        <>
          <p className="code truncate">
            <Plain text={first.summary} />
          </p>
          <Outcome approval={first} />
        </>
      ) : (
        <>
          <Action
            toolName={first.toolName}
            toolInput={first.toolInput}
            diff={first.diff}
            onSeen={setSeen}
          />
          <p className="mt-2 text-[13px] break-words text-muted">
            <Ticked text={circumstances(first)} />
          </p>
          <AnswerBar requests={requests} canAllow={isSeen} />
        </>
      )}
    </article>
  );
}

/** The height that something had when it was last watched. */
function useHeight(isWatched: boolean) {
  const box = useRef<HTMLElement>(null);
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !isWatched) return;
    const watch = new ResizeObserver(() => setHeight(element.offsetHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, [isWatched]);
  return [box, height] as const;
}

/** Where it would happen, what it could do, and which rules left it to a person. */
function circumstances({ cwd, risk, matched }: Approval): string {
  const asking = matched
    .filter((rule) => rule.action === "ask")
    .map(
      (rule) =>
        `rule \`${rule.policyId}/${rule.ruleId}\` asks${rule.reason ? `: ${rule.reason}` : ""}`,
    );
  return [`in \`${cwd}\``, ...risk.reasons, ...asking].join(" · ");
}

/** What it wants, in words; the tool's own name where there are none. */
function verb(toolName: string): string {
  switch (toolName) {
    case "Bash":
      return "to run a command";
    case "Edit":
    case "MultiEdit":
    case "apply_patch":
      return "to edit";
    case "Write":
      return "to write a file";
    case "WebFetch":
      return "to fetch a page";
    default:
      return `to use ${toolName}`;
  }
}
