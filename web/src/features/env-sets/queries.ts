import { queryOptions } from "@tanstack/react-query";
import { call, get, post } from "@/api/client";
import type {
  CreateEnvSetRequest,
  EnvSetResponse,
  EnvSetsResponse,
  RevealedResponse,
  UpdateEnvSetRequest,
} from "@/api/schema";

const at = (id: string) => `/env-sets/${encodeURIComponent(id)}`;

export const envSetsQuery = queryOptions({
  queryKey: ["env-sets"],
  queryFn: async ({ signal }) => (await get<EnvSetsResponse>("/env-sets", signal)).envSets,
  staleTime: 60_000,
});

export const createEnvSet = async (request: CreateEnvSetRequest) =>
  (await post<EnvSetResponse>("/env-sets", request)).envSet;
export const updateEnvSet = async (id: string, request: UpdateEnvSetRequest) =>
  (await call<EnvSetResponse>("PUT", at(id), request)).envSet;
export const importDotenv = async (id: string, text: string) =>
  (await post<EnvSetResponse>(`${at(id)}/import`, { text })).envSet;
export const deleteEnvSet = (id: string) => call("DELETE", at(id));

/** One value, which is answered after a second look. */
export const revealVariable = async (id: string, name: string) =>
  (await call<RevealedResponse>("POST", `${at(id)}/reveal`, { name })).value;
