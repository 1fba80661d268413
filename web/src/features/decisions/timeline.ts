import type { Approval, Decision, SentPrompt } from "@/api/types";
import type { Activity } from "./queries";

/** Something that a session was told, or allowed or denied. */
export type Item =
  | { kind: "prompt"; at: string; prompt: SentPrompt }
  | { kind: "approval"; at: string; approval: Approval; decision: Decision | null }
  | { kind: "decision"; at: string; decision: Decision };

/** An approval and the audit's row of the same call are made within this time. */
const SAME_CALL_MS = 5000;

/** All in one order, the latest first; a call that a person was asked about is there once. */
export function timeline({ decisions, approvals, prompts }: Activity): Item[] {
  const rest = new Set(decisions);
  const asked = approvals.map((approval): Item => {
    const decision = decisions.find((d) => rest.has(d) && isSameCall(approval, d)) ?? null;
    if (decision) rest.delete(decision);
    return { kind: "approval", at: approval.createdAt, approval, decision };
  });
  const items: Item[] = [
    ...asked,
    ...[...rest].map((decision): Item => ({ kind: "decision", at: decision.timestamp, decision })),
    ...prompts.map((prompt): Item => ({ kind: "prompt", at: prompt.createdAt, prompt })),
  ];
  return items.sort((a, b) => b.at.localeCompare(a.at));
}

function isSameCall(approval: Approval, decision: Decision): boolean {
  const apart = Math.abs(Date.parse(approval.createdAt) - Date.parse(decision.timestamp));
  return (
    decision.decision === "ask" && decision.toolName === approval.toolName && apart < SAME_CALL_MS
  );
}
