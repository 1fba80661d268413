import { useQuery } from "@tanstack/react-query";
import { ApprovalCard } from "@/features/approvals/approval-card";
import { groupEqual } from "@/features/approvals/groups";
import { outcomeWords } from "@/features/approvals/outcome";
import { pendingQuery } from "@/features/approvals/queries";
import { ActivityList } from "@/features/decisions/activity-list";
import { receiptWords } from "@/features/prompts/queries";

/** What this session asks, above its terminal. */
export function SessionApprovals({ sessionId }: { sessionId: string }) {
  const approvals = useQuery(pendingQuery).data ?? [];
  const mine = groupEqual(approvals.filter((approval) => approval.sessionId === sessionId));
  if (mine.length === 0) return null;
  return (
    <div className="max-h-[55%] shrink-0 space-y-2 overflow-y-auto border-b p-2 sm:p-3">
      {mine.map((requests) => (
        <ApprovalCard key={requests[0].id} requests={requests} />
      ))}
    </div>
  );
}

/** Prompts with their receipts, approvals and decisions, in one order. */
export function SessionActivity({ sessionId }: { sessionId: string }) {
  return (
    <div className="h-full overflow-y-auto">
      <ActivityList
        sessionId={sessionId}
        words={{
          receipt: (item) => receiptWords(item.prompt),
          outcome: (item) => outcomeWords(item.approval),
        }}
      />
    </div>
  );
}
