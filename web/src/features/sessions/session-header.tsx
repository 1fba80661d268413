import { ShieldOff } from "lucide-react";
import type { ReactNode } from "react";
import type { Session } from "@/api/types";
import { Badge } from "@/components/badge";
import { Plain } from "@/components/plain";
import { TimeAgo } from "@/components/time-ago";
import { plainText } from "@/lib/plain-text";
import { Branch } from "./branch";
import { Dot } from "./dot";
import { sinceOf } from "./groups";
import { SessionName } from "./session-name";
import { doing, evidenceWords, PROVIDER_NAMES, statusWords } from "./words";

interface Props {
  session: Session;
  before?: ReactNode;
  actions: ReactNode;
}

/** Who this is, what it is doing, and why that is believed. */
export function SessionHeader({ session, before, actions }: Props) {
  return (
    <header className="flex items-center gap-2 px-2 py-2 sm:px-4">
      {before}
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 items-center gap-2">
          <Dot session={session} />
          <SessionName session={session} />
          {session.dangerousMode && (
            <Badge tone="danger" title="It runs without asking; only deny and ask rules hold">
              <ShieldOff aria-hidden /> <span className="sr-only sm:not-sr-only">No questions</span>
            </Badge>
          )}
        </div>
        <p className="truncate pl-6 text-[13px] text-muted">
          <span title={evidenceWords(session)}>
            {doing(session)} · <TimeAgo at={sinceOf(session)} />
          </span>
          {session.statusLine?.context && (
            <span className="tabular-nums" title={statusWords(session.statusLine)}>
              {" · "}
              {Math.round(session.statusLine.context.usedPercent)} % context
            </span>
          )}
          {" · "}
          {PROVIDER_NAMES[session.provider]}
          {session.model && ` · ${plainText(session.model)}`}
          {session.billingMode === "api" && " · API key"}
          <span className="hidden sm:inline" title={plainText(session.cwd)}>
            {" · "}
            <Plain text={session.cwd} />
          </span>
          {"worktree" in session.metadata && (
            <span title="What is in it stays when the session ends"> · own worktree</span>
          )}
          {session.branch && (
            <>
              <span className="hidden sm:inline"> · </span>
              <span className="hidden align-bottom sm:inline-flex">
                <Branch name={session.branch} />
              </span>
            </>
          )}
        </p>
      </div>
      {actions}
    </header>
  );
}
