import { useQuery } from "@tanstack/react-query";
import type { Session } from "@/api/types";
import { Confirm } from "@/components/confirm";
import { isSettled } from "@/features/approvals/groups";
import { pendingQuery } from "@/features/approvals/queries";
import { promptsQuery } from "@/features/prompts/queries";
import { killSession, programsQuery } from "@/features/sessions/queries";
import { labelOf } from "@/features/sessions/words";

interface Props {
  session: Session;
  open: boolean;
  onClose: () => void;
}

/** Asks before a session is killed, and says what of it would be lost. */
export function KillDialog({ session, open, onClose }: Props) {
  return (
    <Confirm
      open={open}
      onClose={onClose}
      title={`Kill ${labelOf(session)}?`}
      action="Kill it"
      onConfirm={() => killSession(session.id)}
    >
      <p>
        The agent and every process it started end at once, in the middle of whatever they do. Files
        and the conversation so far stay.
      </p>
      <Lost session={session} />
    </Confirm>
  );
}

function Lost({ session }: { session: Session }) {
  const programs = useQuery(programsQuery(session.id)).data ?? [];
  const prompts = useQuery(promptsQuery(session.id)).data ?? [];
  const approvals = useQuery(pendingQuery).data ?? [];
  const waiting = prompts.filter((prompt) => prompt.status === "accepted");
  const asked = approvals.filter((a) => a.sessionId === session.id && !isSettled(a));
  const losses = [
    session.activity?.state === "working" && "the turn that it is in the middle of",
    waiting.length > 0 &&
      `${count(waiting.length, "prompt")} that ${waiting.length === 1 ? "waits" : "wait"}: “${waiting[0]?.text}”`,
    asked.length > 0 && `${count(asked.length, "request")} for permission: ${asked[0]?.summary}`,
    programs.length > 0 && `running now: ${programs.join(", ")}`,
  ].filter((loss) => loss !== false);
  if (losses.length === 0) return <p>Nothing else would be lost that is known here.</p>;
  return (
    <>
      <p className="font-medium text-text">What would be lost:</p>
      <ul className="list-disc space-y-1 pl-5">
        {losses.map((loss) => (
          <li key={loss}>
            <span className="line-clamp-2 break-words">{loss}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? "" : "s"}`;
}
