import type { ConversationEntry } from "@/api/types";
import { addTo, NOTHING, type Sum } from "./sum";

/** What sub-agents said, by their names. */
export type Agents = ReadonlyMap<string, ConversationEntry[]>;

/** Something that stands in a conversation by itself. */
export interface Row {
  key: number;
  entry: ConversationEntry;
  /** The sub-agent whose part this is, where the call that it works for was not read. */
  agentId: string | null;
  /** What all answers since the prompt cost, below the last of them. */
  turn: Sum | null;
}

/** A conversation as it is shown. */
export interface Rows {
  rows: Row[];
  agents: Agents;
}

/**
 * What stands by itself, with the parts of sub-agents taken out: they belong to the calls that they
 * work for. Lines of a kind that nobody knows are left out. `isWhole` says that nothing comes before.
 */
export function rowsOf(told: ConversationEntry[], isWhole: boolean): Rows {
  const entries = told.map(withCostAtEnd(told));
  const agents = new Map<string, ConversationEntry[]>();
  const called = new Set<string>();
  for (const entry of entries) {
    if (entry.tool?.subAgentId) called.add(entry.tool.subAgentId);
    if (entry.agentId === null || entry.kind === "other") continue;
    const said = agents.get(entry.agentId);
    if (said) said.push(entry);
    else agents.set(entry.agentId, [entry]);
  }

  const rows: Row[] = [];
  const shown = new Set<string>();
  // What was said before the first prompt that was read belongs to a turn that is not known whole.
  let sum: Sum | null = isWhole ? NOTHING : null;
  const endTurn = () => {
    const last = rows.at(-1);
    if (last && sum && sum.answers > 1) last.turn = sum;
  };
  for (const entry of entries) {
    if (entry.kind === "other") continue;
    const { agentId } = entry;
    if (agentId === null && entry.kind === "prompt") {
      endTurn();
      sum = NOTHING;
    }
    if (entry.usage && sum) sum = addTo(sum, entry.usage);
    if (agentId !== null && (called.has(agentId) || shown.has(agentId))) continue;
    if (agentId !== null) shown.add(agentId);
    rows.push({ key: entry.id, entry, agentId, turn: null });
  }
  endTurn();
  return { rows, agents };
}

/** What an answer or a turn cost is told with its first entry, and read below its last one. */
function withCostAtEnd(told: ConversationEntry[]) {
  const isShown = (entry: ConversationEntry) => entry.kind !== "other";
  const ends = new Map<string, ConversationEntry>();
  for (const entry of told) if (entry.messageId && isShown(entry)) ends.set(entry.messageId, entry);
  const costs = new Map<ConversationEntry, ConversationEntry>();
  for (const entry of told) {
    const end = entry.usage && entry.messageId ? ends.get(entry.messageId) : undefined;
    if (end && end !== entry) costs.set(end, entry).set(entry, end);
  }
  return (entry: ConversationEntry): ConversationEntry => {
    const other = costs.get(entry);
    if (!other) return entry;
    if (entry.usage) return { ...entry, usage: null };
    return { ...entry, usage: other.usage, model: entry.model ?? other.model };
  };
}

/** The entries that are to be open so that the one of that id is seen: itself, and what it is in. */
export function wayTo(id: number, { rows, agents }: Rows): number[] {
  const callers = new Map<string, ConversationEntry>();
  const all = [...rows.map((row) => row.entry), ...[...agents.values()].flat()];
  for (const entry of all) if (entry.tool?.subAgentId) callers.set(entry.tool.subAgentId, entry);
  for (const { agentId, entry } of rows) if (agentId) callers.set(agentId, entry);
  const way: number[] = [];
  let at = all.find((entry) => entry.id === id);
  while (at && !way.includes(at.id)) {
    way.push(at.id);
    at = at.agentId === null ? undefined : callers.get(at.agentId);
  }
  return way;
}
