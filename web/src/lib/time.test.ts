import { describe, expect, test } from "vitest";
import { duration, timeAgo } from "./time";

const now = Date.parse("2026-11-23T12:00:00.000Z");
const ago = (seconds: number) => timeAgo(new Date(now - seconds * 1000).toISOString(), now);

describe("timeAgo", () => {
  test("names the largest unit that fits, and never rounds up", () => {
    expect([4, 5, 59, 60, 119, 3599, 3600, 86_399, 86_400].map(ago)).toEqual([
      "just now",
      "5s",
      "59s",
      "1m",
      "1m",
      "59m",
      "1h",
      "23h",
      "1d",
    ]);
  });

  test("a daemon's clock that is ahead, and no time at all, are no age", () => {
    expect(ago(-30)).toBe("just now");
    expect(timeAgo("never", now)).toBe("just now");
  });
});

test("a waiting time rounds up, so that it is not over early", () => {
  expect([0.2, 59.4, 61, 3661].map(duration)).toEqual([
    "1 s",
    "1 min 0 s",
    "1 min 1 s",
    "1 h 1 min",
  ]);
});
