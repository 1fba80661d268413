import { expect, test } from "vitest";
import { plainPieces, plainText } from "./plain-text";

test("what turns the order around, is not seen or overwrites is shown as an escape", () => {
  expect(plainText("rm \u202e/x\u2066 a\u200bb\ufeff")).toBe(
    "rm \\u{202e}/x\\u{2066} a\\u{200b}b\\u{feff}",
  );
  expect(plainText("ls\r\u001b[2K\u0085\u007f")).toBe("ls\\r\\u{1b}[2K\\u{85}\\u{7f}");
  expect(plainText("a\u00a0b\u3000c\u2028d\u3164e\u{e0041}")).toBe(
    "a\\u{a0}b\\u{3000}c\\u{2028}d\\u{3164}e\\u{e0041}",
  );
  expect(plainText("\ud800")).toBe("\\u{d800}");
});

test("what pushes the rest out of sight is counted", () => {
  expect(plainText(`ls${" ".repeat(400)}; rm x`)).toBe("ls⟨400 blanks⟩; rm x");
  expect(plainText(`ls${"\u00a0".repeat(400)}; rm x`)).toBe("ls\\u{a0}×400; rm x");
});

test("everything else stays, in one piece", () => {
  const text = "fn main() {\n\tlet ünïcode = 'שלום 日本 🦀';\n}";
  expect(plainPieces(text)).toEqual([text]);
  expect(plainPieces("👩\u200d💻 dit\u00a0: می\u200cخواهم ⚠\ufe0f", true)).toHaveLength(1);
  expect(plainPieces("a\u202eb", true)).toEqual(["a", { shown: "\\u{202e}" }, "b"]);
});
