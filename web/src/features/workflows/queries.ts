import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { call, get, post } from "@/api/client";
import type {
  ExecuteWorkflowRequest,
  ExecuteWorkflowResponse,
  ExecutionResponse,
  ExecutionsResponse,
  PlanWorkflowResponse,
  QuestionsResponse,
  ValidateWorkflowResponse,
  WorkflowLogResponse,
  WorkflowResponse,
  WorkflowsResponse,
  WorkflowTemplatesResponse,
} from "@/api/schema";
import type { LogLine } from "@/api/types";
import type { Schema } from "./schema-places";

/** The most lines that are answered at once. */
const LINES = 1000;

const at = (id: string) => `/workflows/${encodeURIComponent(id)}`;
const atExecution = (id: string) => `/workflows/executions/${encodeURIComponent(id)}`;

export const workflowsQuery = queryOptions({
  queryKey: ["workflows", "list"],
  queryFn: async ({ signal }) => (await get<WorkflowsResponse>("/workflows", signal)).workflows,
});

export const workflowQuery = (id: string) =>
  queryOptions({
    queryKey: ["workflows", "one", id],
    queryFn: async ({ signal }) => (await get<WorkflowResponse>(at(id), signal)).workflow,
  });

export const templatesQuery = queryOptions({
  queryKey: ["workflows", "templates"],
  queryFn: async ({ signal }) =>
    (await get<WorkflowTemplatesResponse>("/workflows/templates", signal)).templates,
  staleTime: Number.POSITIVE_INFINITY,
});

/** The JSON Schema of a definition. */
export const schemaQuery = queryOptions({
  queryKey: ["workflows", "schema"],
  queryFn: ({ signal }) => get<Schema>("/workflows/schema", signal),
  staleTime: Number.POSITIVE_INFINITY,
});

/** What a definition would do. */
export const planQuery = (source: string) =>
  queryOptions({
    queryKey: ["workflows", "plan", source],
    queryFn: async () => (await post<PlanWorkflowResponse>("/workflows/plan", { source })).plan,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** The latest executions: of one workflow, or of all. */
export const executionsQuery = (workflowId?: string) =>
  queryOptions({
    queryKey: ["workflows", "executions", workflowId ?? null],
    queryFn: async ({ signal }) => {
      const path = workflowId ? `${at(workflowId)}/executions` : "/workflows/executions?limit=1000";
      return (await get<ExecutionsResponse>(path, signal)).executions;
    },
  });

/** An execution with its steps. */
export const executionQuery = (id: string) =>
  queryOptions({
    queryKey: ["workflows", "execution", id],
    queryFn: ({ signal }) => get<ExecutionResponse>(atExecution(id), signal),
  });

/** The log of an execution; what was read of it is not read again. */
export const logQuery = (id: string) =>
  queryOptions({
    queryKey: ["workflows", "log", id],
    queryFn: async ({ client, queryKey, signal }) => {
      const lines = [...(client.getQueryData<LogLine[]>(queryKey) ?? [])];
      for (;;) {
        const path = `${atExecution(id)}/log?after=${lines.at(-1)?.id ?? 0}&limit=${LINES}`;
        const more = (await get<WorkflowLogResponse>(path, signal)).lines;
        lines.push(...more);
        if (more.length < LINES) return lines;
      }
    },
  });

/** What steps ask a person now. */
export const questionsQuery = queryOptions({
  queryKey: ["workflows", "questions"],
  queryFn: async ({ signal }) =>
    (await get<QuestionsResponse>("/workflows/questions", signal)).questions,
});

export const validate = async (source: string) =>
  (await post<ValidateWorkflowResponse>("/workflows/validate", { source })).validationErrors;

export const createWorkflow = async (source: string) =>
  (await post<WorkflowResponse>("/workflows", { source })).workflow;
export const updateWorkflow = async (id: string, source: string) =>
  (await call<WorkflowResponse>("PUT", at(id), { source })).workflow;
export const deleteWorkflow = (id: string) => call("DELETE", at(id));
export const runWorkflow = (id: string, request: ExecuteWorkflowRequest) =>
  post<ExecuteWorkflowResponse>(`${at(id)}/execute`, request);

/** What is done to an execution by name. */
export type ExecutionDeed = "cancel" | "pause" | "resume" | "retry";

export const doToExecution = (id: string, deed: ExecutionDeed) =>
  post(`${atExecution(id)}/${deed}`);

/** Answers what a step asks. */
export const answerStep = (executionId: string, step: string, approve: boolean, note: string) =>
  post(`${atExecution(executionId)}/steps/${encodeURIComponent(step)}/answer`, {
    approve,
    ...(note.trim() && { note: note.trim() }),
  });

/** Asks anew what is shown of executions. What is told meanwhile is asked for after that. */
export function executionNews(client: QueryClient): (executionId: string | null) => void {
  const told = new Set<string | null>();
  let isBusy = false;
  return async (executionId) => {
    told.add(executionId);
    if (isBusy) return;
    isBusy = true;
    while (told.size > 0) {
      const ids = new Set(told);
      told.clear();
      await client.invalidateQueries({ predicate: ({ queryKey }) => isAbout(queryKey, ids) });
    }
    isBusy = false;
  };
}

function isAbout([noun, part, id]: readonly unknown[], ids: Set<string | null>): boolean {
  if (noun !== "workflows") return false;
  if (part === "executions" || part === "questions") return true;
  return (part === "execution" || part === "log") && (ids.has(null) || ids.has(String(id)));
}
