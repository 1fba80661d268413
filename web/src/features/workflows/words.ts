import type { Execution, ExecutionStatus, ExecutionStep } from "@/api/types";
import { span } from "@/lib/amounts";

/** How an execution or a step stands, as it is shown. */
export type Standing = ExecutionStatus | "paused" | "asks";

const WORDS: Record<Standing, string> = {
  pending: "waits",
  running: "running",
  paused: "paused",
  asks: "asks you",
  completed: "done",
  failed: "failed",
  cancelled: "cancelled",
};

export const standingWords = (standing: Standing): string => WORDS[standing];

export function standingOf(execution: Execution): Standing {
  if (execution.status !== "running" && execution.status !== "pending") return execution.status;
  if (execution.questions > 0) return "asks";
  return execution.isPaused ? "paused" : execution.status;
}

export const standingOfStep = (step: ExecutionStep): Standing =>
  step.question === null ? step.status : "asks";

export const isOver = ({ status }: Execution): boolean =>
  status !== "running" && status !== "pending";

/** What can be done to an execution now. */
export function offers(execution: Execution) {
  const isLive = !isOver(execution);
  return {
    cancel: isLive,
    pause: isLive && !execution.isPaused,
    resume: isLive && execution.isPaused,
    retry: execution.status === "failed" || execution.status === "cancelled",
  };
}

/** How long something took, or has taken so far. */
export function took(
  { startedAt, completedAt }: { startedAt: string; completedAt: string | null },
  now: number,
): string {
  const end = completedAt ? Date.parse(completedAt) : now;
  const ms = Math.max(0, end - Date.parse(startedAt));
  // What goes on is told in whole seconds.
  return span(completedAt ? ms : Math.floor(ms / 1000) * 1000);
}

/** The short form of an execution's id. */
export const shortId = (id: string): string => id.slice(0, 8);

/** A value as text: what is text stays so, all else is JSON. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
