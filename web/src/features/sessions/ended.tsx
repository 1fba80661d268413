import { useQuery } from "@tanstack/react-query";
import type { Session } from "@/api/types";
import { Ticked } from "@/components/ticked";
import { TimeAgo } from "@/components/time-ago";
import { cn } from "@/lib/cn";
import { LastScreen } from "./last-screen";
import { outputQuery } from "./queries";
import { exitWords } from "./words";

/** How a session ended, and the last that its terminal showed. */
export function Ended({ session }: { session: Session }) {
  const output = useQuery(outputQuery(session.id));
  const { exit } = session;
  const failed = session.status === "CRASHED";
  return (
    <div className="flex h-full flex-col gap-3 overflow-y-auto p-3 sm:p-4">
      {exit && (
        <div className={cn("rounded-xl p-3 text-sm", failed ? "bg-danger-soft" : "bg-raised")}>
          <p className="font-medium">
            It {failed ? "failed" : "is over"}: {exitWords(exit)},{" "}
            <TimeAgo at={exit.at} suffix=" ago" />
          </p>
          {exit.detail && (
            <p className="mt-1 break-words text-muted">
              <Ticked text={exit.detail} />
            </p>
          )}
        </div>
      )}
      {output.data ? (
        <LastScreen screen={output.data} />
      ) : (
        <p className="text-sm text-muted">
          {output.isPending ? "Loading its last screen …" : "No screen of it was kept."}
        </p>
      )}
    </div>
  );
}
