import type { ReactNode } from "react";
import { exact, price, span } from "@/lib/amounts";
import type { UsageRow, UsageSum } from "./queries";
import type { Column } from "./sheet";

/** A sum without anything in it. */
export function nothing(key: string): UsageRow {
  return {
    key,
    input: 0,
    output: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheRead: 0,
    reasoning: 0,
    answers: 0,
    unpricedAnswers: 0,
    turns: 0,
    workingMs: 0,
    costUsd: null,
  };
}

/** All that was read and written. */
export function totalOf({
  input,
  output,
  cacheWrite5m,
  cacheWrite1h,
  cacheRead,
}: UsageSum): number {
  return input + output + cacheWrite5m + cacheWrite1h + cacheRead;
}

/** What a sum cost, and where a price is missing that too. */
export function Cost({ sum }: { sum: UsageSum }) {
  if (sum.answers === 0) return "–";
  const { answers, unpricedAnswers } = sum;
  const missing =
    unpricedAnswers > 0
      ? `${exact(unpricedAnswers)} of ${exact(answers)} answers have no price`
      : "";
  return (
    <span title={missing || undefined} className={missing ? "text-muted" : undefined}>
      {price(sum.costUsd, unpricedAnswers)}
    </span>
  );
}

const number = (title: string, value: (row: UsageRow) => number): Column<UsageRow> => ({
  title,
  value,
  shows: (row) => exact(value(row)),
  isNumber: true,
});

const COST: Column<UsageRow>[] = [
  {
    title: "Cost in dollars",
    shows: (row) => <Cost sum={row} />,
    value: (row) => row.costUsd,
    isNumber: true,
  },
  number("Answers", (row) => row.answers),
  number("Without a price", (row) => row.unpricedAnswers),
];

const TOKENS: Column<UsageRow>[] = [
  number("Input", (row) => row.input),
  number("Output", (row) => row.output),
  number("Cache read", (row) => row.cacheRead),
  number("Cache write", (row) => row.cacheWrite5m + row.cacheWrite1h),
];

const named = (title: string, name: (key: string) => ReactNode): Column<UsageRow> => ({
  title,
  shows: (row) => name(row.key),
  value: (row) => row.key,
});

/** Tokens of each day or hour. */
export const tokenColumns = (title: string) => [
  named(title, (key) => key.replace("T", " ")),
  ...TOKENS,
];

/** Costs of each day or hour. */
export const costColumns = (title: string) => [
  named(title, (key) => key.replace("T", " ")),
  ...COST,
];

/** All of each model, project, agent or session. */
export const allColumns = (title: string, name: (key: string) => ReactNode) => [
  named(title, name),
  ...COST.slice(0, 2),
  number("Turns", (row) => row.turns),
  ...TOKENS,
  {
    title: "Working",
    shows: (row: UsageRow) => span(row.workingMs),
    value: (row: UsageRow) => row.workingMs,
    isNumber: true,
  },
  ...COST.slice(2),
];
