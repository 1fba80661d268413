import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { toast } from "sonner";
import { explain } from "@/api/client";
import type { Session } from "@/api/types";
import {
  deleteSession,
  dropSession,
  forkSession,
  interruptSession,
  putAnswer,
  resumeSession,
  stopSession,
} from "./queries";

/** What can be done to a session at once; what goes wrong is said. */
export function useDeeds() {
  const client = useQueryClient();
  const navigate = useNavigate();

  async function attempt(deed: () => Promise<unknown>) {
    try {
      await deed();
    } catch (error) {
      const { message, hint } = explain(error);
      toast.error(message, hint ? { description: hint } : undefined);
    }
  }

  return {
    attempt,
    interrupt: (session: Session) => attempt(() => interruptSession(session.id)),
    stop: (session: Session) => attempt(() => stopSession(session.id)),
    resume: (session: Session) =>
      attempt(async () => putAnswer(client, await resumeSession(session.id))),
    fork: (session: Session) =>
      attempt(async () => {
        const copy = await forkSession(session.id);
        putAnswer(client, copy);
        await navigate({ to: "/sessions/$id", params: { id: copy.id } });
      }),
    /** After it was asked about; whoever asked says what goes wrong. */
    remove: async (session: Session) => {
      await deleteSession(session.id);
      await navigate({ to: "/" });
      dropSession(client, session.id);
    },
  };
}
