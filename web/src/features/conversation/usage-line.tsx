import type { Tokens, UsageCost } from "@/api/types";
import { compact, exact, price } from "@/lib/amounts";
import { type Sum, totalOf } from "./sum";

/** What an answer cost. */
export function AnswerCost({ usage }: { usage: UsageCost }) {
  return (
    <span title={wordsOf(usage)} className="tabular-nums">
      {compact(totalOf(usage))} tokens · {price(usage.costUsd)}
    </span>
  );
}

/** What a turn cost. */
export function TurnCost({ sum }: { sum: Sum }) {
  const partial = sum.unpriced ? ` of ${sum.answers - sum.unpriced} of ${sum.answers} answers` : "";
  return (
    <p
      title={`${wordsOf(sum)}${sum.costUsd === null ? "" : partial && `; the price${partial}`}`}
      className="mt-3 border-t pt-2 text-[13px] text-muted tabular-nums"
    >
      Since the prompt: {sum.answers} answers · {compact(totalOf(sum))} tokens ·{" "}
      {price(sum.costUsd, sum.unpriced)}
    </p>
  );
}

/** All of it, to the token. */
function wordsOf(tokens: Tokens): string {
  const parts: [number, string][] = [
    [tokens.input, "read"],
    [tokens.cacheRead, "read from the cache"],
    [tokens.cacheWrite5m, "put into the cache for 5 minutes"],
    [tokens.cacheWrite1h, "put into the cache for an hour"],
    [tokens.output, "written"],
    [tokens.reasoning, "of these for reasoning"],
  ];
  const said = parts.filter(([count]) => count > 0);
  return said.map(([count, words]) => `${exact(count)} ${words}`).join(", ");
}
