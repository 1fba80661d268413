import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorNote } from "@/components/error-note";
import { compact, exact, price, span } from "@/lib/amounts";
import { totalOf } from "./columns";
import { overviewQuery, usageQuery } from "./queries";

/** The sums that are asked for most. */
export function Overview({ range }: { range: string }) {
  const overview = useQuery(overviewQuery(range));
  const usage = useQuery(usageQuery(range, "day"));
  const error = overview.error ?? usage.error;
  if (error)
    return (
      <ErrorNote
        error={error}
        onRetry={() => void Promise.all([overview.refetch(), usage.refetch()])}
        className="mb-6"
      />
    );
  const total = usage.data?.total;
  const all = overview.data;
  const read = total && total.input + total.cacheRead + total.cacheWrite5m + total.cacheWrite1h;
  return (
    <>
      {all?.pricesProblem && <PricesNote problem={all.pricesProblem} />}
      <dl className="mb-8 grid grid-cols-2 gap-2 sm:grid-cols-4">
        <Tile
          name="Cost"
          value={total && (total.answers === 0 ? "–" : price(total.costUsd))}
          note={
            total && total.unpricedAnswers > 0 && total.costUsd !== null
              ? `partial: ${exact(total.unpricedAnswers)} of ${exact(total.answers)} answers have no price`
              : null
          }
        />
        <Tile
          name="Tokens"
          value={total && compact(totalOf(total))}
          note={total && exact(totalOf(total))}
        />
        <Tile
          name="Read from the cache"
          value={all && (read ? `${all.cacheHitRate.toFixed(1)} %` : "–")}
          note={total && `${exact(total.cacheRead)} tokens`}
        />
        <Tile name="Turns" value={total && exact(total.turns)} />
        <Tile
          name="Answers"
          value={total && exact(total.answers)}
          note={
            total && total.answers > 0
              ? `${compact(Math.round(totalOf(total) / total.answers))} tokens on average`
              : null
          }
        />
        <Tile name="Agents worked" value={total && span(total.workingMs)} />
        <Tile name="Agents waited for you" value={all && span(all.waitingMs)} />
        <Tile
          name="Sessions begun"
          value={all && exact(all.sessionsCount)}
          note={all && `${exact(all.activeSessions)} live now`}
        />
      </dl>
    </>
  );
}

/** Says that the person's own prices are left out. */
function PricesNote({ problem }: { problem: string }) {
  const message = `Your own prices are left out, and those of the program count. ${problem}`;
  const next = "Mend the file, then `codepiper daemon restart` and `codepiper analytics rebuild`.";
  return <ErrorNote error={new Error(`${message}. ${next}`)} className="mb-6" />;
}

interface TileProps {
  name: string;
  value: string | undefined;
  note?: ReactNode;
}

function Tile({ name, value, note }: TileProps) {
  return (
    <div className="rounded-xl border bg-panel px-3.5 py-3">
      <dt className="text-[13px] text-muted">{name}</dt>
      <dd>
        <span className="block text-lg font-semibold tracking-tight tabular-nums">
          {value ?? "…"}
        </span>
        {note && <span className="block text-xs text-muted tabular-nums">{note}</span>}
      </dd>
    </div>
  );
}
