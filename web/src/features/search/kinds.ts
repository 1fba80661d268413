import type { ConversationKind } from "@/api/types";

/** What can be looked for, by its kind. */
export const KINDS: [ConversationKind, string][] = [
  ["prompt", "Prompt"],
  ["reply", "Reply"],
  ["thinking", "Thinking"],
  ["tool_call", "Tool call"],
  ["sub_agent", "Sub-agent"],
  ["compaction", "Summary"],
  ["error", "Error"],
];

/** The kind of that name. */
export function kindOf(name: unknown): ConversationKind | undefined {
  return KINDS.find(([kind]) => kind === name)?.[0];
}
