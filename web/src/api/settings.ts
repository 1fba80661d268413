import { queryOptions } from "@tanstack/react-query";
import { call, get } from "./client";
import type { ChangeSettingsRequest, DaemonSettings, SettingsResponse } from "./schema";

const PATH = "/settings/daemon";

/** What a person set for the daemon, and so for every browser. */
export const daemonSettings = queryOptions({
  queryKey: ["daemon-settings"],
  queryFn: async ({ signal }) => (await get<SettingsResponse>(PATH, signal)).settings,
  staleTime: 60_000,
});

/** Changes some of it; what is absent stays. */
export async function changeSettings(change: ChangeSettingsRequest): Promise<DaemonSettings> {
  return (await call<SettingsResponse>("PUT", PATH, change)).settings;
}
