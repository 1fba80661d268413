import { expect, test } from "vitest";
import { DirectionFilter } from "./directions";

const shown = (chunks: Uint8Array[]) => {
  const filter = new DirectionFilter();
  return new TextDecoder().decode(
    Uint8Array.from(chunks.flatMap((chunk) => [...filter.filter(chunk)])),
  );
};

test("controls of direction are not drawn, wherever the bytes are cut", () => {
  const text = "rm \u202e-rf\u202c ⎿ \u2066a\u2069 … é 漢 €\u202a!";
  const bytes = new TextEncoder().encode(text);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    expect(shown([bytes.subarray(0, cut), bytes.subarray(cut)])).toBe("rm -rf ⎿ a … é 漢 €!");
  }
  expect(shown([...bytes].map((byte) => Uint8Array.of(byte)))).toBe("rm -rf ⎿ a … é 漢 €!");
});

test("what follows a snapshot does not go on with what stood before it", () => {
  const filter = new DirectionFilter();
  filter.filter(Uint8Array.of(0xe2, 0x80));
  filter.reset();
  expect([...filter.filter(Uint8Array.of(0xae, 0x41))]).toEqual([0xae, 0x41]);
});
