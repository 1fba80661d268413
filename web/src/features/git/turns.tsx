import type { TurnView } from "@/api/schema";
import { Plain } from "@/components/plain";
import { shortTime } from "@/lib/time";
import type { View } from "./queries";

/** What a turn is chosen by: which one, when it began, and how much it changed. */
export function turnLabel({ turn, startedAt, endedAt, files, added, removed }: TurnView): string {
  const changed =
    files === 0
      ? "changed nothing"
      : `${files} ${files === 1 ? "file" : "files"}, +${added} −${removed}`;
  return `Turn ${turn}, ${shortTime(startedAt)}${endedAt ? "" : ", goes on"}: ${changed}`;
}

export const isShown = (view: View, { turn }: TurnView) =>
  view.kind === "turn" && view.name === String(turn);

/** Why what is shown of a turn is not all, or not only what the agent did. */
export function TurnProblem({ turn }: { turn: TurnView | undefined }) {
  if (!turn?.problem) return null;
  return (
    <p className="pb-3 text-sm text-warn">
      <Plain text={turn.problem} />
    </p>
  );
}
