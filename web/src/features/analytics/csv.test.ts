import { expect, test } from "vitest";
import { csvOf } from "./csv";

test("a file keeps its columns whatever is in it, and runs nothing where it is opened", () => {
  expect(
    csvOf(
      ["Project", "Cost in dollars"],
      [
        ["a,b", 0.5],
        ['say "hi"', null],
        ["=1+1", 0],
      ],
    ),
  ).toBe('Project,Cost in dollars\r\n"a,b",0.5\r\n"say ""hi""",\r\n\'=1+1,0\r\n');
});
