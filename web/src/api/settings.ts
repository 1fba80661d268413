import { queryOptions } from "@tanstack/react-query";
import { call, get } from "./client";
import type {
  AllSettingsResponse,
  ChangeSettingsRequest,
  DaemonSettings,
  SettingsResponse,
} from "./schema";

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

/** Every setting, with what is known of it. */
export const allSettings = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => get<AllSettingsResponse>("/settings", signal),
});

/** Takes back what was said of one. */
export const unsetSetting = (name: string) =>
  call<SettingsResponse>("DELETE", `/settings/${encodeURIComponent(name)}`);
