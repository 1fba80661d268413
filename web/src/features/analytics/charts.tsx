import type { ReactElement } from "react";
import {
  Bar,
  BarChart,
  CartesianGrid,
  ResponsiveContainer,
  Tooltip,
  type TooltipContentProps,
  XAxis,
  YAxis,
} from "recharts";
import { compact, dollars, exact } from "@/lib/amounts";
import { Cost } from "./columns";
import type { UsageRow } from "./queries";
import { keyWords } from "./range";

/** What the tokens of a bar are made of, from below. */
const LAYERS = [
  ["Cache read", "var(--chart-1)", (row: UsageRow) => row.cacheRead],
  ["Cache write", "var(--chart-2)", (row: UsageRow) => row.cacheWrite5m + row.cacheWrite1h],
  ["Input", "var(--chart-3)", (row: UsageRow) => row.input],
  ["Output", "var(--chart-4)", (row: UsageRow) => row.output],
] as const;

/** Tokens by day or hour, in layers. */
export function TokenChart({ rows }: { rows: UsageRow[] }) {
  return (
    <figure>
      <Frame rows={rows} label="Tokens" ticks={compact} hover={TokenHover}>
        {LAYERS.map(([name, colour, value]) => (
          <Bar
            key={name}
            dataKey={value}
            name={name}
            stackId="tokens"
            fill={colour}
            isAnimationActive={false}
          />
        ))}
      </Frame>
      <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-[13px] text-muted">
        {LAYERS.map(([name, colour]) => (
          <span key={name} className="flex items-center gap-1.5">
            <span aria-hidden className="size-2.5 rounded-sm" style={{ background: colour }} />
            {name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** Costs by day or hour. */
export function CostChart({ rows }: { rows: UsageRow[] }) {
  return (
    <Frame rows={rows} label="Costs" ticks={dollars} hover={CostHover}>
      {[
        <Bar
          key="cost"
          dataKey="costUsd"
          fill="var(--chart-1)"
          radius={[3, 3, 0, 0]}
          isAnimationActive={false}
        />,
      ]}
    </Frame>
  );
}

interface FrameProps {
  rows: UsageRow[];
  label: string;
  ticks: (value: number) => string;
  hover: (row: { row: UsageRow }) => ReactElement;
  children: ReactElement[];
}

function Frame({ rows, label, ticks, hover: Hover, children }: FrameProps) {
  const small = { fontSize: 12, fill: "var(--muted)" };
  return (
    <div className="h-60 rounded-xl border bg-panel p-3 pl-1">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={rows} aria-label={label} margin={{ top: 6, right: 4, bottom: 0, left: 0 }}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="key"
            tickFormatter={keyWords}
            tick={small}
            tickLine={false}
            axisLine={{ stroke: "var(--line)" }}
            minTickGap={20}
          />
          <YAxis
            tickFormatter={ticks}
            tick={small}
            tickLine={false}
            axisLine={false}
            width={58}
            allowDecimals={label === "Costs"}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: "var(--raised)" }}
            content={({ payload }: TooltipContentProps) => {
              const row = payload?.[0]?.payload as UsageRow | undefined;
              return row ? <Hover row={row} /> : null;
            }}
          />
          {children}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

const CARD = "rounded-lg border bg-panel px-3 py-2 text-[13px] shadow-lg";

function TokenHover({ row }: { row: UsageRow }) {
  return (
    <div className={CARD}>
      <p className="font-medium">{row.key.replace("T", " ")}</p>
      <dl className="mt-1 grid grid-cols-[auto_auto] gap-x-4 tabular-nums">
        {[...LAYERS].reverse().map(([name, , value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="text-right">{exact(value(row))}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function CostHover({ row }: { row: UsageRow }) {
  return (
    <div className={CARD}>
      <p className="font-medium">{row.key.replace("T", " ")}</p>
      <p className="mt-1 tabular-nums">
        {row.answers === 0 ? "Nothing was used" : <Cost sum={row} />}
        {row.unpricedAnswers > 0 && row.costUsd !== null && (
          <span className="text-muted">
            {" "}
            ({exact(row.unpricedAnswers)} of {exact(row.answers)} answers have no price)
          </span>
        )}
      </p>
    </div>
  );
}
