import { expect, test } from "vitest";
import { parseScreen } from "./ansi";

test("a stored screen comes apart into styled spans, and nothing of its sequences is shown", () => {
  expect(
    parseScreen(
      "\x1b[0;36m✳ \x1b[0;1mDemo\x1b[m\n\x1b[38;5;208mo\x1b[48;2;1;2;300mx\x1b[2K\x1b[22;39my\x1b]0;t\x07",
    ),
  ).toEqual([
    [
      { text: "✳ ", fg: 6 },
      { text: "Demo", bold: true },
    ],
    [
      { text: "o", fg: 208 },
      { text: "x", fg: 208, bg: "#0102ff" },
      { text: "y", bg: "#0102ff" },
    ],
  ]);
});
