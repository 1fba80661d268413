import { type InfiniteData, infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { EventsResponse } from "@/api/schema";
import type { SessionEvent } from "@/api/types";

/** What happened in a session, the latest first. */
export const eventsQuery = (sessionId: string) =>
  infiniteQueryOptions({
    queryKey: ["events", sessionId],
    queryFn: ({ pageParam, signal }) => {
      const before = pageParam === null ? "" : `&before=${pageParam}`;
      return get<EventsResponse>(
        `/sessions/${sessionId}/events?order=desc&limit=100${before}`,
        signal,
      );
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page: EventsResponse) =>
      page.hasMore ? (page.events.at(-1)?.id ?? null) : null,
  });

/** Puts an event that was just told on top, once. */
export function putEvent(client: QueryClient, event: SessionEvent): void {
  const key = eventsQuery(event.sessionId).queryKey;
  client.setQueryData(key, (old: InfiniteData<EventsResponse> | undefined) => {
    const [first, ...rest] = old?.pages ?? [];
    if (!old || !first || (first.events[0]?.id ?? 0) >= event.id) return old;
    return { ...old, pages: [{ ...first, events: [event, ...first.events] }, ...rest] };
  });
}
