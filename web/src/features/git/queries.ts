import { queryOptions } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type {
  Branches,
  CommentRequest,
  Committed,
  Diff,
  DiffStatResponse,
  Discarded,
  GitStatus,
  LogResponse,
  TurnsView,
} from "@/api/schema";

/** What is compared: what is not committed, all since a branch was left, one commit, or one turn. */
export type View =
  | { kind: "files" }
  | { kind: "base"; name: string }
  | { kind: "commit"; name: string }
  | { kind: "turn"; name: string };

/** A file that differs, and how it is asked for. */
export interface ChangedFile {
  path: string;
  origPath?: string | undefined;
  staged?: boolean;
}

const at = (id: string, what: string) => `/sessions/${id}/git/${what}`;

function behind(path: string, params: Record<string, string | boolean | undefined>): string {
  const given = Object.entries(params).filter(
    ([, value]) => value !== undefined && value !== false,
  );
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length ? `${path}?${query}` : path;
}

const asked = (view: View) => (view.kind === "files" ? {} : { [view.kind]: view.name });

export const statusQuery = (id: string) =>
  queryOptions({
    queryKey: ["git", id, "status"],
    queryFn: ({ signal }) => get<GitStatus>(at(id, "status"), signal),
  });

export const branchesQuery = (id: string) =>
  queryOptions({
    queryKey: ["git", id, "branches"],
    queryFn: ({ signal }) => get<Branches>(at(id, "branches"), signal),
  });

export const logQuery = (id: string) =>
  queryOptions({
    queryKey: ["git", id, "log"],
    queryFn: async ({ signal }) => (await get<LogResponse>(at(id, "log?limit=30"), signal)).log,
  });

/** What the agent's turns changed. */
export const turnsQuery = (id: string) =>
  queryOptions({
    queryKey: ["git", id, "turns"],
    queryFn: async ({ signal }) => (await get<TurnsView>(at(id, "turns"), signal)).turns,
  });

/** How much differs, file by file. */
export const statQuery = (id: string, view: View) =>
  queryOptions({
    queryKey: ["git", id, "stat", view],
    queryFn: async ({ signal }) =>
      (await get<DiffStatResponse>(behind(at(id, "diff-stat"), asked(view)), signal)).files,
  });

/** The lines of one file that differ. */
export const diffQuery = (id: string, view: View, { path, origPath, staged }: ChangedFile) =>
  queryOptions({
    queryKey: ["git", id, "diff", view, path, staged ?? false],
    queryFn: ({ signal }) =>
      get<Diff>(behind(at(id, "diff"), { ...asked(view), staged, path, origPath }), signal),
  });

/** A picture as it is, or as it was. */
export const pictureUrl = (id: string, ref: string, path: string) =>
  `/api${behind(at(id, "file-raw"), { ref, path })}`;

export const stage = (id: string, paths: string[]) => post(at(id, "stage"), { paths });
export const unstage = (id: string, paths: string[]) => post(at(id, "unstage"), { paths });
export const commit = (id: string, message: string) =>
  post<Committed>(at(id, "commit"), { message });
export const discard = (id: string, paths: string[]) =>
  post<Discarded>(at(id, "discard"), { paths });
export const undo = (id: string, undoId: string) => post<Discarded>(at(id, "undo"), { undoId });
export const sendComments = (id: string, comments: CommentRequest[]) =>
  post(at(id, "comments"), { comments });
