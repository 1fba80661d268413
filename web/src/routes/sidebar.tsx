import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import {
  ChartColumn,
  FolderCog,
  Inbox,
  Plus,
  Search,
  Settings,
  TextSearch,
  Workflow,
} from "lucide-react";
import { Button, IconButton } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { Logo } from "@/components/logo";
import { sessionsQuery } from "@/features/sessions/queries";
import { SessionList } from "@/features/sessions/session-list";
import { useAttention } from "./use-attention";
import { useGo } from "./use-go";

const WAY = "flex items-center gap-2.5 rounded-lg px-3 py-2 text-sm font-medium hover:bg-raised";
const HERE = { className: "bg-raised", "aria-current": "page" as const };

/** What needs you, and all sessions. */
export function Sidebar({ onPalette }: { onPalette: () => void }) {
  const go = useGo();
  const { count } = useAttention();
  const sessions = useQuery(sessionsQuery);
  return (
    <aside className="flex w-72 shrink-0 flex-col border-r bg-ground max-md:hidden">
      <div className="flex items-center gap-2 px-4 pt-3 pb-2">
        <Logo />
        <span className="flex-1 font-semibold tracking-tight">CodePiper</span>
        <IconButton label="Find or do something (Ctrl/Cmd-K)" onClick={onPalette}>
          <Search aria-hidden />
        </IconButton>
        <Button onClick={go.newSession} title="New session (n)">
          <Plus aria-hidden className="size-4" /> New
        </Button>
      </div>
      <nav aria-label="Pages" className="px-2 pb-3">
        <Link
          to="/"
          className={WAY}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={HERE}
        >
          <Inbox aria-hidden className="size-4" />
          <span className="flex-1">Needs you</span>
          {count > 0 && (
            <span className="rounded-full bg-warn-soft px-2 text-xs leading-5 font-semibold text-warn tabular-nums">
              {count}
            </span>
          )}
        </Link>
      </nav>
      <nav aria-label="Sessions" className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        {sessions.data ? (
          sessions.data.length > 0 ? (
            <SessionList sessions={sessions.data} />
          ) : (
            <p className="px-3 text-sm text-muted">No sessions yet.</p>
          )
        ) : (
          sessions.isError && (
            <ErrorNote error={sessions.error} onRetry={() => sessions.refetch()} />
          )
        )}
      </nav>
      <nav aria-label="More pages" className="border-t p-2">
        <Link
          to="/workflows"
          className={WAY}
          activeProps={HERE}
          activeOptions={{ includeSearch: false }}
        >
          <Workflow aria-hidden className="size-4" /> Workflows
        </Link>
        <Link to="/workspaces" className={WAY} activeProps={HERE}>
          <FolderCog aria-hidden className="size-4" /> Workspaces
        </Link>
        <Link
          to="/search"
          className={WAY}
          activeProps={HERE}
          activeOptions={{ includeSearch: false }}
        >
          <TextSearch aria-hidden className="size-4" /> Search
        </Link>
        <Link
          to="/analytics"
          className={WAY}
          activeProps={HERE}
          activeOptions={{ includeSearch: false }}
        >
          <ChartColumn aria-hidden className="size-4" /> Analytics
        </Link>
        <Link to="/settings" className={WAY} activeProps={HERE}>
          <Settings aria-hidden className="size-4" /> Settings
        </Link>
      </nav>
    </aside>
  );
}
