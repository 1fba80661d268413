import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { News } from "@/api/live";
import { useLiveState, useNews } from "@/api/live-context";
import { catchUp, conversationQuery, revisionOf } from "./queries";

/** A conversation that stays true while it is shown; `at` is the place where to begin reading. */
export function useConversation(sessionId: string, at: string | null) {
  const client = useQueryClient();
  const query = useInfiniteQuery(conversationQuery(sessionId, at));
  const { data, isFetching } = query;
  const { phase } = useLiveState();
  const [told, setTold] = useState(0);
  const [isMissed, setMissed] = useState(true);

  const hear = useCallback((news: News) => {
    if ("revision" in news) setTold((old) => Math.max(old, news.revision));
  }, []);
  useNews(`session:${sessionId}:conversation`, hear);

  useEffect(() => {
    // What happened while nobody could tell it, and between the first part and the first news.
    if (phase === "open") setMissed(true);
  }, [phase]);

  useEffect(() => {
    // A part that is being read would undo it; then it is done after that.
    if (phase !== "open" || !data || isFetching) return;
    if (!isMissed && revisionOf(data) >= told) return;
    setMissed(false);
    // What cannot be read now is read with the next news.
    catchUp(client, sessionId, at).catch(() => {});
  }, [phase, data, isFetching, isMissed, told, client, sessionId, at]);

  const entries = useMemo(() => data?.pages.flatMap((page) => page.entries) ?? [], [data]);
  return { ...query, entries };
}
