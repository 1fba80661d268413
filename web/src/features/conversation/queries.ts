import { type InfiniteData, infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { ConversationResponse } from "@/api/schema";
import type { ConversationEntry } from "@/api/types";
import { isBehind } from "@/lib/places";

/** How many are read at once. */
const PAGE = 100;

/** The most changes that are caught up with; of more than that the latest are read anew. */
const MISSED_MAX = 1000;

/** Entries in a row, and how to go on from them. */
export interface Part {
  entries: ConversationEntry[];
  /** The place in front of which there is more. */
  older: string | null;
  /** The place behind which there is more. */
  newer: string | null;
  /** Every change up to this one is in it. */
  revision: number;
}

export type Parts = InfiniteData<Part>;

type From = { at: string | null } | { before: string } | { after: string };

/** A conversation from its end, or from around a place in it; more comes in both directions. */
export const conversationQuery = (sessionId: string, at: string | null) =>
  infiniteQueryOptions({
    queryKey: ["conversation", sessionId, at],
    queryFn: ({ pageParam, signal }) => read(sessionId, pageParam, signal),
    initialPageParam: { at } as From,
    getPreviousPageParam: ({ older }: Part): From | undefined =>
      older === null ? undefined : { before: older },
    getNextPageParam: ({ newer }: Part): From | undefined =>
      newer === null ? undefined : { after: newer },
    staleTime: Number.POSITIVE_INFINITY,
    // What is told while nobody looks is not heard.
    gcTime: 0,
  });

async function read(sessionId: string, from: From, signal: AbortSignal): Promise<Part> {
  const ask = (query: string) =>
    get<ConversationResponse>(`/sessions/${sessionId}/conversation?limit=${PAGE}${query}`, signal);
  if ("after" in from) {
    const { entries, hasMore, last, revision } = await ask(`&after=${from.after}`);
    return { entries, older: null, newer: hasMore ? last : null, revision };
  }
  const before = "before" in from ? from.before : from.at && following(from.at);
  const part = await ask(before ? `&before=${before}` : "");
  const { entries, revision } = part;
  const older = part.hasMore ? part.first : null;
  if ("before" in from || from.at === null) return { entries, older, newer: null, revision };
  const rest = await read(sessionId, { after: from.at }, signal);
  return { ...rest, entries: [...entries, ...rest.entries], older, revision };
}

/** The place right behind that one. */
function following(place: string): string {
  const [at, id] = place.split(".");
  return `${at}.${Number(id) + 1}`;
}

/** What all parts know of. */
export function revisionOf({ pages }: Parts): number {
  return Math.min(...pages.map((page) => page.revision));
}

/** Reads what changed since; what is not among the parts that were read comes with its own part. */
export async function catchUp(
  client: QueryClient,
  sessionId: string,
  at: string | null,
): Promise<void> {
  const { queryKey } = conversationQuery(sessionId, at);
  const parts = client.getQueryData(queryKey);
  if (!parts) return;
  const { entries, revision, hasMore } = await get<ConversationResponse>(
    `/sessions/${sessionId}/conversation?since=${revisionOf(parts)}&limit=${MISSED_MAX}`,
  );
  if (hasMore) return void (await client.resetQueries({ queryKey }));
  client.setQueryData(queryKey, (old) => old && withChanges(old, entries, revision));
}

/** The parts with what changed, each entry once, at its place. */
export function withChanges(parts: Parts, changed: ConversationEntry[], revision: number): Parts {
  const fresh = new Map(changed.map((entry) => [entry.id, entry]));
  const pages = parts.pages.map((page) => ({
    ...page,
    revision: Math.max(revision, page.revision),
    entries: page.entries.map((old) => {
      const now = fresh.get(old.id);
      fresh.delete(old.id);
      return now && now.revision > old.revision ? now : old;
    }),
  }));
  const last = pages.at(-1);
  const end = last?.entries.at(-1);
  for (const entry of fresh.values()) {
    if (!last || (last.newer !== null && end && isBehind(entry, end))) continue;
    const page = pages.findLast(({ entries: [first] }) => !first || isBehind(entry, first));
    if (page) page.entries = sorted([...page.entries, entry]);
    else if (pages[0]?.older === null) pages[0].entries = sorted([entry, ...pages[0].entries]);
  }
  return { ...parts, pages };
}

function sorted(entries: ConversationEntry[]): ConversationEntry[] {
  return entries.sort((a, b) => (isBehind(a, b) ? 1 : -1));
}
