import { queryOptions } from "@tanstack/react-query";
import { call, get, post } from "@/api/client";
import type {
  CreateWorkspaceRequest,
  UpdateWorkspaceRequest,
  WorkspaceResponse,
  WorkspacesResponse,
} from "@/api/schema";

const at = (id: string) => `/workspaces/${encodeURIComponent(id)}`;

export const workspacesQuery = queryOptions({
  queryKey: ["workspaces"],
  queryFn: async ({ signal }) => (await get<WorkspacesResponse>("/workspaces", signal)).workspaces,
  staleTime: 60_000,
});

export const createWorkspace = (request: CreateWorkspaceRequest) =>
  post<WorkspaceResponse>("/workspaces", request);
export const updateWorkspace = (id: string, request: UpdateWorkspaceRequest) =>
  call<WorkspaceResponse>("PUT", at(id), request);
export const deleteWorkspace = (id: string) => call("DELETE", at(id));
