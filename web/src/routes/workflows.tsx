import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Workflow } from "@/api/types";
import { buttonLook } from "@/components/button";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { Page, Section } from "@/components/page";
import { executionsQuery, workflowsQuery } from "@/features/workflows/queries";
import { RunDialog } from "@/features/workflows/run-dialog";
import { Templates } from "@/features/workflows/templates";
import { WorkflowList } from "@/features/workflows/workflow-list";

/** All workflows, and what a new one may begin with. */
export function WorkflowsPage() {
  const navigate = useNavigate();
  const workflows = useQuery(workflowsQuery);
  const executions = useQuery(executionsQuery()).data ?? [];
  const [wanted, setWanted] = useState<Workflow | null>(null);
  const isEmpty = workflows.data?.length === 0;
  return (
    <Page
      title="Workflows"
      actions={
        !isEmpty && (
          <Link to="/new-workflow" className={buttonLook("primary")}>
            <Plus aria-hidden className="size-4" /> New workflow
          </Link>
        )
      }
    >
      {workflows.isPending && <Loading />}
      {workflows.isError && (
        <ErrorNote error={workflows.error} onRetry={() => workflows.refetch()} className="mb-5" />
      )}
      {isEmpty && (
        <p className="mb-6 text-sm text-muted">
          A workflow chains sessions, commands and questions to one task, and goes on when the
          daemon or the machine starts again.
        </p>
      )}
      {workflows.data && !isEmpty && (
        <div className="mb-8">
          <WorkflowList workflows={workflows.data} executions={executions} onRun={setWanted} />
        </div>
      )}
      {workflows.data && (
        <Section title="Begin with">
          <Templates />
        </Section>
      )}
      {wanted && (
        <RunDialog
          workflow={wanted}
          onClose={() => setWanted(null)}
          onRun={(id) => navigate({ to: "/workflows/executions/$id", params: { id } })}
        />
      )}
    </Page>
  );
}
