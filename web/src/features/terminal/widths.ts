import type { IUnicodeVersionProvider } from "@xterm/xterm";

/**
 * How wide characters are, as tmux has it: it asks the C library (these are of glibc 2.36), widens
 * nothing at U+FE0F, and puts what follows a joiner onto the character before. Agents draw for
 * that, and another opinion would misplace whatever stands behind.
 *
 * Each range is its distance from the one before, and how many follow if it is more than one
 * character; in hexadecimal.
 */
const NARROWEST = `
  300,6f 114,6 108,2c 2 2,1 2,1 2 49,a 2 2f,14 11 66,6 3,5 3,1 2,3 24 1f,1a 5c,a 3b,8 a 19,3
  2,8 2,2 2,4 2c,2 3d,7 2b,17 2,1f 38 2 5,7 5 4,6 b,1 1e 3b 5,3 9 15,1 1b,4 3a 5,10 1f,1 4 c,1
  3a 5,7 5 15,1 17,7 3b 3 2,3 9,9 c,1 1f 3e d 33 4 38 2,2 6,10 c,1 1e 3b 3 7 6,1 15,1 1d,1
  3a,1 5,3 9 15,1 1e 49 8,4 5b 3,6 d,7 63 3,8 c,5 4b,1 1c 2 2 38,d 2,4 2,1 6,2f a 67,3 2,5 2,1
  3,1 1a,1 5,2 11,3 e 3,1 7 10 c3,9f 15e,2 3b3,2 1e,1 1f,1 1f,1 41,1 2,6 9 3,a a 2e,4 76,1 23
  77,2 5,1 a 7,2 dc,1 3 3b 2,8 2 3,7 7,c 31,53 31 2,4 2 6 29,8 d,1 21,3 3,1 2,2 39 2,1 4 2,2
  3b,7 3,1 99,2 2,c 2,6 5 7 4,1 c7,3f 20c,4 1b,4 32,f 61,20 bff,2 8e 61,1f 22b,3 6c,1 75d5,3
  2,9 21,1 51,1 111 4 5 1a,1 6 98,1 1b,11 e 27,7 1a,a 2f,2 31 3,3 3,1 28 44,5 3,1 3,1 d 9 30
  34 2,2 3,1 6,1 2 2b,1 9 ef 3 5 2bc3,4b 2323 2e2,f 11,f d0 fa,2 202 e3 96,4 687,e 29,7 a6,1
  23e,3 184,1 9a,a 32,3 7c 37,e 2a 3,1 b,2 32,3 3,1 8 3e,2 25,4 2,7 3f d,1 35,8 b,3 3 60,2 3
  2,1 7 a1 4,7 16,1 3a,1 4 26,e c4,7 3,2 2 18 55,5 2 5,1 2,1 ef,3 7,1 2,1 1c,1 56,7 3 2,1 6b 2
  3,5 2 66,2 3,3 2,4 104,8 2,1 101,1 2 5 91,7 5 21,9 29,5 3,3 9 a,5 3,2 2f,c 2,1 197,d 2 53,15
  3,6 2,1 2,1 7b,14 2 49,1 4 2 15c,1 153c,8 36b8,4 3c,6 419 40,3 52 4cb9,1 2,12a6 221,2 a,f
  3,6 1f,3 95,2 7bc,36 5,31 9 f 17,14 551,2a 106,6 178 3e,3 5e1,6 6e,6 c16b7,1ee
`;
const WIDE = `
  1100,5f 11bb,1 e,1 bf,3 4 3 20a,1 16,1 33,b 2c 14 e 9,1 12,1 6,1 9 6 16 8,1 2 5 3 8 5,1 1d
  24 2 5,2 2 3e,2 19 f 35c,1 34 5 32b,1a9 5,10 3,55 5,742b 49a,1c 284,2ba3 215d,1d9 337,9
  17,3b 96,5f 80,6 6ffa,3 d,430b 3d09 cb bf 3,9 66,120 d,8 2,45 2,15 d,2a 5,4 d,10 4 4,46 2
  2,ba 3,3e e,3 2,17 13 1b,1 e 57,54 31,45 7 4,2 3,a c,1 8,8 e4,10 11c,2e 2,9 2,b8 71,86
  50a,1134a
`;

const JOINER = 0x200d;
/** Behind these, all of a plane has one width. */
const TABLED = 0x20000;
const LAST_WIDE = 0x3ffff;
const UNSEEN = 0xe0000;

function table(): Uint8Array {
  const widths = new Uint8Array(TABLED).fill(1);
  for (const [width, ranges] of [
    [0, NARROWEST],
    [2, WIDE],
  ] as const) {
    let end = 0;
    for (const range of ranges.trim().split(/\s+/)) {
      const [distance = 0, more = 0] = range.split(",").map((n) => Number.parseInt(n, 16));
      const start = end + distance;
      end = start + more;
      widths.fill(width, start, end + 1);
    }
  }
  return widths;
}

/** The widths, for xterm.js. */
export class TmuxWidths implements IUnicodeVersionProvider {
  readonly version = "tmux";
  readonly #widths = table();

  wcwidth(char: number): 0 | 1 | 2 {
    if (char < TABLED) return (this.#widths[char] ?? 1) as 0 | 1 | 2;
    if (char <= LAST_WIDE) return 2;
    return char >= UNSEEN && char < UNSEEN + 0x1000 ? 0 : 1;
  }

  /** Bit 0: joins the character before. Bits 1 and 2: the width with it. Bit 3: a joiner. */
  charProperties(char: number, before: number): number {
    const width = this.wcwidth(char);
    const joins = width === 0 || (before & 8) !== 0;
    const whole = joins ? (before >> 1) & 3 : width;
    return (char === JOINER ? 8 : 0) | (whole << 1) | (joins ? 1 : 0);
  }
}
