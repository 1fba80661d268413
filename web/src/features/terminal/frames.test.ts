import { expect, test } from "vitest";
import { place, readFrame } from "./frames";

function frame(kind: number, offset: bigint, text: string): ArrayBuffer {
  const bytes = new TextEncoder().encode(text);
  const data = new Uint8Array(9 + bytes.length);
  data[0] = kind;
  new DataView(data.buffer).setBigUint64(1, offset, true);
  data.set(bytes, 9);
  return data.buffer;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const output = (offset: number, words: string) => {
  const read = readFrame(frame(2, BigInt(offset), words));
  if (!read) throw new Error("no frame");
  return read;
};

test("reads the kind, the offset beyond 32 bits, and the bytes", () => {
  const read = readFrame(frame(1, 5_000_000_000n, "é\x1b[m"));
  expect(read).toMatchObject({ kind: "snapshot", offset: 5_000_000_000 });
  expect(text(read?.bytes ?? new Uint8Array())).toBe("é\x1b[m");
  expect(readFrame(frame(9, 0n, "later"))).toBeNull();
  expect(readFrame(new ArrayBuffer(3))).toBeNull();
});

test("output is written once and in order, and a gap is never written over", () => {
  expect(place(10, output(10, "abc"))).toMatchObject({ do: "write", next: 13 });
  const overlapping = place(11, output(10, "abc"));
  expect(overlapping.do === "write" && text(overlapping.bytes)).toBe("bc");
  expect(place(13, output(10, "abc"))).toEqual({ do: "skip" });
  expect(place(9, output(10, "abc"))).toEqual({ do: "resync" });
});
