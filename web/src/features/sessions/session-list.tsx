import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Session } from "@/api/types";
import { TimeAgo } from "@/components/time-ago";
import { Branch } from "./branch";
import { Dot } from "./dot";
import { type Group, groupByNeed, sinceOf } from "./groups";
import { doing, labelOf, PROVIDER_NAMES, projectOf } from "./words";

const ENDED_SHOWN = 5;

/** All sessions, grouped by what they need. */
export function SessionList({ sessions }: { sessions: Session[] }) {
  return (
    <div className="space-y-5">
      {groupByNeed(sessions).map((group) => (
        <GroupOf key={group.need} group={group} />
      ))}
    </div>
  );
}

function GroupOf({ group }: { group: Group }) {
  const [isAll, setAll] = useState(false);
  const isShort = group.need === "ended" && !isAll;
  const shown = isShort ? group.sessions.slice(0, ENDED_SHOWN) : group.sessions;
  const hidden = group.sessions.length - shown.length;
  return (
    <section aria-label={group.title}>
      <h2 className="mb-1 flex items-baseline gap-2 px-3 text-xs font-medium text-muted">
        <span className={group.need === "waiting" ? "text-warn" : undefined}>{group.title}</span>
        <span className="tabular-nums">{group.sessions.length}</span>
      </h2>
      <ul className="space-y-px">
        {shown.map((session) => (
          <li key={session.id}>
            <Row session={session} />
          </li>
        ))}
      </ul>
      {hidden > 0 && (
        <button
          type="button"
          className="target px-3 text-[13px] text-muted hover:text-text"
          onClick={() => setAll(true)}
        >
          Show {hidden} more
        </button>
      )}
    </section>
  );
}

function Row({ session }: { session: Session }) {
  const label = labelOf(session);
  const project = projectOf(session);
  return (
    <Link
      to="/sessions/$id"
      params={{ id: session.id }}
      className="flex gap-2.5 rounded-lg px-3 py-2 hover:bg-raised"
      activeProps={{ className: "bg-raised", "aria-current": "page" }}
    >
      <span className="pt-[3px]">
        <Dot session={session} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline justify-between gap-2">
          <span className="truncate text-sm font-medium">{label}</span>
          <span className="shrink-0 text-xs text-muted">
            <TimeAgo at={sinceOf(session)} />
          </span>
        </span>
        <span className="block truncate text-[13px] text-muted">
          {doing(session)} · {PROVIDER_NAMES[session.provider]}
        </span>
        {(project !== label || session.branch) && (
          <span className="flex gap-2.5 text-[13px] text-muted">
            {project !== label && <span className="min-w-0 truncate">{project}</span>}
            {session.branch && <Branch name={session.branch} />}
          </span>
        )}
      </span>
    </Link>
  );
}
