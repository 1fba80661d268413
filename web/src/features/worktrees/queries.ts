import { queryOptions } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type {
  FinishWorktreeRequest,
  PruneWorktreesResponse,
  RemovedWorktreeResponse,
  WorktreesResponse,
} from "@/api/schema";

/** The worktrees as they are now: git is asked each time. */
export const worktreesQuery = queryOptions({
  queryKey: ["worktrees"],
  queryFn: async ({ signal }) => (await get<WorktreesResponse>("/worktrees", signal)).worktrees,
});

export const finishWorktree = async (request: FinishWorktreeRequest) =>
  (await post<RemovedWorktreeResponse>("/worktrees/finish", request)).worktree;

/** Removes those with which nothing is lost. */
export const pruneWorktrees = async () =>
  (await post<PruneWorktreesResponse>("/worktrees/prune", {})).worktrees;
