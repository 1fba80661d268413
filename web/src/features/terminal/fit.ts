/** Width and height, in CSS pixels or in cells. */
export interface Size {
  width: number;
  height: number;
}

const COLS = [20, 500] as const;
const ROWS = [5, 200] as const;

/** How many cells fill the room; null while there is none. */
export function cellsIn(room: Size, cell: Size): { cols: number; rows: number } | null {
  if (room.width < 40 || room.height < 40 || cell.width <= 0 || cell.height <= 0) return null;
  return {
    cols: clamp(Math.floor(room.width / cell.width), COLS),
    rows: clamp(Math.floor(room.height / cell.height), ROWS),
  };
}

/** By how much a terminal of that size has to shrink to be seen as a whole; never more than 1. */
export function shrinkTo(room: Size, whole: Size): number {
  if (whole.width <= 0 || whole.height <= 0) return 1;
  return Math.min(1, room.width / whole.width, room.height / whole.height);
}

function clamp(value: number, [low, high]: readonly [number, number]): number {
  return Math.max(low, Math.min(high, value));
}
