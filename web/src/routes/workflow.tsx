import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Play, Trash2 } from "lucide-react";
import { lazy, useState } from "react";
import { toast } from "sonner";
import type { Workflow } from "@/api/types";
import { Button, IconButton } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { Empty, Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { LazyPart } from "@/components/lazy-part";
import { Page } from "@/components/page";
import { Ticked } from "@/components/ticked";
import { ExecutionList } from "@/features/workflows/execution-list";
import { Graph } from "@/features/workflows/graph";
import {
  deleteWorkflow,
  executionsQuery,
  planQuery,
  updateWorkflow,
  workflowQuery,
} from "@/features/workflows/queries";
import { RunDialog } from "@/features/workflows/run-dialog";
import { cn } from "@/lib/cn";

const DefinitionForm = lazy(() =>
  import("@/features/workflows/definition-form").then((module) => ({
    default: module.DefinitionForm,
  })),
);

const TABS = [
  ["graph", "Graph"],
  ["definition", "Definition"],
  ["history", "History"],
] as const;

/** One workflow: what it does, what it says, and how it went. */
export function WorkflowPage() {
  const { id } = useParams({ from: "/app/workflows/$id" });
  const found = useQuery(workflowQuery(id));
  if (found.data) return <Shown key={id} workflow={found.data} />;
  return (
    <Page title="Workflow">
      {found.isPending && <Loading />}
      {found.isError && <ErrorNote error={found.error} onRetry={() => found.refetch()} />}
    </Page>
  );
}

function Shown({ workflow }: { workflow: Workflow }) {
  const { tab = "graph" } = useSearch({ from: "/app/workflows/$id" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const [asking, setAsking] = useState<"run" | "delete" | null>(null);
  const close = () => setAsking(null);

  async function remove() {
    await deleteWorkflow(workflow.id);
    await navigate({ to: "/workflows" });
    client.removeQueries(workflowQuery(workflow.id));
    await client.invalidateQueries({ queryKey: ["workflows"] });
  }

  async function save(source: string) {
    const changed = await updateWorkflow(workflow.id, source);
    client.setQueryData(workflowQuery(workflow.id).queryKey, changed);
    await client.invalidateQueries({ queryKey: ["workflows", "list"] });
    toast.success("Saved. Executions that are under way go on with what they began with.");
  }

  return (
    <Page
      wide
      title={workflow.name}
      actions={
        <div className="flex gap-2">
          <IconButton label={`Delete ${workflow.name}`} onClick={() => setAsking("delete")}>
            <Trash2 aria-hidden />
          </IconButton>
          <Button look="primary" onClick={() => setAsking("run")}>
            <Play aria-hidden className="size-4" /> Run
          </Button>
        </div>
      }
    >
      <p className="-mt-3 mb-4 text-sm text-muted">
        <span className="code">{workflow.id}</span>
        {workflow.description && (
          <>
            {" · "}
            <Ticked text={workflow.description} />
          </>
        )}
      </p>
      <nav aria-label="Views" className="mb-5 flex border-b sm:gap-1">
        {TABS.map(([name, words]) => (
          <Link
            key={name}
            to="/workflows/$id"
            params={{ id: workflow.id }}
            search={{ tab: name }}
            aria-current={tab === name ? "page" : undefined}
            className={cn(
              "target -mb-px flex items-center border-b-2 px-2 text-sm sm:px-2.5",
              tab === name
                ? "border-accent font-medium"
                : "border-transparent text-muted hover:text-text",
            )}
          >
            {words}
          </Link>
        ))}
      </nav>
      {tab === "graph" && <Planned source={workflow.source} />}
      {tab === "definition" && (
        <LazyPart label="Loading the editor">
          <DefinitionForm source={workflow.source} action="Save" onSave={save} />
        </LazyPart>
      )}
      {tab === "history" && <History workflow={workflow} />}
      {asking === "run" && (
        <RunDialog
          workflow={workflow}
          onClose={close}
          onRun={(id) => navigate({ to: "/workflows/executions/$id", params: { id } })}
        />
      )}
      <Confirm
        open={asking === "delete"}
        onClose={close}
        title={`Delete ${workflow.name}?`}
        action="Delete it"
        onConfirm={remove}
      >
        <p>Its executions and their logs are removed with it. Sessions and the audit stay.</p>
      </Confirm>
    </Page>
  );
}

function Planned({ source }: { source: string }) {
  const plan = useQuery(planQuery(source));
  if (plan.data) return <Graph plan={plan.data} />;
  return plan.isError ? (
    <ErrorNote error={plan.error} onRetry={() => plan.refetch()} />
  ) : (
    <Loading />
  );
}

function History({ workflow }: { workflow: Workflow }) {
  const executions = useQuery(executionsQuery(workflow.id));
  if (executions.isPending) return <Loading />;
  if (!executions.data)
    return <ErrorNote error={executions.error} onRetry={() => executions.refetch()} />;
  if (executions.data.length === 0)
    return <Empty title="It has never run">Press Run, and what it does is seen here.</Empty>;
  return <ExecutionList executions={executions.data} />;
}
