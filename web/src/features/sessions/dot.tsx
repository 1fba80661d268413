import type { Session } from "@/api/types";
import { cn } from "@/lib/cn";
import { needOf } from "./groups";
import { doing } from "./words";

/** What a session is doing, as a sign: form and colour both tell. */
export function Dot({ session }: { session: Session }) {
  const need = needOf(session);
  const failed = session.status === "CRASHED";
  return (
    <span
      role="img"
      aria-label={doing(session)}
      className="flex size-4 shrink-0 items-center justify-center"
    >
      <span
        className={cn(
          "block",
          need === "waiting" && "size-3 rotate-45 rounded-[2px] bg-warn-mark",
          need === "working" && "breathing size-2.5 rounded-full bg-info",
          need === "ready" && "size-2.5 rounded-full bg-ok",
          need === "unclear" && "size-2.5 rounded-full border-2 border-muted",
          need === "ended" &&
            (failed ? "h-2.5 w-2.5 rounded-[2px] bg-danger" : "h-0.5 w-2.5 rounded bg-muted"),
        )}
      />
    </span>
  );
}
