import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get } from "@/api/client";
import type {
  HeatCell,
  OverviewResponse,
  RuleDecisions,
  ToolUsage,
  UsageResponse,
  UsageRow,
  UsageSum,
} from "@/api/schema";
import { daemonSettings } from "@/api/settings";

export type {
  HeatCell,
  OverviewResponse,
  RuleDecisions,
  ToolUsage,
  UsageResponse,
  UsageRow,
  UsageSum,
};

/** What usage is summed up by. */
export type By = "day" | "hour" | "model" | "project" | "provider" | "session";

/** Where this browser is: days begin when they do for the person, where nobody set another zone. */
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** How old a sum may be that is shown again, in milliseconds. */
const FRESH_MS = 10_000;

function ask<T>(path: string, range: string, more: Record<string, string> = {}) {
  return queryOptions({
    queryKey: ["analytics", path, range, more],
    queryFn: async ({ signal, client }) => {
      const { timeZone } = await client.ensureQueryData(daemonSettings);
      const query = new URLSearchParams({ range, ...(!timeZone && { timeZone: here }), ...more });
      return get<T>(`/analytics/${path}?${query}`, signal);
    },
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    // Sums grow while one looks at them.
    refetchInterval: 60_000,
  });
}

export const overviewQuery = (range: string) => ask<OverviewResponse>("overview", range);
export const usageQuery = (range: string, by: By) => ask<UsageResponse>("usage", range, { by });
export const toolsQuery = (range: string) => ask<ToolUsage[]>("tool-usage", range);
export const rulesQuery = (range: string) => ask<RuleDecisions[]>("rules", range);
export const heatQuery = (range: string) => ask<HeatCell[]>("heatmap", range);
