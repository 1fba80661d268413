import { useLocation } from "@tanstack/react-router";
import { useContext, useEffect, useSyncExternalStore } from "react";
import { LiveContext } from "@/api/live-context";

const EVENTS = ["focus", "blur", "visibilitychange"] as const;

function watch(listener: () => void): () => void {
  // What happens to the document happens to the window too.
  for (const event of EVENTS) window.addEventListener(event, listener);
  return () => {
    for (const event of EVENTS) window.removeEventListener(event, listener);
  };
}

const isThere = () => document.visibilityState === "visible" && document.hasFocus();

/** Tells the daemon which session the person looks at: nobody has to be told of that one. */
export function usePresence(): void {
  const live = useContext(LiveContext);
  const isPresent = useSyncExternalStore(watch, isThere);
  const { pathname } = useLocation();
  const [, sessionId = null] = /^\/sessions\/([^/]+)$/.exec(pathname) ?? [];
  const looked = isPresent ? sessionId : null;
  useEffect(() => live.look(looked), [live, looked]);
}
