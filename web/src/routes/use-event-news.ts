import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import type { News } from "@/api/live";
import { useLiveState, useNews } from "@/api/live-context";
import { catchUp, putEvents } from "@/features/events/queries";
import { promptsQuery } from "@/features/prompts/queries";

/** How long news are gathered before what depends on them is asked anew. */
const GATHERING_MS = 300;

/** Takes up what happens in the session while it is shown, and after a break what happened meanwhile. */
export function useEventNews(sessionId: string): void {
  const client = useQueryClient();
  const { phase } = useLiveState();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isMissed = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);

  useEffect(() => {
    // What cannot be read now is read after the next break.
    if (phase === "open") catchUp(client, sessionId).catch(() => {});
  }, [phase, client, sessionId]);

  const hear = useCallback(
    (news: News) => {
      if (!("data" in news)) return;
      const isReading = () => client.isFetching({ queryKey: ["events", sessionId] }) > 0;
      // A page that is being read replaces what was put there meanwhile.
      isMissed.current ||= isReading();
      putEvents(client, sessionId, [news.data]);
      if (news.data.type.startsWith("Prompt"))
        void client.invalidateQueries(promptsQuery(sessionId));
      const gathered = () => {
        timer.current = undefined;
        void client.invalidateQueries({ queryKey: ["activity", sessionId] });
        void client.invalidateQueries({ queryKey: ["git", sessionId] });
        if (isMissed.current && isReading()) {
          timer.current = setTimeout(gathered, GATHERING_MS);
        } else if (isMissed.current) {
          isMissed.current = false;
          catchUp(client, sessionId).catch(() => {});
        }
      };
      timer.current ??= setTimeout(gathered, GATHERING_MS);
    },
    [client, sessionId],
  );
  useNews(`session:${sessionId}:events`, hear);
}
