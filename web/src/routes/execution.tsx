import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Execution, ExecutionStep } from "@/api/types";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { Page, Section } from "@/components/page";
import { Ticked } from "@/components/ticked";
import { TimeAgo } from "@/components/time-ago";
import { ExecutionActions } from "@/features/workflows/execution-actions";
import { Graph } from "@/features/workflows/graph";
import { Log } from "@/features/workflows/log";
import { executionQuery, planQuery, workflowQuery } from "@/features/workflows/queries";
import { QuestionCard } from "@/features/workflows/question-card";
import { RunDialog } from "@/features/workflows/run-dialog";
import { StandingBadge } from "@/features/workflows/standing";
import { StepList, Values } from "@/features/workflows/step-list";
import { useNow } from "@/features/workflows/use-now";
import { isOver, shortId, standingOf, took } from "@/features/workflows/words";

/** One execution of a workflow, as it goes on. */
export function ExecutionPage() {
  const { id } = useParams({ from: "/app/workflows/executions/$id" });
  const found = useQuery(executionQuery(id));
  if (found.data) return <Shown execution={found.data.execution} steps={found.data.steps} />;
  return (
    <Page title="Execution">
      {found.isPending && <Loading />}
      {found.isError && <ErrorNote error={found.error} onRetry={() => found.refetch()} />}
    </Page>
  );
}

function Shown({ execution, steps }: { execution: Execution; steps: ExecutionStep[] }) {
  const navigate = useNavigate();
  const [isRunning, setRunning] = useState(false);
  const workflow = useQuery(workflowQuery(execution.workflowId)).data;
  const plan = useQuery({
    ...planQuery(workflow?.source ?? ""),
    enabled: workflow !== undefined,
  }).data;
  const now = useNow(!isOver(execution));
  const hasChanged = workflow && workflow.updatedAt > execution.startedAt;
  return (
    <Page
      wide
      title={workflow?.name ?? execution.workflowId}
      actions={
        <ExecutionActions execution={execution} onRunAgain={workflow && (() => setRunning(true))} />
      }
    >
      <p className="mb-6 flex flex-wrap items-center gap-x-3 gap-y-1.5 text-sm text-muted">
        <StandingBadge standing={standingOf(execution)} />
        <span className="code">{shortId(execution.id)}</span>
        <span className="tabular-nums">
          {took(execution, now)}, began <TimeAgo at={execution.startedAt} suffix=" ago" />
        </span>
        <Link
          to="/workflows/$id"
          params={{ id: execution.workflowId }}
          className="target inline-flex items-center text-accent underline"
        >
          The workflow
        </Link>
      </p>
      {execution.error && (
        <div role="alert" className="mb-6 rounded-lg bg-danger-soft p-3 text-sm text-danger">
          <p className="break-words whitespace-pre-wrap">
            {execution.error.step && <span className="font-medium">{execution.error.step}: </span>}
            <Ticked text={execution.error.message} />
          </p>
        </div>
      )}
      {execution.questions > 0 && (
        <Section title="Questions">
          <div className="space-y-3">
            {steps.map(
              ({ id, question }) =>
                question !== null && (
                  <QuestionCard key={id} executionId={execution.id} step={id} message={question} />
                ),
            )}
          </div>
        </Section>
      )}
      {Object.keys(execution.outputs).length > 0 && (
        <Section title="Outputs">
          <Values values={execution.outputs} />
        </Section>
      )}
      <Section title="Steps">
        {steps.length > 0 ? (
          <StepList steps={steps} sessionLink={toSession} />
        ) : (
          <p className="text-sm text-muted">None has begun yet.</p>
        )}
      </Section>
      {plan && (
        <Section title="Graph">
          {hasChanged && (
            <p className="mb-2 text-[13px] text-muted">
              The workflow was changed since; this is what it says now.
            </p>
          )}
          <Graph plan={plan} steps={steps} />
        </Section>
      )}
      <Section title="Log">
        <Log executionId={execution.id} />
      </Section>
      {Object.keys(execution.variables).length > 0 && (
        <Section title="Inputs">
          <Values values={execution.variables} />
        </Section>
      )}
      {isRunning && workflow && (
        <RunDialog
          workflow={workflow}
          variables={execution.variables}
          onClose={() => setRunning(false)}
          onRun={(id) => {
            setRunning(false);
            void navigate({ to: "/workflows/executions/$id", params: { id } });
          }}
        />
      )}
    </Page>
  );
}

function toSession(id: string) {
  return (
    <Link
      to="/sessions/$id"
      params={{ id }}
      className="target inline-flex items-center text-[13px] text-accent underline"
    >
      Session
    </Link>
  );
}
