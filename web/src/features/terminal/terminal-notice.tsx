import { useEffect, useState, useSyncExternalStore } from "react";
import { Button } from "@/components/button";
import { useCountdown } from "@/components/use-countdown";
import type { StreamState, TerminalStream } from "./stream";

const SHOWN_MS = 5000;

/** What is wrong with the connection, and what was not sent. */
export function TerminalNotice({ stream }: { stream: TerminalStream }) {
  const state = useSyncExternalStore(stream.subscribe, stream.state);
  const retryAt = state.socket.phase === "waiting" ? state.socket.retryAt : null;
  const left = useCountdown(retryAt);
  const trouble = troubleOf(state, left);
  const notice = useRecent(state.notice);
  if (!trouble && !notice) return null;
  return (
    <div className="pointer-events-none absolute inset-x-2 bottom-2 z-10 flex flex-col items-center gap-2">
      {notice && (
        <p
          role="alert"
          key={notice.count}
          className="rounded-lg border border-danger/40 bg-danger-soft px-3 py-2 text-sm text-danger shadow-lg"
        >
          {notice.text}
        </p>
      )}
      {trouble && (
        <div
          role="status"
          className="pointer-events-auto flex items-center gap-3 rounded-lg border bg-panel px-3 py-1.5 text-sm shadow-lg"
        >
          {trouble}
          {retryAt !== null && (
            <Button className="shrink-0" onClick={stream.retryNow}>
              Retry now
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function troubleOf({ socket, size, ended }: StreamState, left: number): string | null {
  if (ended) return "The session has ended.";
  switch (socket.phase) {
    case "open":
      return null;
    case "connecting":
      return size ? "Reconnecting …" : "Connecting …";
    case "waiting":
      return `Not connected; what you type is not sent. Trying again in ${left} s.`;
    case "closed":
      if (socket.code === 4401) return "You are signed out.";
      if (socket.code === 4403) return "This terminal is refused to you.";
      return socket.reason || "There is no such session.";
  }
}

/** What was said within the last seconds. */
function useRecent(notice: StreamState["notice"]): StreamState["notice"] {
  const [over, setOver] = useState(0);
  const count = notice?.count ?? 0;
  useEffect(() => {
    const timer = setTimeout(() => setOver(count), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [count]);
  return count > over ? notice : null;
}
