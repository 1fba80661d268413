import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { Session } from "@/api/types";
import { cn } from "@/lib/cn";
import { useShortcuts } from "@/lib/shortcuts";

const TABS = [
  ["terminal", "Terminal"],
  ["conversation", "Conversation"],
  ["changes", "Changes"],
  ["events", "Events"],
  ["activity", "Activity"],
] as const;

type Tab = (typeof TABS)[number][0];

const isSmall = matchMedia("(max-width: 767px)");

/**
 * The view that is shown. Where none was chosen: the terminal, and on a phone, which is too narrow for
 * one, the conversation, unless there is something that only the terminal shows.
 */
export function useTab(session: Session): Tab {
  const { tab } = useSearch({ from: "/app/sessions/$id" });
  const isTalking = session.status === "RUNNING" && session.activity?.state !== "needs_input";
  return tab ?? (isSmall.matches && isTalking ? "conversation" : "terminal");
}

/** The views of a session; each is an address. */
export function SessionTabs({ id, tab }: { id: string; tab: Tab }) {
  return (
    <nav aria-label="Views" className="flex overflow-x-auto border-b px-1 sm:gap-1 sm:px-4">
      {TABS.map(([name, words]) => (
        <Link
          key={name}
          to="/sessions/$id"
          params={{ id }}
          search={{ tab: name }}
          aria-current={tab === name ? "page" : undefined}
          className={cn(
            "target -mb-px flex items-center border-b-2 px-2 text-sm sm:px-2.5",
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

/** 1 to 5 are the views. */
export function useTabKeys(id: string): void {
  const navigate = useNavigate();
  const to = (tab: Tab) => () =>
    void navigate({ to: "/sessions/$id", params: { id }, search: { tab } });
  useShortcuts(Object.fromEntries(TABS.map(([name], at) => [String(at + 1), to(name)])));
}
