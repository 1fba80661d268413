import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Listing, RecentDirectory } from "@/api/types";
import { useDebounced } from "@/components/use-debounced";

/**
 * What is in a directory of the daemon's machine, or in the nearest one above it; `~` is the home
 * directory there.
 */
export const directoryQuery = (path: string, hidden = false) =>
  queryOptions({
    queryKey: ["directories", path, hidden],
    queryFn: ({ signal }) => {
      const more = hidden ? "&hidden=true" : "";
      return get<Listing>(
        `/directories?nearest=true&path=${encodeURIComponent(path)}${more}`,
        signal,
      );
    },
    staleTime: 2000,
  });

export const recentQuery = queryOptions({
  queryKey: ["directories", "recent"],
  queryFn: async ({ signal }) =>
    (await get<{ directories: RecentDirectory[] }>("/directories/recent", signal)).directories,
});

/** What is known of a path that is being typed. */
export interface Place {
  /** The directory, if it is one. */
  listing: Listing | null;
  /** Why it is none. */
  problem: string | null;
  /** Directories that it may become. */
  completions: string[];
}

/** Looks a path up while it is typed. */
export function usePlace(typed: string): Place {
  const path = useDebounced(typed.trim(), 200);
  const query = useQuery({
    ...directoryQuery(path),
    enabled: path !== "",
    placeholderData: keepPreviousData,
  });
  const found = query.data;
  const isSettled = path === typed.trim() && !query.isPlaceholderData;
  return {
    listing: isSettled && found && !found.problem ? found : null,
    problem: isSettled && found ? found.problem : null,
    completions: found?.entries.map((entry) => entry.path) ?? [],
  };
}
