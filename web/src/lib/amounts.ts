/** A number of tokens as people read it: `940`, `12.3k`, `4.56M`. */
export function compact(count: number): string {
  if (count < 1000) return String(count);
  const [unit, sign] = count < 999_500 ? [1e3, "k"] : count < 999_500_000 ? [1e6, "M"] : [1e9, "G"];
  const value = count / unit;
  return `${Number(value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0))}${sign}`;
}

/** All digits, in the words of this browser. */
export function exact(count: number): string {
  return count.toLocaleString();
}

/** Dollars to the cent, and what is less than ten cents to the hundredth of one. */
export function dollars(amount: number): string {
  if (amount > 0 && amount < 0.0001) return "<$0.0001";
  return `$${amount.toLocaleString("en-US", {
    minimumFractionDigits: 2,
    maximumFractionDigits: amount < 0.1 ? 4 : 2,
  })}`;
}

/** What something cost. What has no price did not cost nothing. */
export function price(costUsd: number | null, unpriced = 0): string {
  if (costUsd === null) return "no price";
  return unpriced > 0 ? `${dollars(costUsd)}, partial` : dollars(costUsd);
}

/** A span of time from a millisecond up: `40 ms`, `1.2 s`, `3 min 20 s`. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}
