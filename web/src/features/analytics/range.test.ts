import { expect, test } from "vitest";
import { daysBetween, filled, rangeOf } from "./range";

test("a range is one that the daemon takes", () => {
  expect(["7d", "all", "2026-11-01..2026-11-23"].map(rangeOf)).toEqual([
    ...["7d", "all", "2026-11-01..2026-11-23"],
  ]);
  expect(["8d", "2026-11-23..2026-11-01", "2026-11-01", "a..b", 7].map(rangeOf)).toEqual(
    Array(5).fill(undefined),
  );
});

test("days without usage are days, also where clocks change", () => {
  expect(daysBetween("2026-10-24", "2026-10-27")).toEqual([
    ...["2026-10-24", "2026-10-25", "2026-10-26", "2026-10-27"],
  ]);
  const row = (key: string, value = 0) => ({ key, value });
  expect(filled([row("2026-02-28", 7)], "2026-02-27", "2026-03-01", row)).toEqual([
    ...[row("2026-02-27"), row("2026-02-28", 7), row("2026-03-01")],
  ]);
  const hours = filled([row("2026-02-28T09", 7)], "2026-02-28", "2026-02-28", row);
  expect([hours.length, hours[9]?.value]).toEqual([24, 7]);
});
