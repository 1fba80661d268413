import { useQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import type { Approval } from "@/api/types";
import { Plain } from "@/components/plain";
import { decidedQuery } from "./queries";
import { join, outcome, verdict } from "./words";

interface Props {
  sessionId: string;
  decisionId: string;
  approvalId: string | null;
  /** When the call was made. */
  at: string;
  /** What a person said, in words. */
  answer: (approval: Approval) => string;
  more: ReactNode;
}

/** Who allowed or refused a call. */
export function DecisionNote({ sessionId, decisionId, approvalId, at, answer, more }: Props) {
  const { data } = useQuery(decidedQuery(sessionId, decisionId, approvalId, at));
  const words =
    data &&
    join(
      data.approval ? answer(data.approval) : data.decision ? verdict(data.decision) : "",
      data.decision ? outcome(data.decision) : "",
    );
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[13px] text-muted">
      <ShieldCheck aria-hidden className="size-4 shrink-0" />
      {words && (
        <span className="min-w-0 break-words">
          <Plain text={words} prose />
        </span>
      )}
      {more}
    </p>
  );
}
