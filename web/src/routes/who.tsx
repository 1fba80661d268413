import { Link } from "@tanstack/react-router";
import type { Session } from "@/api/types";
import { labelOf } from "@/features/sessions/words";

/** The sessions that ask, each a way there. */
export function Who({ sessions }: { sessions: (Session | undefined)[] }) {
  const known = [...new Map(sessions.flatMap((s) => (s ? [[s.id, s] as const] : []))).values()];
  if (known.length === 0) return "A session";
  return known.map((session, at) => (
    <span key={session.id}>
      {at > 0 && ", "}
      <Link
        to="/sessions/$id"
        params={{ id: session.id }}
        className="target -my-2.5 inline-flex items-center justify-start underline-offset-2 hover:underline"
      >
        <bdi>{labelOf(session)}</bdi>
      </Link>
    </span>
  ));
}
