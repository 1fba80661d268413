import { queryOptions } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { ApprovalsResponse, DecisionsResponse, PromptsResponse } from "@/api/schema";
import type { Approval, Decision, SentPrompt } from "@/api/types";

/** The latest of each that tells what a session was told and allowed. */
export interface Activity {
  decisions: Decision[];
  approvals: Approval[];
  prompts: SentPrompt[];
}

export const activityQuery = (sessionId: string) =>
  queryOptions({
    queryKey: ["activity", sessionId],
    queryFn: async ({ signal }): Promise<Activity> => {
      const id = `sessionId=${sessionId}`;
      const [{ decisions }, { approvals }, { prompts }] = await Promise.all([
        get<DecisionsResponse>(`/policy-decisions?${id}&limit=100`, signal),
        get<ApprovalsResponse>(`/approvals?${id}&limit=100`, signal),
        get<PromptsResponse>(`/sessions/${sessionId}/prompts?latest=50`, signal),
      ]);
      return { decisions, approvals, prompts };
    },
  });
