import { expect, test } from "vitest";
import type { Approval } from "@/api/types";
import { groupEqual } from "./groups";

function approval(id: string, minute: number, toolInput: unknown, cwd = "/a"): Approval {
  return {
    id,
    toolName: "Bash",
    toolInput,
    cwd,
    status: "pending",
    createdAt: `2026-11-23T12:0${minute}:00.000Z`,
  } as Approval;
}

test("only the very same thing in the same place is answered together", () => {
  const groups = groupEqual([
    approval("late", 5, { command: "npm i", timeout: 1 }),
    approval("other-place", 1, { command: "npm i", timeout: 1 }, "/b"),
    approval("early", 2, { timeout: 1, command: "npm i" }),
    approval("more", 3, { command: "npm i -g x" }),
  ]);
  expect(groups.map((g) => g.map((a) => a.id))).toEqual([
    ["other-place"],
    ["early", "late"],
    ["more"],
  ]);
});
