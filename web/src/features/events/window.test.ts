import { expect, test } from "vitest";
import { visible } from "./window";

const ROWS = { count: 100_000, height: 40, open: -1, extra: 0 };

test("of very many rows only those are drawn that are seen, and the others keep their room", () => {
  for (const top of [0, 1_000_000, 3_999_600]) {
    const { first, end, before, behind } = visible(ROWS, top, 400);
    expect(end - first).toBeLessThan(40);
    expect(before).toBeLessThanOrEqual(top);
    expect(before + (end - first) * 40 + behind).toBe(4_000_000);
  }
});

test("an open row moves those behind it, and stays drawn as long as a part of it is seen", () => {
  const rows = { ...ROWS, open: 50, extra: 5000 };
  const inside = visible(rows, 50 * 40 + 4000, 400);
  expect(inside.first).toBeLessThanOrEqual(50);
  expect(inside.end).toBeGreaterThan(50);
  const behind = visible(rows, 100 * 40 + 5000, 400);
  expect(behind.first).toBe(88);
  expect(behind.before).toBe(88 * 40 + 5000);
});
