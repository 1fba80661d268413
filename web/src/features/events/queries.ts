import { type InfiniteData, infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { EventsResponse } from "@/api/schema";
import type { SessionEvent } from "@/api/types";

/** How many are read at once. */
const PAGE = 200;

/** The most that are caught up with after a break; of more than that the latest are read anew. */
const MISSED_MAX = 1000;

/** What happened in a session, the latest first. It never changes, so nothing is read twice. */
export const eventsQuery = (sessionId: string) =>
  infiniteQueryOptions({
    queryKey: ["events", sessionId],
    queryFn: ({ pageParam, signal }) => {
      const before = pageParam === null ? "" : `&before=${pageParam}`;
      return get<EventsResponse>(
        `/sessions/${sessionId}/events?order=desc&limit=${PAGE}${before}`,
        signal,
      );
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page: EventsResponse) =>
      page.hasMore ? (page.events.at(-1)?.id ?? null) : null,
    staleTime: Number.POSITIVE_INFINITY,
    // What is told while nobody looks is not heard.
    gcTime: 0,
  });

/** Puts events that were just told where they belong, each once. */
export function putEvents(client: QueryClient, sessionId: string, events: SessionEvent[]): void {
  client.setQueryData(
    eventsQuery(sessionId).queryKey,
    (old: InfiniteData<EventsResponse> | undefined) => {
      const [first, ...rest] = old?.pages ?? [];
      if (!old || !first) return old;
      const oldest = first.events.at(-1)?.id ?? 0;
      const known = new Set(first.events.map((event) => event.id));
      const fresh = events.filter((event) => event.id > oldest && !known.has(event.id));
      if (fresh.length === 0) return old;
      const all = [...fresh, ...first.events].sort((a, b) => b.id - a.id);
      return { ...old, pages: [{ ...first, events: all }, ...rest] };
    },
  );
}

/** Reads what happened while nobody could tell it. */
export async function catchUp(client: QueryClient, sessionId: string): Promise<void> {
  const query = eventsQuery(sessionId);
  const newest = client.getQueryData(query.queryKey)?.pages[0]?.events[0]?.id;
  if (newest === undefined) return void client.invalidateQueries({ queryKey: query.queryKey });
  const path = `/sessions/${sessionId}/events?since=${newest}&limit=${MISSED_MAX}`;
  const { events, hasMore } = await get<EventsResponse>(path);
  if (hasMore) await client.resetQueries({ queryKey: query.queryKey });
  else putEvents(client, sessionId, events);
}
