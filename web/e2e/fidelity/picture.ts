/** What a terminal shows: in each row what stands there from left to right, with its look, and the cursor. */
export interface Picture {
  rows: string[][];
  cursor: string;
}

/** How something is drawn, in the words of both terminals. */
interface Look {
  fg: string;
  bg: string;
  line: string;
  styles: Set<string>;
}

/** By their codes; tmux writes 53 as 5:3. */
const STYLES: Record<number, string> = {
  1: "bold",
  2: "dim",
  3: "italic",
  5: "blink",
  7: "inverse",
  8: "hidden",
  9: "strike",
  53: "overline",
};
const PLAIN = (): Look => ({ fg: "", bg: "", line: "", styles: new Set() });
const BLANK = " ";

/** Reads what `tmux capture-pane -p -e -N` prints. Its colours go on from one row to the next. */
export function captured(text: string): string[][] {
  let look = PLAIN();
  let drawsLines = false;
  return text.split("\n").map((row) => {
    const cells: string[] = [];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what terminals write
    for (const [token, params] of row.matchAll(/\x1b\[([\d;:]*)m|[\x0e\x0f]|./gsu)) {
      if (params !== undefined) look = changed(look, params);
      else if (token === "\x0e" || token === "\x0f") drawsLines = token === "\x0e";
      else cells.push(cell(drawsLines ? lined(token) : token, look));
    }
    return trimmed(cells);
  });
}

/** A character with its look. */
export function cell(chars: string, { fg, bg, line, styles }: Look): string {
  const look = [fg && `fg ${fg}`, bg && `on ${bg}`, line, ...[...styles].sort()].filter(Boolean);
  // Of what is not drawn only the ground is seen.
  const seen =
    chars === BLANK
      ? look.filter(
          (word) => !/^(fg|bold|dim|italic|blink|hidden)/.test(word) || styles.has("inverse"),
        )
      : look;
  return seen.length ? `${chars} {${seen.join(", ")}}` : chars;
}

/** A row without the blanks at its end. */
export function trimmed(cells: string[]): string[] {
  const last = cells.findLastIndex((cell) => cell !== BLANK);
  return cells.slice(0, last + 1);
}

/** Where two pictures differ, in words. */
export function differences(page: Picture, tmux: Picture): string[] {
  const found: string[] = [];
  for (const [row, expected] of tmux.rows.entries()) {
    const shown = page.rows[row] ?? [];
    const at = expected.findIndex((cell, col) => cell !== shown[col]);
    const first = at >= 0 ? at : expected.length;
    // tmux does not say on which ground the cells are that were erased behind a text.
    const isErased = (cell: string) => /^ ( \{on [\d,]+\})?$/.test(cell);
    if (at < 0 && shown.slice(expected.length).every(isErased)) continue;
    const some = (cells: string[]) => JSON.stringify(cells.slice(first, first + 6).join("|"));
    found.push(`row ${row}, sign ${first}: shows ${some(shown)}, tmux ${some(expected)}`);
  }
  if (page.cursor !== tmux.cursor) found.push(`cursor ${page.cursor}, tmux ${tmux.cursor}`);
  return found;
}

function changed(before: Look, params: string): Look {
  const look = { ...before, styles: new Set(before.styles) };
  const codes = params.split(";");
  for (let i = 0; i < codes.length; i++) {
    const [code = 0, ...more] = (codes[i] ?? "").split(":").map(Number);
    if (code === 0) Object.assign(look, PLAIN());
    else if (code === 58) i += codes[i + 1] === "5" ? 2 : 4;
    else if (code === 5 && more[0] === 3) look.styles.add("overline");
    else if (code === 4) look.line = underline(more[0] ?? 1);
    else if (code === 24) look.line = "";
    else if (STYLES[code]) look.styles.add(STYLES[code]);
    else if (code === 22) for (const style of ["bold", "dim"]) look.styles.delete(style);
    else if (STYLES[code - 20]) look.styles.delete(STYLES[code - 20] ?? "");
    else if (code === 55) look.styles.delete("overline");
    else if (code === 38 || code === 48) {
      const isIndex = codes[i + 1] === "5";
      const value = codes.slice(i + 2, i + (isIndex ? 3 : 5)).join(",");
      if (code === 38) look.fg = value;
      else look.bg = value;
      i += isIndex ? 2 : 4;
    } else if (code === 39) look.fg = "";
    else if (code === 49) look.bg = "";
    else if (code >= 90) {
      if (code < 100) look.fg = String(code - 82);
      else look.bg = String(code - 92);
    } else if (code >= 40) look.bg = String(code - 40);
    else if (code >= 30) look.fg = String(code - 30);
  }
  return look;
}

/** The kinds of lines below a text, by their number. */
export function underline(kind: number): string {
  return ["", "underline", "double", "curly", "dotted", "dashed"][kind] ?? "";
}

/** What a character means while lines are drawn. */
function lined(char: string): string {
  const at = char.charCodeAt(0) - 0x60;
  return [..."◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"][at] ?? char;
}
