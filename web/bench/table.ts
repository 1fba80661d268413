/** What was measured, in the order it was, as `make bench` prints it. */
export class Table {
  readonly #lines: string[][] = [["WHAT", "FIGURE", "EXPECTED", ""]];

  /** A figure that is to be read beside others. */
  note(what: string, figure: string): void {
    this.#lines.push([what, figure, "", ""]);
  }

  /** A figure and what is expected of it. */
  judge(what: string, figure: string, expected: string, holds: boolean): void {
    this.#lines.push([what, figure, expected, holds ? "ok" : "OVER"]);
  }

  toString(): string {
    const width = (column: number) =>
      Math.max(...this.#lines.map((line) => line[column]?.length ?? 0));
    const widths = [width(0), width(1), width(2)];
    const row = (line: string[]) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ");
    return this.#lines.map((line) => row(line).trimEnd()).join("\n");
  }
}

/** The time that this share of all did not exceed. */
export function percentile(times: number[], percent: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0;
}

/** Median and high, in milliseconds. */
export function both(times: number[]): string {
  return `p50 ${percentile(times, 50).toFixed(1)} ms, p95 ${percentile(times, 95).toFixed(1)} ms`;
}
