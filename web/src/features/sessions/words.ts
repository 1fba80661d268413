import type { RateLimit, StatusLine } from "@/api/schema";
import type { Exit, ProviderId, Session } from "@/api/types";
import { dollars, exact } from "@/lib/amounts";
import { plainText } from "@/lib/plain-text";

export const PROVIDER_NAMES: Record<ProviderId, string> = {
  "claude-code": "Claude Code",
  codex: "Codex",
  demo: "Demo",
};

/** The last folder of where it works. */
export function projectOf(session: Pick<Session, "cwd">): string {
  return plainText(session.cwd.split("/").filter(Boolean).at(-1) ?? "/");
}

/** What people call it, or what it works on. */
export function labelOf(session: Pick<Session, "name" | "cwd">): string {
  return session.name === null ? projectOf(session) : plainText(session.name);
}

/** What it is doing, in a few words. */
export function doing(session: Session): string {
  if (session.exit) {
    const words = exitWords(session.exit);
    if (session.status === "CRASHED") return `Failed: ${words}`;
    return words.charAt(0).toUpperCase() + words.slice(1);
  }
  switch (session.activity?.state) {
    case "needs_permission":
      return "Wants permission";
    case "needs_input":
      return "Asks you something";
    case "working":
      return "Working";
    case "idle":
      return "Ready";
    default:
      return session.status === "STARTING" ? "Starting" : "Unclear";
  }
}

/** How it ended. */
export function exitWords(exit: Exit): string {
  switch (exit.reason) {
    case "stopped":
      return "stopped";
    case "killed":
      return "killed";
    case "tmux_lost":
      return "its terminal is gone";
    case "launch_failed":
      return "could not be started";
    default:
      if (exit.signal !== null) return `ended by signal ${exit.signal}`;
      return exit.code === null ? "ended, exit code unknown" : `ended with code ${exit.code}`;
  }
}

/** Why its activity is believed. */
export function evidenceWords(session: Session): string {
  const evidence = session.activity?.evidence;
  if (!evidence) return "Nothing trustworthy has been seen yet.";
  const sources = {
    hook: "The agent reported",
    screen: "Its screen shows",
    transcript: "Its transcript says",
    "app-server": "Its app-server says",
    process: "Its process shows",
  };
  return `${sources[evidence.source]} \`${evidence.type}\`.`;
}

/** What the agent told of its context, its cost and its limits. */
export function statusWords({ context, costUsd, limits }: StatusLine): string {
  const words: string[] = [];
  if (context?.tokens != null && context.window !== null)
    words.push(`${exact(context.tokens)} of ${exact(context.window)} tokens`);
  if (costUsd !== null) words.push(`${dollars(costUsd)} by its own count`);
  return [...words, ...limits.map(limitWords)].join(", ");
}

function limitWords({ windowMinutes, usedPercent }: RateLimit): string {
  const hours = windowMinutes / 60;
  const time = hours % 24 === 0 ? `${hours / 24} days` : `${Math.round(hours)} hours`;
  return `${Math.round(usedPercent)} % of the ${time}`;
}
