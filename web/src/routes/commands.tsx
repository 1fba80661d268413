import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import {
  ChartColumn,
  CirclePause,
  CircleStop,
  FolderCog,
  GitFork,
  Inbox,
  Keyboard,
  LogOut,
  Moon,
  Play,
  Plus,
  Settings,
  Sun,
  SunMoon,
  TextSearch,
  Workflow,
} from "lucide-react";
import { lazy, type ReactNode } from "react";
import type { Session } from "@/api/types";
import { Dialog } from "@/components/dialog";
import { LazyPart } from "@/components/lazy-part";
import { authStatus, signOut } from "@/features/auth/queries";
import type { Deed } from "@/features/palette/palette";
import { refusals } from "@/features/sessions/can";
import { Dot } from "@/features/sessions/dot";
import { groupByNeed } from "@/features/sessions/groups";
import { sessionsQuery } from "@/features/sessions/queries";
import { useDeeds } from "@/features/sessions/use-deeds";
import { doing, labelOf } from "@/features/sessions/words";
import { setTheme } from "@/lib/theme";
import { useGo } from "./use-go";

const Palette = lazy(() =>
  import("@/features/palette/palette").then((module) => ({ default: module.Palette })),
);

interface Props {
  onClose: () => void;
  onKeys: () => void;
}

/** Everything that the palette offers. */
export function Commands({ onClose, onKeys }: Props) {
  const go = useGo();
  const client = useQueryClient();
  const sessions = useQuery(sessionsQuery).data ?? [];
  const deedsFor = useDeeds();
  const { id } = useParams({ strict: false });

  async function leave() {
    await signOut();
    await client.invalidateQueries(authStatus);
  }

  const here = sessions.find((session) => session.id === id);
  const ofThis = here ? deedsOf(here) : [];

  function deedsOf(session: Session): Deed[] {
    const refused = refusals(session);
    const offers: [label: string, refusal: string | null, icon: ReactNode, run: () => void][] = [
      [
        "Interrupt",
        refused.interrupt,
        <CirclePause aria-hidden />,
        () => deedsFor.interrupt(session),
      ],
      ["Stop", refused.stop, <CircleStop aria-hidden />, () => deedsFor.stop(session)],
      ["Resume", refused.resume, <Play aria-hidden />, () => deedsFor.resume(session)],
      [
        "Fork the conversation",
        refused.fork,
        <GitFork aria-hidden />,
        () => deedsFor.fork(session),
      ],
    ];
    return offers
      .filter(([, refusal]) => refusal === null)
      .map(([label, , icon, run]) => ({ id: label, group: labelOf(session), label, icon, run }));
  }

  const toSessions = groupByNeed(sessions)
    .flatMap((group) => group.sessions)
    .map(
      (session): Deed => ({
        id: session.id,
        group: "Sessions",
        label: labelOf(session),
        icon: <Dot session={session} />,
        words: session.cwd,
        hint: doing(session),
        run: () => go.session(session.id),
      }),
    );
  const deeds: Deed[] = [
    {
      id: "new",
      group: "Do",
      label: "New session",
      icon: <Plus aria-hidden />,
      hint: "n",
      run: go.newSession,
    },
    {
      id: "inbox",
      group: "Do",
      label: "What needs you",
      icon: <Inbox aria-hidden />,
      hint: "i",
      run: go.inbox,
    },
    {
      id: "search",
      group: "Do",
      label: "Search all conversations",
      words: "find history",
      icon: <TextSearch aria-hidden />,
      hint: "/",
      run: go.search,
    },
    {
      id: "analytics",
      group: "Do",
      label: "Analytics",
      words: "tokens cost usage",
      icon: <ChartColumn aria-hidden />,
      run: go.analytics,
    },
    {
      id: "workflows",
      group: "Do",
      label: "Workflows",
      words: "chain steps run executions",
      icon: <Workflow aria-hidden />,
      run: go.workflows,
    },
    {
      id: "workspaces",
      group: "Do",
      label: "Workspaces",
      words: "directories git worktrees branches finish prune",
      icon: <FolderCog aria-hidden />,
      run: go.workspaces,
    },
    ...ofThis,
    ...toSessions,
    {
      id: "settings",
      group: "Page",
      label: "Sign-ins and password",
      icon: <Settings aria-hidden />,
      run: go.settings,
    },
    {
      id: "keys",
      group: "Page",
      label: "Keys",
      icon: <Keyboard aria-hidden />,
      hint: "?",
      run: onKeys,
    },
    {
      id: "dark",
      group: "Page",
      label: "Dark",
      words: "theme",
      icon: <Moon aria-hidden />,
      run: () => setTheme("dark"),
    },
    {
      id: "light",
      group: "Page",
      label: "Light",
      words: "theme",
      icon: <Sun aria-hidden />,
      run: () => setTheme("light"),
    },
    {
      id: "system",
      group: "Page",
      label: "Light or dark like the system",
      words: "theme",
      icon: <SunMoon aria-hidden />,
      run: () => setTheme("system"),
    },
    { id: "sign-out", group: "Page", label: "Sign out", icon: <LogOut aria-hidden />, run: leave },
  ];
  return (
    <LazyPart
      label={null}
      frame={(failure) => (
        <Dialog open onClose={onClose} title="Commands">
          {failure}
        </Dialog>
      )}
    >
      <Palette deeds={deeds} onClose={onClose} />
    </LazyPart>
  );
}
