import { Link } from "@tanstack/react-router";
import { Play } from "lucide-react";
import type { Execution, Workflow } from "@/api/types";
import { Button } from "@/components/button";
import { Plain } from "@/components/plain";
import { TimeAgo } from "@/components/time-ago";
import { StandingBadge } from "./standing";
import { standingOf } from "./words";

interface Props {
  workflows: Workflow[];
  /** Of all workflows, the latest first. */
  executions: Execution[];
  onRun: (workflow: Workflow) => void;
}

/** The workflows, with how their latest execution stands. */
export function WorkflowList({ workflows, executions, onRun }: Props) {
  return (
    <ul className="divide-y overflow-hidden rounded-xl border bg-panel">
      {workflows.map((workflow) => {
        const latest = executions.find((execution) => execution.workflowId === workflow.id);
        return (
          <li key={workflow.id} className="flex items-center gap-2 pr-3">
            <Link
              to="/workflows/$id"
              params={{ id: workflow.id }}
              className="min-w-0 flex-1 px-4 py-3 hover:bg-raised"
            >
              <span className="flex flex-wrap items-baseline gap-x-2.5">
                <span className="font-medium break-words">
                  <Plain text={workflow.name} />
                </span>
                <span className="code text-muted">{workflow.id}</span>
              </span>
              {workflow.description && (
                <span className="mt-0.5 line-clamp-2 block text-[13px] break-words text-muted">
                  <Plain text={workflow.description} prose />
                </span>
              )}
              <span className="mt-1.5 flex flex-wrap items-center gap-2 text-[13px] text-muted">
                {latest ? (
                  <>
                    <StandingBadge standing={standingOf(latest)} />
                    <TimeAgo at={latest.startedAt} suffix=" ago" />
                  </>
                ) : (
                  "It has never run."
                )}
              </span>
            </Link>
            <Button onClick={() => onRun(workflow)} aria-label={`Run ${workflow.name}`}>
              <Play aria-hidden className="size-4" /> Run
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
