import { useQuery } from "@tanstack/react-query";
import { useMemo, useSyncExternalStore } from "react";
import type { Session, WorkflowQuestion } from "@/api/types";
import { type EqualRequests, groupEqual, isSettled } from "@/features/approvals/groups";
import { pendingQuery } from "@/features/approvals/queries";
import { failures, sinceOf } from "@/features/sessions/groups";
import { sessionsQuery } from "@/features/sessions/queries";
import { questionsQuery } from "@/features/workflows/queries";
import { recall, remember } from "@/lib/storage";

/** What waits for a person. */
export interface Attention {
  approvals: EqualRequests[];
  /** Sessions that wait for an answer to a request, as long as the requests themselves are not known. */
  asking: Session[];
  questions: Session[];
  /** What steps of workflows ask. */
  steps: WorkflowQuestion[];
  failed: Session[];
  /** How many of them there are; what is settled counts no more. */
  count: number;
  byId: Map<string, Session>;
}

let aside: readonly string[] = recall<string[]>("put-aside") ?? [];
const listeners = new Set<() => void>();

/** A failure that was seen waits no longer. */
export function putAside(sessionId: string): void {
  keep([...aside, sessionId].slice(-200));
}

/** It waits again. */
export function takeBack(sessionId: string): void {
  keep(aside.filter((id) => id !== sessionId));
}

function keep(ids: readonly string[]): void {
  aside = ids;
  remember("put-aside", aside);
  for (const listener of listeners) listener();
}

export function useAttention(): Attention {
  const sessions = useQuery(sessionsQuery).data;
  const approvals = useQuery(pendingQuery).data;
  const asked = useQuery(questionsQuery).data;
  const seen = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => aside,
  );
  return useMemo(() => {
    const all = sessions ?? [];
    const groups = groupEqual(approvals ?? []);
    const waiting = (state: "needs_input" | "needs_permission") =>
      all
        .filter((s) => s.status === "RUNNING" && s.activity?.state === state)
        .sort((a, b) => sinceOf(a).localeCompare(sinceOf(b)));
    const questions = waiting("needs_input");
    const asking = approvals ? [] : waiting("needs_permission");
    const failed = failures(all, seen, Date.now());
    const open = (approvals ?? []).filter((a) => !isSettled(a)).length;
    const steps = asked ?? [];
    return {
      approvals: groups,
      asking,
      questions,
      steps,
      failed,
      count: open + asking.length + questions.length + steps.length + failed.length,
      byId: new Map(all.map((s) => [s.id, s])),
    };
  }, [sessions, approvals, asked, seen]);
}
