import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { ApiError, get } from "@/api/client";
import type { Listing, RecentDirectory } from "@/api/types";
import { useDebounced } from "@/components/use-debounced";

/** What is in a directory of the daemon's machine; `~` is the home directory there. */
export const directoryQuery = (path: string, hidden = false) =>
  queryOptions({
    queryKey: ["directories", path, hidden],
    queryFn: ({ signal }) =>
      get<Listing>(
        `/directories?path=${encodeURIComponent(path)}${hidden ? "&hidden=true" : ""}`,
        signal,
      ),
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
}

/** Looks a path up while it is typed. */
export function usePlace(typed: string): Place {
  const path = useDebounced(typed.trim(), 200);
  const query = useQuery({ ...directoryQuery(path), enabled: path !== "" });
  const isSettled = path === typed.trim();
  return {
    listing: isSettled ? (query.data ?? null) : null,
    problem: isSettled && query.error instanceof ApiError ? query.error.message : null,
  };
}

/** Directories that a path which is being typed may become. */
export function useCompletions(typed: string): string[] {
  const parent = useDebounced(typed.trim().replace(/[^/]*$/, ""), 200);
  const query = useQuery({
    ...directoryQuery(parent),
    enabled: parent !== "",
    placeholderData: keepPreviousData,
  });
  return (query.data?.entries ?? []).map((entry) => parent + entry.name);
}
