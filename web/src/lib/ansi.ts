/** A stretch of text that looks the same all over. Colours are 0-255 or `#rrggbb`. */
export interface Span {
  text: string;
  fg?: number | string;
  bg?: number | string;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
  inverse?: boolean;
}

type Style = Omit<Span, "text">;

const ESC = "\u001b";
const BEL = "\u0007";
/** SGR, any other CSI, and OSC, each to its end. */
const SEQUENCES = new RegExp(
  `(${ESC}\\[[0-9;:]*m|${ESC}\\[[0-9;?]*[A-Za-z]|${ESC}\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\))`,
);
const SGR = new RegExp(`^${ESC}\\[([0-9;:]*)m$`);

/** Takes a stored screen (text with SGR sequences) apart into lines of spans. Other sequences are dropped. */
export function parseScreen(screen: string): Span[][] {
  let style: Style = {};
  return screen
    .replace(/\r/g, "")
    .split("\n")
    .map((line) => {
      const spans: Span[] = [];
      for (const part of line.split(SEQUENCES)) {
        const codes = SGR.exec(part)?.[1];
        if (codes !== undefined) style = restyle(style, codes);
        else if (part && !part.startsWith(ESC)) spans.push({ text: part, ...style });
      }
      return spans;
    });
}

function restyle(style: Style, codes: string): Style {
  const numbers = codes.split(/[;:]/).map(Number);
  let next: Style = { ...style };
  for (let i = 0; i < numbers.length; i += 1) {
    const code = numbers[i] ?? 0;
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 7) next.inverse = true;
    else if (code === 22) next = without(next, "bold", "dim");
    else if (code === 23) next = without(next, "italic");
    else if (code === 24) next = without(next, "underline");
    else if (code === 27) next = without(next, "inverse");
    else if (code === 39) next = without(next, "fg");
    else if (code === 49) next = without(next, "bg");
    else if (code >= 30 && code <= 37) next.fg = code - 30;
    else if (code >= 40 && code <= 47) next.bg = code - 40;
    else if (code >= 90 && code <= 97) next.fg = code - 82;
    else if (code >= 100 && code <= 107) next.bg = code - 92;
    else if (code === 38 || code === 48) {
      const [color, used] = extended(numbers.slice(i + 1));
      if (color !== null) next[code === 38 ? "fg" : "bg"] = color;
      i += used;
    }
  }
  return next;
}

function without(style: Style, ...keys: (keyof Style)[]): Style {
  return Object.fromEntries(
    Object.entries(style).filter(([key]) => !keys.includes(key as keyof Style)),
  );
}

function extended(numbers: number[]): [number | string | null, number] {
  if (numbers[0] === 5) return [numbers[1] ?? null, 2];
  if (numbers[0] !== 2) return [null, 0];
  const hex = numbers.slice(1, 4).map((n) =>
    Math.min(255, n || 0)
      .toString(16)
      .padStart(2, "0"),
  );
  return [`#${hex.join("")}`, 4];
}
