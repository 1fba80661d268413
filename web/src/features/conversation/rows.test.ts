import { expect, test } from "vitest";
import type { ConversationEntry, ConversationTool } from "@/api/types";
import { withChanges } from "./queries";
import { rowsOf, wayTo } from "./rows";

function entry(id: number, more: Partial<ConversationEntry> = {}): ConversationEntry {
  const at = new Date(1_700_000_000_000 + id).toISOString();
  return {
    ...{
      id,
      at,
      place: `${Date.parse(at)}.${id}`,
      revision: id,
      kind: "reply",
      text: `text ${id}`,
    },
    ...{ agentId: null, messageId: null, model: null, tool: null, usage: null },
    ...more,
  };
}

const calls = (subAgentId: string) => ({ subAgentId }) as ConversationTool;
const cost = (costUsd: number | null) => ({
  ...{ input: 10, output: 1, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, reasoning: 0 },
  costUsd,
});

test("sub-agents are in their calls, however deep; one whose call was not read stands by itself", () => {
  const entries = [
    entry(1, { kind: "prompt" }),
    entry(2, { kind: "tool_call", tool: calls("a") }),
    entry(3, { agentId: "a", kind: "tool_call", tool: calls("b") }),
    entry(4, { agentId: "b" }),
    entry(5, { agentId: "lost" }),
    entry(6, { agentId: "lost" }),
    entry(7, { kind: "other" }),
    entry(8),
  ];
  const rows = rowsOf(entries, true);
  expect(rows.rows.map(({ key, agentId }) => [key, agentId])).toEqual([
    ...[
      [1, null],
      [2, null],
      [5, "lost"],
      [8, null],
    ],
  ]);
  expect(wayTo(4, rows)).toEqual([4, 3, 2]);
  expect(wayTo(6, rows)).toEqual([6, 5]);
  expect(wayTo(99, rows)).toEqual([]);
});

test("what an answer or a turn cost stands below the last of it that is shown", () => {
  const turn = (id: number, more: Partial<ConversationEntry> = {}) =>
    entry(id, { messageId: "turn", ...more });
  const entries = [
    entry(1, { kind: "prompt" }),
    turn(2, { kind: "tool_call", usage: cost(0.5), model: "gpt" }),
    turn(3),
    turn(4, { kind: "other" }),
    entry(5, { usage: cost(1), messageId: "alone" }),
  ];
  const shown = rowsOf(entries, true).rows;
  expect(shown.map(({ key, entry }) => [key, entry.usage?.costUsd, entry.model])).toEqual([
    [1, undefined, null],
    [2, undefined, "gpt"],
    [3, 0.5, "gpt"],
    [5, 1, null],
  ]);
  expect(shown.at(-1)?.turn?.costUsd).toBe(1.5);
});

test("a turn costs what all its answers cost, and one that was not read whole is not summed up", () => {
  const entries = [
    entry(1, { usage: cost(1) }),
    entry(2, { usage: cost(1) }),
    entry(3, { kind: "prompt" }),
    entry(4, { usage: cost(0.5) }),
    entry(5, { usage: cost(null), agentId: "a" }),
    entry(6, { usage: cost(0.25) }),
    entry(7, { kind: "prompt" }),
    entry(8, { usage: cost(null) }),
    entry(9, { usage: cost(null) }),
  ];
  const sums = (isWhole: boolean) =>
    rowsOf(entries, isWhole).rows.flatMap(({ key, turn }) =>
      turn ? [[key, turn.answers, turn.costUsd, turn.unpriced, turn.input]] : [],
    );
  const read = [
    [6, 3, 0.75, 1, 30],
    [9, 2, null, 2, 20],
  ];
  expect(sums(false)).toEqual(read);
  expect(sums(true)).toEqual([[2, 2, 2, 0, 20], ...read]);
});

test("a change comes once and to its place; what belongs to a part that was not read waits for it", () => {
  const part = (ids: number[], older: string | null, newer: string | null) => ({
    ...{ entries: ids.map((id) => entry(id)), older, newer, revision: 9 },
  });
  const parts = { pages: [part([10, 20], "x", null), part([30, 40], null, null)], pageParams: [] };
  const changed = [
    entry(20, { revision: 100, text: "changed" }),
    entry(30, { revision: 1, text: "what it was" }),
    ...[5, 15, 35, 50].map((id) => entry(id, { revision: 101 })),
  ];
  const now = withChanges(parts, changed, 101);
  expect(now.pages.map((page) => page.entries.map(({ id }) => id))).toEqual([
    [10, 15, 20],
    [30, 35, 40, 50],
  ]);
  expect(now.pages[0]?.entries[2]?.text).toBe("changed");
  expect(now.pages[1]?.entries[0]?.text).toBe("text 30");
  expect(now.pages.map((page) => page.revision)).toEqual([101, 101]);
  const open = { ...parts, pages: [part([10, 20], null, "y")] };
  const ids = withChanges(open, changed, 101).pages[0]?.entries.map(({ id }) => id);
  expect(ids).toEqual([5, 10, 15, 20]);
});
