/** Rows of one height, of which one at most is open and higher; where they are in a list that scrolls. */
export interface Rows {
  count: number;
  /** Height of a closed one, in pixels. */
  height: number;
  /** The open one; -1: none. */
  open: number;
  /** By how much that is higher. */
  extra: number;
}

/** Which rows are drawn, and how much room the others take before and behind them. */
export interface Span {
  first: number;
  /** Behind the last. */
  end: number;
  before: number;
  behind: number;
}

/** Rows that are drawn beyond what is seen, so that a fast finger does not see the end. */
const MORE = 12;

/** The rows that are seen between `top` and `top + height`. */
export function visible(rows: Rows, top: number, height: number): Span {
  const first = clamp(rowAt(rows, top) - MORE, rows.count);
  const end = clamp(rowAt(rows, top + height) + 1 + MORE, rows.count);
  return {
    first,
    end,
    before: topOf(rows, first),
    behind: topOf(rows, rows.count) - topOf(rows, end),
  };
}

function topOf({ height, open, extra }: Rows, row: number): number {
  return row * height + (open >= 0 && row > open ? extra : 0);
}

function rowAt(rows: Rows, y: number): number {
  const { height, open, extra } = rows;
  const isBehind = open >= 0 && y >= topOf(rows, open) + height + extra;
  const isInside = open >= 0 && !isBehind && y >= topOf(rows, open);
  return isInside ? open : Math.floor((isBehind ? y - extra : y) / height);
}

function clamp(row: number, count: number): number {
  return Math.max(0, Math.min(row, count));
}
