import { Link } from "@tanstack/react-router";
import { isSettled } from "@/features/approvals/groups";
import { labelOf } from "@/features/sessions/words";
import { useAttention } from "./use-attention";

/** That somebody else waits, while one is busy with this session. */
export function OthersWait({ sessionId }: { sessionId: string }) {
  const { approvals, questions, byId } = useAttention();
  const asking = approvals.flat().filter((a) => a.sessionId !== sessionId && !isSettled(a));
  const others = [
    ...new Set([...asking.map((a) => a.sessionId), ...questions.map((s) => s.id)]),
  ].filter((id) => id !== sessionId);
  if (others.length === 0) return null;
  const [first, second] = others.map((id) => byId.get(id)).filter((s) => s !== undefined);
  const names = [first, second].flatMap((s) => (s ? [labelOf(s)] : [])).join(", ");
  const more = others.length > 2 ? ` and ${others.length - 2} more` : "";
  return (
    <Link
      to="/"
      className="target flex items-center gap-2 border-b border-warn-line bg-warn-soft px-4 text-[13px] text-warn hover:brightness-95"
    >
      <span aria-hidden className="size-2 shrink-0 rotate-45 bg-warn-mark" />
      <span className="min-w-0 flex-1 truncate">
        {others.length === 1 ? "Also waits for you: " : "Also wait for you: "}
        <strong className="font-semibold">
          <bdi>{names}</bdi>
        </strong>
        {more}
      </span>
      <span className="shrink-0 font-medium underline underline-offset-2">See</span>
    </Link>
  );
}
