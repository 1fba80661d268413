import { expect, test } from "vitest";
import { pairs, parseDiff } from "./parse";

// Written by git 2.47.
const TEXT = `diff --git a/a.txt b/a.txt
index 4cb29ea..1c1d9b2 100644
--- a/a.txt
+++ b/a.txt
@@ -1,3 +1,4 @@ fn main() {
 one
-two
+TWO
+-- more
 three
\\ No newline at end of file
`;

test("lines have their places before and after", () => {
  const { hunks, isBinary } = parseDiff(TEXT);
  expect(isBinary).toBe(false);
  expect(hunks[0]?.header).toBe("fn main() {");
  expect(hunks[0]?.rows).toEqual([
    { kind: " ", old: 1, new: 1, text: "one" },
    { kind: "-", old: 2, new: null, text: "two" },
    { kind: "+", old: null, new: 2, text: "TWO" },
    { kind: "+", old: null, new: 3, text: "-- more" },
    { kind: " ", old: 3, new: 4, text: "three" },
  ]);
});

test("what went stands beside what came", () => {
  const rows = parseDiff(TEXT).hunks[0]?.rows ?? [];
  const sides = pairs(rows).map(({ left, right }) => [left?.text, right?.text]);
  expect(sides).toEqual([
    ["one", "one"],
    ["two", "TWO"],
    [undefined, "-- more"],
    ["three", "three"],
  ]);
});

test("a picture has no lines", () => {
  expect(parseDiff("Binary files a/x.png and b/x.png differ\n").isBinary).toBe(true);
});
