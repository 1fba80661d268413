const STEPS = [
  { name: "d", seconds: 86_400 },
  { name: "h", seconds: 3600 },
  { name: "m", seconds: 60 },
] as const;

/** How long ago `at` was, in one unit: `just now`, `40s`, `5m`, `3h`, `12d`. */
export function timeAgo(at: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(at)) / 1000);
  // A clock that is a little behind the daemon's is no future.
  if (!Number.isFinite(seconds) || seconds < 5) return "just now";
  const step = STEPS.find((s) => seconds >= s.seconds);
  return step ? `${Math.floor(seconds / step.seconds)}${step.name}` : `${seconds}s`;
}

/** When `timeAgo` says something else, in milliseconds from now. */
export function nextTick(at: string, now: number): number {
  const seconds = Math.max(0, (now - Date.parse(at)) / 1000);
  return seconds < 60 ? 5000 : seconds < 3600 ? 30_000 : 300_000;
}

/** A waiting time as people read it: `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The whole date and time, in the words of this browser. */
export function fullTime(at: string): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

/** The time of day. */
export function clockTime(at: string): string {
  return new Date(at).toLocaleTimeString(undefined, { timeStyle: "medium" });
}

/** The time of day, and the day where it is another one than that of `now`. */
export function shortTime(at: string, now = new Date()): string {
  const then = new Date(at);
  const time = then.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === now.toDateString()) return time;
  const year = then.getFullYear() === now.getFullYear() ? undefined : "numeric";
  const day = then.toLocaleDateString(undefined, { day: "numeric", month: "short", year });
  return `${day}, ${time}`;
}
