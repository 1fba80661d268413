import type { Session } from "@/api/types";

/** Why something cannot be done to a session now; null where it can. The daemon has the last word. */
export interface Refusals {
  send: string | null;
  interrupt: string | null;
  switchModel: string | null;
  stop: string | null;
  kill: string | null;
  resume: string | null;
  fork: string | null;
  delete: string | null;
}

export function refusals(session: Session): Refusals {
  const isLive = session.status === "STARTING" || session.status === "RUNNING";
  const ended = isLive ? null : "It has ended";
  const live = isLive ? "Stop it first" : null;
  const isWorking = session.activity?.state === "working";
  const nameless = session.providerSessionId === null ? "Its conversation never began" : null;
  return {
    send: ended ?? (session.status === "STARTING" ? "It is being started" : dialog(session)),
    interrupt: ended ?? dialog(session) ?? (isWorking ? null : "It is not at work"),
    switchModel: ended ?? dialog(session),
    stop: ended,
    kill: ended,
    resume: (isLive ? "It runs" : null) ?? nameless,
    fork: nameless,
    delete: live,
  };
}

function dialog(session: Session): string | null {
  switch (session.activity?.state) {
    case "needs_permission":
      return "Answer its request first";
    case "needs_input":
      return "Answer it in the terminal first";
    default:
      return null;
  }
}
