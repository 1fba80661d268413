import type { Tokens, UsageCost } from "@/api/types";

/** What several answers cost together. */
export interface Sum extends Tokens {
  answers: number;
  /** None where no answer has a price. */
  costUsd: number | null;
  /** Answers without a price. */
  unpriced: number;
}

export const NOTHING: Sum = {
  answers: 0,
  costUsd: null,
  unpriced: 0,
  input: 0,
  output: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheRead: 0,
  reasoning: 0,
};

/** One answer more. */
export function addTo(sum: Sum, usage: UsageCost): Sum {
  const isPriced = usage.costUsd !== null;
  return {
    answers: sum.answers + 1,
    costUsd: isPriced ? (sum.costUsd ?? 0) + (usage.costUsd ?? 0) : sum.costUsd,
    unpriced: sum.unpriced + (isPriced ? 0 : 1),
    input: sum.input + usage.input,
    output: sum.output + usage.output,
    cacheWrite5m: sum.cacheWrite5m + usage.cacheWrite5m,
    cacheWrite1h: sum.cacheWrite1h + usage.cacheWrite1h,
    cacheRead: sum.cacheRead + usage.cacheRead,
    reasoning: sum.reasoning + usage.reasoning,
  };
}

/** All that was read and written. */
export function totalOf(tokens: Tokens): number {
  const { input, output, cacheWrite5m, cacheWrite1h, cacheRead } = tokens;
  return input + output + cacheWrite5m + cacheWrite1h + cacheRead;
}
