import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { SearchResponse } from "@/api/schema";
import type { ConversationKind } from "@/api/types";

/** How many are read at once. */
const PAGE = 50;

/** What is looked for, and where. */
export interface Wanted {
  text: string;
  session?: string | undefined;
  kind?: ConversationKind | undefined;
  /** Said within so many days. */
  days?: number | undefined;
}

/** What was found in all conversations, the newest first. */
export const searchQuery = ({ text, session, kind, days }: Wanted) =>
  infiniteQueryOptions({
    queryKey: ["search", text, session, kind, days],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ text, limit: String(PAGE) });
      if (session) query.set("sessionId", session);
      if (kind) query.set("kind", kind);
      if (days) query.set("since", new Date(Date.now() - days * 86_400_000).toISOString());
      if (pageParam !== null) query.set("before", String(pageParam));
      return get<SearchResponse>(`/search?${query}`, signal);
    },
    initialPageParam: null as number | null,
    getNextPageParam: ({ found, hasMore }: SearchResponse) =>
      hasMore ? (found.at(-1)?.entry.id ?? null) : null,
    placeholderData: keepPreviousData,
    retry: false,
  });
