import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { groupByNeed } from "@/features/sessions/groups";
import { sessionsQuery } from "@/features/sessions/queries";

/** The ways that keys and commands take. */
export function useGo() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { id } = useParams({ strict: false });
  const session = (to: string) => navigate({ to: "/sessions/$id", params: { id: to } });
  return {
    inbox: () => navigate({ to: "/" }),
    sessions: () => navigate({ to: "/sessions" }),
    search: () => navigate({ to: "/search" }),
    analytics: () => navigate({ to: "/analytics" }),
    workflows: () => navigate({ to: "/workflows" }),
    workspaces: () => navigate({ to: "/workspaces" }),
    settings: () => navigate({ to: "/settings" }),
    newSession: () =>
      navigate({ to: ".", search: (old: object) => ({ ...old, new: true as const }) }),
    session,
    /** The next or the previous one of the list at the left. */
    neighbour: (step: 1 | -1) => {
      const shown = groupByNeed(client.getQueryData(sessionsQuery.queryKey) ?? []).flatMap(
        (g) => g.sessions,
      );
      const at = shown.findIndex((s) => s.id === id);
      const next = shown[at < 0 ? 0 : (at + step + shown.length) % shown.length];
      if (next) void session(next.id);
    },
  };
}
