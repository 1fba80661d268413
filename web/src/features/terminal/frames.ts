/** What the daemon sends in binary. */
export interface Frame {
  /** A snapshot draws the whole terminal; output goes on with it. */
  kind: "snapshot" | "output";
  /** Of a snapshot: where the output goes on. Of output: the place of its first byte. */
  offset: number;
  bytes: Uint8Array<ArrayBuffer>;
}

const HEADER = 9;
const KINDS = { 1: "snapshot", 2: "output" } as const;

/** Reads a frame; null for one that a later daemon may send and that means nothing here. */
export function readFrame(data: ArrayBuffer): Frame | null {
  if (data.byteLength < HEADER) return null;
  const view = new DataView(data);
  const kind = KINDS[view.getUint8(0) as 1 | 2];
  if (!kind) return null;
  return { kind, offset: Number(view.getBigUint64(1, true)), bytes: new Uint8Array(data, HEADER) };
}

/** What is to be done with output. */
export type Step =
  | { do: "write"; bytes: Uint8Array<ArrayBuffer>; next: number }
  | { do: "skip" }
  | { do: "resync" };

/** Places output behind what was already written: what overlaps is cut, and over a gap nothing is written. */
export function place(expected: number | null, { offset, bytes }: Frame): Step {
  const end = offset + bytes.length;
  if (expected === null || offset === expected) return { do: "write", bytes, next: end };
  if (offset > expected) return { do: "resync" };
  return end <= expected
    ? { do: "skip" }
    : { do: "write", bytes: bytes.subarray(expected - offset), next: end };
}
