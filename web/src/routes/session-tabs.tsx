import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { cn } from "@/lib/cn";
import { useShortcuts } from "@/lib/shortcuts";

const TABS = [
  ["terminal", "Terminal"],
  ["events", "Events"],
  ["activity", "Activity"],
] as const;

/** The views of a session; each is an address. */
export function SessionTabs({ id }: { id: string }) {
  const { tab = "terminal" } = useSearch({ from: "/app/sessions/$id" });
  return (
    <nav aria-label="Views" className="flex gap-1 border-b px-2 sm:px-4">
      {TABS.map(([name, words]) => (
        <Link
          key={name}
          to="/sessions/$id"
          params={{ id }}
          search={name === "terminal" ? {} : { tab: name }}
          aria-current={tab === name ? "page" : undefined}
          className={cn(
            "target -mb-px flex items-center border-b-2 px-2.5 text-sm",
            tab === name
              ? "border-accent font-medium"
              : "border-transparent text-muted hover:text-text",
          )}
        >
          {words}
        </Link>
      ))}
    </nav>
  );
}

/** 1, 2 and 3 are the views. */
export function useTabKeys(id: string): void {
  const navigate = useNavigate();
  const to = (tab: (typeof TABS)[number][0]) => () =>
    void navigate({
      to: "/sessions/$id",
      params: { id },
      search: tab === "terminal" ? {} : { tab },
    });
  useShortcuts({ "1": to("terminal"), "2": to("events"), "3": to("activity") });
}
