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

/** Takes one out. */
export function dropSession(client: QueryClient, id: string): void {
  client.setQueryData(sessionsQuery.queryKey, (old: Session[] | undefined) =>
    old?.filter((s) => s.id !== id),
  );
}

/**
 * Starts a session. Where it gets policy sets, they are given before the first prompt, so that
 * nothing runs without them.
 */
export async function createSession(
  request: CreateSession,
  policySets: string[],
): Promise<Session> {
  if (policySets.length === 0) return (await post<SessionResponse>("/sessions", request)).session;
  const { prompt, ...rest } = request;
  const { session } = await post<SessionResponse>("/sessions", rest);
  for (const policySetId of policySets)
    await post(`/sessions/${session.id}/policy-sets`, { policySetId });
  if (prompt) await post(`/sessions/${session.id}/send`, { text: prompt });
  return session;
}

export const stopSession = (id: string) => post(`/sessions/${id}/stop`);
export const killSession = (id: string) => post(`/sessions/${id}/kill`);
export const resumeSession = async (id: string) =>
  (await post<SessionResponse>(`/sessions/${id}/resume`)).session;
export const forkSession = async (id: string) =>
  (await post<SessionResponse>(`/sessions/${id}/fork`, {})).session;
export const deleteSession = (id: string) => call("DELETE", `/sessions/${id}`);
export const renameSession = async (id: string, name: string | null) =>
  (await call<SessionResponse>("PUT", `/sessions/${id}/name`, { name })).session;
