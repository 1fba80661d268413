import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Inbox, Keyboard, LogOut, Moon, Plus, Settings, Sun, SunMoon } from "lucide-react";
import { lazy, Suspense } from "react";
import { authStatus, signOut } from "@/features/auth/queries";
import type { Deed } from "@/features/palette/palette";
import { Dot } from "@/features/sessions/dot";
import { groupByNeed } from "@/features/sessions/groups";
import { sessionsQuery } from "@/features/sessions/queries";
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

  async function leave() {
    await signOut();
    await client.invalidateQueries(authStatus);
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
    <Suspense>
      <Palette deeds={deeds} onClose={onClose} />
    </Suspense>
  );
}
