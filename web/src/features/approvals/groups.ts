import type { Approval } from "@/api/types";

/** Requests for the very same thing in the same place; the oldest first. */
export type EqualRequests = [Approval, ...Approval[]];

/** Puts equal requests together. The groups are in the order of their oldest. */
export function groupEqual(approvals: Approval[]): EqualRequests[] {
  const groups = new Map<string, EqualRequests>();
  for (const approval of approvals.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))) {
    const what = JSON.stringify([
      approval.toolName,
      sortedKeys(approval.toolInput),
      approval.cwd,
      isSettled(approval),
    ]);
    const group = groups.get(what);
    if (group) group.push(approval);
    else groups.set(what, [approval]);
  }
  return [...groups.values()];
}

/** Whether there is nothing to answer any more. */
export function isSettled(approval: Approval): boolean {
  return approval.status !== "pending";
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => a.localeCompare(b));
  return entries.map(([key, inner]) => [key, sortedKeys(inner)]);
}
