import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type { ApprovalResponse, ApprovalsResponse } from "@/api/schema";
import type { Approval, Permission } from "@/api/types";
import { whenQuiet } from "@/lib/pointer";

/** Those that wait, and for a moment those that no longer do, so that it is seen who answered. */
export const pendingQuery = queryOptions({
  queryKey: ["approvals"],
  queryFn: async ({ signal }) =>
    (await get<ApprovalsResponse>("/approvals?status=pending", signal)).approvals,
});

/** How long an approval stays to be seen after it was answered, and that nothing moves near a finger. */
const SETTLED_MS = 6000;
const QUIET_MS = 3000;

/** Takes up what became of an approval. */
export function putApproval(client: QueryClient, approval: Approval): void {
  const key = pendingQuery.queryKey;
  client.setQueryData(key, (old: Approval[] | undefined) => {
    const known = old?.some((a) => a.id === approval.id);
    if (known) return old?.map((a) => (a.id === approval.id ? approval : a));
    return approval.status === "pending" ? [...(old ?? []), approval] : old;
  });
  if (approval.status !== "pending") {
    whenQuiet(SETTLED_MS, QUIET_MS, () => {
      client.setQueryData(key, (old: Approval[] | undefined) =>
        old?.filter((a) => a.id !== approval.id),
      );
    });
  }
}

interface Wish {
  decision: Permission;
  note?: string;
  /** Whether the same is answered so for the rest of the session. */
  rule?: boolean;
}

/** Answers exactly the request that was read. */
export async function answerApproval(
  approval: Approval,
  { decision, note, rule }: Wish,
): Promise<Approval> {
  const body = {
    decision,
    requestHash: approval.requestHash,
    ...(note?.trim() && { note: note.trim() }),
    ...(rule && { rule }),
  };
  return (await post<ApprovalResponse>(`/approvals/${approval.id}/answer`, body)).approval;
}
