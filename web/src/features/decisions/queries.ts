import { queryOptions } from "@tanstack/react-query";
import { get } from "@/api/client";
import type {
  ApprovalResponse,
  ApprovalsResponse,
  DecisionsResponse,
  PromptsResponse,
} from "@/api/schema";
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

/** A decision is written down within this time of its call's own, in milliseconds. */
const NEAR_MS = 600_000;

/** What was decided on one call, and what a person said to it where one was asked. */
export const decidedQuery = (
  sessionId: string,
  decisionId: string,
  approvalId: string | null,
  at: string,
) =>
  queryOptions({
    queryKey: ["decided", decisionId],
    queryFn: async ({ signal }) => {
      const around = (ms: number) => new Date(Date.parse(at) + ms).toISOString();
      const span = `since=${around(-NEAR_MS)}&until=${around(NEAR_MS)}`;
      const [{ decisions }, answered] = await Promise.all([
        get<DecisionsResponse>(
          `/policy-decisions?sessionId=${sessionId}&${span}&limit=1000`,
          signal,
        ),
        approvalId ? get<ApprovalResponse>(`/approvals/${approvalId}`, signal) : null,
      ]);
      const decision = decisions.find(({ id }) => id === decisionId) ?? null;
      return { decision, approval: answered?.approval ?? null };
    },
  });
