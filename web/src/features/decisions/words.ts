import type { Decision } from "@/api/types";

/** What was decided on a call, and by what. */
export function verdict(decision: Decision): string {
  const verb = {
    allow: "Allowed",
    deny: "Denied",
    ask: "Left to a person",
    none: "Left to the agent",
  }[decision.decision];
  if (decision.policyId && decision.ruleId) {
    // Where the rule gives no reason, its name stands there.
    const isNamed = decision.reason?.startsWith(`rule \`${decision.ruleId}\``);
    const reason = decision.reason && !isNamed ? `: ${decision.reason}` : "";
    return `${verb} by rule ${decision.policyId}/${decision.ruleId}${reason}`;
  }
  if (decision.source === "default" && decision.decision !== "ask") return `${verb} by default`;
  if (decision.source === "fallback") return `${verb}: the daemon was not there`;
  return verb;
}

/** What came of it. */
export function outcome(decision: Decision): string {
  return { ran: "it ran", blocked: "it did not run", answered: "", unknown: "" }[decision.outcome];
}

/** Parts of a sentence; empty ones are left out. */
export function join(...parts: string[]): string {
  return parts.filter(Boolean).join("; ");
}
