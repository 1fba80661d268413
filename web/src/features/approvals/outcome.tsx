import { Check, X } from "lucide-react";
import type { Approval } from "@/api/types";
import { Plain } from "@/components/plain";
import { cn } from "@/lib/cn";

const CLOSED = {
  answered_in_terminal: "Answered in the terminal",
  agent_moved_on: "The agent moved on",
  session_ended: "The session ended",
};

/** What became of a request, and who answered. */
export function Outcome({ approval }: { approval: Approval }) {
  const { answer } = approval;
  const isYes = answer?.decision === "allow";
  const Icon = isYes ? Check : X;
  return (
    <p
      role="status"
      className={cn(
        "mt-3 flex items-center gap-2 text-sm font-medium",
        isYes ? "text-ok" : "text-muted",
      )}
    >
      <Icon aria-hidden className="size-4" />
      <Plain text={outcomeWords(approval)} prose />
    </p>
  );
}

/** The same as a sentence. */
export function outcomeWords({ answer, closedReason, status }: Approval): string {
  if (!answer)
    return closedReason
      ? CLOSED[closedReason]
      : status === "expired"
        ? "Nobody answered in time"
        : "Waiting";
  const verb = answer.decision === "allow" ? "Allowed" : "Denied";
  const place = answer.via === "terminal" ? "in the terminal" : `by ${answer.by}, ${answer.via}`;
  const note = answer.note ? `: “${answer.note}”` : "";
  return `${verb} ${place}${note}${status === "ineffective" ? " (it came too late)" : ""}`;
}
