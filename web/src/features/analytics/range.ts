/** Ranges that have a name. */
export const RANGES = [
  ["today", "Today"],
  ["7d", "7 days"],
  ["30d", "30 days"],
  ["all", "All"],
] as const;

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/** A range as the daemon takes it: by its name, or the first and the last day. */
export function rangeOf(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  const [from = "", to = "", ...rest] = text.split("..");
  const isSpan = DAY.test(from) && DAY.test(to) && from <= to && rest.length === 0;
  return isSpan || RANGES.some(([name]) => name === text) ? text : undefined;
}

/** All days from one to another, as `2026-11-23`. */
export function daysBetween(from: string, to: string): string[] {
  const end = Date.parse(to);
  const days: string[] = [];
  for (let at = Date.parse(from); at <= end; at += DAY_MS)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** A row for each day, or where it is one day for each hour, in order; `empty` where there was nothing. */
export function filled<T extends { key: string }>(
  rows: T[],
  from: string,
  to: string,
  empty: (key: string) => T,
): T[] {
  const known = new Map(rows.map((row) => [row.key, row]));
  const hours = Array.from({ length: 24 }, (_, hour) => `${from}T${String(hour).padStart(2, "0")}`);
  const keys = from === to ? hours : daysBetween(from, to);
  return keys.map((key) => known.get(key) ?? empty(key));
}

/** A day or an hour for a person. */
export function keyWords(key: string): string {
  if (key.includes("T")) return `${key.slice(11)}:00`;
  const day = new Date(`${key}T12:00:00Z`);
  return day.toLocaleDateString(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
}
