import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { call, get, post } from "@/api/client";
import type {
  OutputResponse,
  PolicySetsResponse,
  ProvidersResponse,
  SessionResponse,
  SessionsResponse,
} from "@/api/schema";
import type { CreateSession, Session } from "@/api/types";
import { recall, remember } from "@/lib/storage";

/** What was known when the daemon last answered, for the time when it does not. */
interface LastKnown {
  at: number;
  sessions: Session[];
}

const lastKnown = () => recall<LastKnown>("sessions");

/** All sessions, from which every view takes its own. Kept true by what the daemon tells. */
export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: async ({ signal }) => {
    const { sessions } = await get<SessionsResponse>("/sessions", signal);
    remember("sessions", { at: Date.now(), sessions } satisfies LastKnown);
    return sessions;
  },
  initialData: () => lastKnown()?.sessions,
  initialDataUpdatedAt: () => lastKnown()?.at,
});

export const providersQuery = queryOptions({
  queryKey: ["providers"],
  queryFn: async ({ signal }) => (await get<ProvidersResponse>("/providers", signal)).providers,
  staleTime: 60_000,
});

export const policySetsQuery = queryOptions({
  queryKey: ["policy-sets"],
  queryFn: async ({ signal }) => (await get<PolicySetsResponse>("/policy-sets", signal)).policySets,
  staleTime: 60_000,
});

/** The sets that one session has. */
export const setsOfSessionQuery = (id: string) =>
  queryOptions({
    queryKey: ["policy-sets", "of", id],
    queryFn: async ({ signal }) =>
      (await get<PolicySetsResponse>(`/sessions/${id}/policy-sets`, signal)).policySets,
  });

/** The programs that run in a session at this moment, by name; its agent is one of them. */
export const programsQuery = (id: string) =>
  queryOptions({
    queryKey: ["processes", id],
    queryFn: async ({ signal }) => {
      type Tree = { processes: { command: string }[] };
      const { processes } = await get<Tree>(`/sessions/${id}/processes`, signal);
      const names = processes.map(({ command }) => command);
      return [...new Set(names.filter((name) => !name.startsWith("tmux")))];
    },
    staleTime: 0,
  });

/** The last screen of a session that has ended. */
export const outputQuery = (id: string) =>
  queryOptions({
    queryKey: ["output", id],
    queryFn: async ({ signal }) =>
      (await get<OutputResponse>(`/sessions/${id}/output`, signal)).output,
    retry: false,
  });

/** Puts one session into the list, new or changed. */
export function putSession(client: QueryClient, session: Session): void {
  client.setQueryData(sessionsQuery.queryKey, (old: Session[] | undefined) => {
    if (!old) return old;
    const known = old.some((s) => s.id === session.id);
    return known ? old.map((s) => (s.id === session.id ? session : s)) : [session, ...old];
  });
}

/** The same with what a call answered, which may be older than what was told meanwhile. */
export function putAnswer(client: QueryClient, session: Session): void {
  const known = client.getQueryData(sessionsQuery.queryKey)?.find((s) => s.id === session.id);
  if (!known || known.updatedAt < session.updatedAt) putSession(client, session);
}

/** Takes one out. */
export function dropSession(client: QueryClient, id: string): void {
  client.setQueryData(sessionsQuery.queryKey, (old: Session[] | undefined) =>
    old?.filter((s) => s.id !== id),
  );
}

export const createSession = async (request: CreateSession) =>
  (await post<SessionResponse>("/sessions", request)).session;

export const interruptSession = (id: string) => post(`/sessions/${id}/interrupt`);
export const stopSession = (id: string) => post(`/sessions/${id}/stop`);
export const killSession = (id: string) => post(`/sessions/${id}/kill`);
export const resumeSession = async (id: string) =>
  (await post<SessionResponse>(`/sessions/${id}/resume`)).session;
export const forkSession = async (id: string) =>
  (await post<SessionResponse>(`/sessions/${id}/fork`, {})).session;
export const deleteSession = (id: string) => call("DELETE", `/sessions/${id}`);
export const renameSession = async (id: string, name: string | null) =>
  (await call<SessionResponse>("PUT", `/sessions/${id}/name`, { name })).session;
export const switchModel = (id: string, model: string) =>
  call("PUT", `/sessions/${id}/model`, { model });
export const giveSet = (id: string, policySetId: string) =>
  post(`/sessions/${id}/policy-sets`, { policySetId });
export const takeSet = (id: string, set: string) =>
  call("DELETE", `/sessions/${id}/policy-sets/${encodeURIComponent(set)}`);
