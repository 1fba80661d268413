import type { Session } from "@/api/types";

/** What a session needs of its owner, the most urgent first. */
export type Need = "waiting" | "working" | "ready" | "unclear" | "ended";

const TITLES: Record<Need, string> = {
  waiting: "Waiting for you",
  working: "Working",
  ready: "Ready for a prompt",
  unclear: "Unclear",
  ended: "Ended",
};

export interface Group {
  need: Need;
  title: string;
  sessions: Session[];
}

/** What this one needs. */
export function needOf(session: Session): Need {
  if (session.status === "STOPPED" || session.status === "CRASHED") return "ended";
  switch (session.activity?.state) {
    case "needs_permission":
    case "needs_input":
      return "waiting";
    case "working":
      return "working";
    case "idle":
      return "ready";
    default:
      return session.status === "STARTING" ? "working" : "unclear";
  }
}

/** Since when it is as it is. */
export function sinceOf(session: Session): string {
  return session.exit?.at ?? session.activity?.since ?? session.createdAt;
}

/** The groups that have sessions. Whoever waits longest is first; elsewhere the latest is. */
export function groupByNeed(sessions: Session[]): Group[] {
  return (Object.keys(TITLES) as Need[])
    .map((need) => ({
      need,
      title: TITLES[need],
      sessions: sorted(
        need,
        sessions.filter((s) => needOf(s) === need),
      ),
    }))
    .filter((group) => group.sessions.length > 0);
}

function sorted(need: Need, sessions: Session[]): Session[] {
  const direction = need === "waiting" ? 1 : -1;
  return sessions.toSorted(
    (a, b) => direction * sinceOf(a).localeCompare(sinceOf(b)) || a.id.localeCompare(b.id),
  );
}

const DAY_MS = 86_400_000;

/** Those that ended badly within a day and were not put aside, the latest first. */
export function failures(sessions: Session[], putAside: readonly string[], now: number): Session[] {
  return sorted(
    "ended",
    sessions.filter(
      (s) =>
        s.status === "CRASHED" && !putAside.includes(s.id) && now - Date.parse(sinceOf(s)) < DAY_MS,
    ),
  );
}
