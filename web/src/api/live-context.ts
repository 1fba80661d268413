import { createContext, useContext, useEffect, useSyncExternalStore } from "react";
import type { SocketState } from "@/lib/socket";
import { Live, type News } from "./live";

/** The page's connection for news. */
export const LiveContext = createContext<Live>(new Live());

/** Where that connection is. */
export function useLiveState(): SocketState {
  const live = useContext(LiveContext);
  return useSyncExternalStore(live.subscribe, live.state);
}

/** Hears what is told under a topic while the component is there. */
export function useNews(topic: string, hear: (news: News) => void): void {
  const live = useContext(LiveContext);
  useEffect(() => live.listen(topic, hear), [live, topic, hear]);
}
