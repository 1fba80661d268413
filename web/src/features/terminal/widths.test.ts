import { expect, test } from "vitest";
import { TmuxWidths } from "./widths";

/** How many columns a text takes. */
function columns(text: string): number {
  const widths = new TmuxWidths();
  let before = 0;
  return [...text].reduce((sum, char) => {
    const old = (before >> 1) & 3;
    before = widths.charProperties(char.codePointAt(0) ?? 0, before);
    return sum + ((before >> 1) & 3) - (before & 1 ? old : 0);
  }, 0);
}

test.each([
  ["ab", 2],
  ["漢字", 4],
  ["e\u0301", 1],
  ["🎉", 2],
  ["❤\ufe0f", 1],
  ["👩\u200d👩\u200d👧", 2],
  ["👩🏽\u200d💻", 4],
  ["🇩🇪", 2],
  ["𠀀", 2],
  ["🏴\u{e0067}\u{e007f}", 2],
])("%s is as wide as in tmux", (text, width) => expect(columns(text)).toBe(width));
