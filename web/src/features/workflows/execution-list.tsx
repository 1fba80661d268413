import { Link } from "@tanstack/react-router";
import type { Execution } from "@/api/types";
import { Plain } from "@/components/plain";
import { Ticked } from "@/components/ticked";
import { TimeAgo } from "@/components/time-ago";
import { asTyped } from "./inputs";
import { StandingBadge } from "./standing";
import { useNow } from "./use-now";
import { isOver, shortId, standingOf, took } from "./words";

/** The executions of a workflow, the latest first. */
export function ExecutionList({ executions }: { executions: Execution[] }) {
  const now = useNow(!executions.every(isOver));
  return (
    <ul className="divide-y overflow-hidden rounded-xl border bg-panel">
      {executions.map((execution) => (
        <li key={execution.id}>
          <Link
            to="/workflows/executions/$id"
            params={{ id: execution.id }}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3 hover:bg-raised"
          >
            <span className="code">{shortId(execution.id)}</span>
            <StandingBadge standing={standingOf(execution)} />
            <span className="ml-auto text-[13px] text-muted tabular-nums">
              {took(execution, now)} · <TimeAgo at={execution.startedAt} suffix=" ago" />
            </span>
            <span className="line-clamp-2 basis-full text-[13px] break-words text-muted">
              <Plain text={given(execution)} />
            </span>
            {execution.error && (
              <span className="line-clamp-2 basis-full text-[13px] break-words text-danger">
                <Ticked text={execution.error.message} />
              </span>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function given({ variables }: Execution): string {
  const given = Object.entries(variables).map(([name, value]) => `${name}: ${asTyped(value)}`);
  return given.join(" · ") || "It was given nothing.";
}
