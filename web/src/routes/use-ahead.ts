import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/** How long the page has for itself before others are fetched, in milliseconds. */
const PAUSE_MS = 4000;

/** Fetches the other pages, so that they open while the daemon is away. */
export function useAhead(): void {
  const router = useRouter();
  useEffect(() => {
    const fetchAll = async () => {
      const pages = Object.values(router.routesById).map((route) => router.loadRouteChunk(route));
      await Promise.all([...pages, import("@/features/palette/palette")]);
    };
    // What cannot be had now is fetched when it is opened.
    const timer = setTimeout(() => fetchAll().catch(() => {}), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [router]);
}
