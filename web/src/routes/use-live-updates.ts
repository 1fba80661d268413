import { type Query, useQueryClient } from "@tanstack/react-query";
import { useCallback, useContext, useEffect, useMemo } from "react";
import { type News, SIGNED_OUT } from "@/api/live";
import { LiveContext, useLiveState, useNews } from "@/api/live-context";
import { putApproval } from "@/features/approvals/queries";
import { authStatus } from "@/features/auth/queries";
import { isNotifying } from "@/features/notifications/browser";
import { hear as hearNotification } from "@/features/notifications/hear";
import { startPush } from "@/features/notifications/push";
import { unreadQuery } from "@/features/notifications/queries";
import { dropSession, putSession } from "@/features/sessions/queries";
import { executionNews } from "@/features/workflows/queries";
import { usePresence } from "./use-presence";

/** Keeps what is shown true: what the daemon tells goes into the cache, and after a break all is asked anew. */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  const live = useContext(LiveContext);
  const state = useLiveState();

  useEffect(() => {
    // Events and conversations are no state: who shows them catches up.
    const isState = {
      predicate: ({ queryKey: [name] }: Query) => name !== "events" && name !== "conversation",
    };
    live.start(() => client.invalidateQueries(isState));
    window.addEventListener("online", live.retryNow);
    return () => {
      window.removeEventListener("online", live.retryNow);
      live.stop();
    };
  }, [live, client]);

  const needsLook =
    state.phase === "waiting" || (state.phase === "closed" && state.code === SIGNED_OUT);
  useEffect(() => {
    // A refused sign-in looks like a daemon that is down until it is asked.
    if (needsLook) void client.invalidateQueries(authStatus);
  }, [needsLook, client]);

  useEffect(() => {
    // The sign-in that asked may be over, and the browser may have another address.
    if (isNotifying()) void startPush().catch(() => {});
  }, []);

  const hearExecution = useMemo(() => executionNews(client), [client]);
  const hear = useCallback(
    (news: News) => {
      if ("session" in news) {
        if (news.type === "session_deleted") dropSession(client, news.session.id);
        else putSession(client, news.session);
      }
      if ("approval" in news) putApproval(client, news.approval);
      if (news.topic === "notifications") void client.invalidateQueries(unreadQuery);
      if ("notification" in news) hearNotification(news.notification).catch(() => {});
      if ("executionId" in news) hearExecution(news.executionId);
    },
    [client, hearExecution],
  );
  usePresence();
  useNews("sessions", hear);
  useNews("approvals", hear);
  useNews("workflows", hear);
  useNews("notifications", hear);
}
