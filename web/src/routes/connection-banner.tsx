import { useQuery } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { useContext, useEffect, useState } from "react";
import { LiveContext, useLiveState } from "@/api/live-context";
import { Button } from "@/components/button";
import { useCountdown } from "@/components/use-countdown";
import { sessionsQuery } from "@/features/sessions/queries";
import { clockTime } from "@/lib/time";

/** Says when what is shown may be old, since when, and what is done about it. */
export function ConnectionBanner() {
  const live = useContext(LiveContext);
  const state = useLiveState();
  const { dataUpdatedAt } = useQuery({ ...sessionsQuery, enabled: false });
  const left = useCountdown(state.phase === "waiting" ? state.retryAt : null);
  const [wasLost, setLost] = useState(false);

  useEffect(() => {
    if (state.phase === "waiting") setLost(true);
    if (state.phase === "open") setLost(false);
  }, [state.phase]);

  if (!wasLost) return null;
  const asOf =
    dataUpdatedAt > 0
      ? `This is the last known state, of ${clockTime(new Date(dataUpdatedAt).toISOString())}.`
      : "";
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 bg-warn-soft px-4 py-1.5 text-sm text-warn"
    >
      <CloudOff aria-hidden className="size-4 shrink-0" />
      <p className="min-w-0 flex-1">
        <strong className="font-semibold">
          {navigator.onLine ? "The daemon does not answer." : "You are offline."}
        </strong>{" "}
        {asOf}{" "}
        <span className="tabular-nums">
          {left > 0 ? `Trying again in ${left} s.` : "Trying again …"}
        </span>
      </p>
      <Button onClick={live.retryNow} disabled={state.phase !== "waiting"}>
        Retry now
      </Button>
    </div>
  );
}
