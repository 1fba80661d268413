import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy } from "react";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { LazyPart } from "@/components/lazy-part";
import { Page } from "@/components/page";
import { createWorkflow, templatesQuery } from "@/features/workflows/queries";

const DefinitionForm = lazy(() =>
  import("@/features/workflows/definition-form").then((module) => ({
    default: module.DefinitionForm,
  })),
);

const EMPTY = `name: My workflow
description: What it is for

inputs:
  cwd:
    description: the directory

cwd: \${cwd}

steps:
  - name: first
    type: command
    run: git status --short
`;

/** A new workflow, from a ready-made one or almost nothing. */
export function NewWorkflowPage() {
  const { template } = useSearch({ from: "/app/new-workflow" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const templates = useQuery({ ...templatesQuery, enabled: template !== undefined });
  const found = templates.data?.find(({ name }) => name === template);

  async function create(source: string) {
    const workflow = await createWorkflow(source);
    await client.invalidateQueries({ queryKey: ["workflows", "list"] });
    await navigate({ to: "/workflows/$id", params: { id: workflow.id }, ignoreBlocker: true });
  }

  return (
    <Page wide title="New workflow">
      {template && templates.isPending && <Loading />}
      {template && templates.isError && (
        <ErrorNote error={templates.error} onRetry={() => templates.refetch()} />
      )}
      {template && templates.data && !found && (
        <p className="mb-3 text-sm text-muted">There is no such template; this is an empty one.</p>
      )}
      {(!template || templates.data) && (
        <LazyPart label="Loading the editor">
          <DefinitionForm
            key={template}
            source={found?.source ?? EMPTY}
            action="Create"
            onSave={create}
          />
        </LazyPart>
      )}
    </Page>
  );
}
