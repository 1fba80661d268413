import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** What a program writes to its terminal. */
export interface Stream {
  name: string;
  cols: number;
  rows: number;
  bytes: Buffer;
}

const RECORDINGS = join(import.meta.dirname, "recordings");

/** What the programs in `recordings.json` wrote. */
export function recorded(): Stream[] {
  const list = JSON.parse(readFileSync(join(RECORDINGS, "recordings.json"), "utf8"));
  return Object.entries<{ cols: number; rows: number }>(list).map(([name, { cols, rows }]) => {
    const bytes = gunzipSync(readFileSync(join(RECORDINGS, `${name}.gz`)));
    return { name, cols, rows, bytes };
  });
}

const ESC = "\x1b";
const CSI = `${ESC}[`;
const range = (count: number) => [...Array(count).keys()];
const at = (row: number, col = 1) => `${CSI}${row};${col}H`;
/** Rows that can be told apart. */
const page = (rows = 24) =>
  range(rows)
    .map((n) => `${at(n + 1)}${String.fromCharCode(97 + n)} row ${n} ${"=".repeat(20 + n)}`)
    .join("");

/** One thing after the other that terminals do differently. */
const WRITTEN: Record<string, string> = {
  colours: [
    ...range(256).map((n) => `${CSI}48;5;${n}m ${CSI}38;5;${255 - n}m${n % 10}`),
    `${CSI}m\r\n`,
    ...range(70).map((n) => `${CSI}48;2;${n * 3};${255 - n * 3};128m${CSI}38;2;255;${n};0mx`),
    `${CSI}m\r\n`,
    ...range(8).map((n) => `${CSI}${30 + n};${100 + n}mab${CSI}${90 + n};${40 + n}mcd`),
    `${CSI}m plain ${CSI}38:2::10:20:30mcolons${CSI}48:5:99m too${CSI}39;49m none`,
  ].join(""),
  attributes: [1, 2, 3, 4, 5, 7, 8, 9, 21, 53, "4:2", "4:3", "4:4", "4:5", "1;3;4;7", "2;9;53"]
    .map((code) => `${CSI}${code}mstyle ${code}${CSI}m plain\r\n`)
    .concat(`${CSI}4;58;5;196mred line${CSI}59m own line${CSI}24m none`, `${CSI}1;2mx${CSI}22my`)
    .join(""),
  "a ground that is erased": `${CSI}44m${CSI}2J${at(3)}text${CSI}K\r\n${CSI}41m${CSI}K${CSI}5Cx${CSI}1K${CSI}m\r\n${CSI}42m   ${CSI}10X${CSI}m${at(28)}${CSI}45m\r\n\r\n\r\nend${CSI}m`,
  "wide characters": [
    "漢字とかな한국어ｆｕｌｌ",
    "e\u0301 n\u0303 a\u0308\u0304 \u0e01\u0e34\u0e49 \u05e9\u05b8",
    "👍 👍🏽 👩‍💻 👩🏽‍💻 👨‍👩‍👧 🏳️‍🌈 🇩🇪🇯🇵",
    "❤ ❤️ ☺️ ☎️ 1️⃣ #️⃣ ⚠️ ✅ ⭐ ⏸️ ☁️ ✔️ ▶️ ♀️",
    "┌─┬┐│╔═╗║░▒▓█▀▄▌▐╭╮╰╯⣿⡇ ←↑→↓ • · … “q” ½ × ÷",
    "🫠🫡🫶 🀄🃏 ㊗️ 〰️ ©️ ®️ ™️",
    "ﬁ Ǆ ß İ ı Ω Я א ب ก ༃ ᄀ힐 ㄱ ㅤx",
    "a\u200bb a\u00adb a\u2060b x\u034fy",
  ]
    .map((text) => `${text}|\r\n`)
    .join(""),
  "wide characters at the edge": `${at(1, 99)}漢字${at(3, 100)}漢${at(5, 98)}ab👩‍👩‍👧c${at(7, 10)}漢字漢字${at(7, 11)}x${at(8, 10)}漢字${at(8, 12)}${CSI}P${at(9, 10)}漢字漢字${at(9, 12)}${CSI}2@y${at(10, 10)}漢字${at(10, 12)}${CSI}2X`,
  "rows that come and go": `${page()}${at(5)}${CSI}3L${at(12)}${CSI}2M${at(15, 4)}${CSI}4@ins${at(16, 4)}${CSI}4P${at(17, 4)}${CSI}4X${at(18, 6)}${CSI}4hinserted${CSI}4l${CSI}2S${CSI}1T`,
  "a region that scrolls": `${page()}${CSI}5;12r${at(12)}\nlast\r\nmore\n\nend${at(5)}${ESC}M${ESC}Mup${at(20)}below\r\nb\r\nc${CSI}?6h${at(1)}origin${at(99)}bottom${CSI}?6l${CSI}r${at(25)}done`,
  "a region that stays": `${page()}${CSI}4;9r${at(9, 3)}x`,
  "an origin that stays": `${page()}${CSI}4;9r${CSI}?6h${at(2, 3)}x`,
  tabs: `a\tb\tc${CSI}3g${at(2, 5)}${ESC}H${at(2, 20)}${ESC}H\r\n\tx\ty\tz\r\n${CSI}2Iq${CSI}Zw`,
  "a saved cursor": `${at(5, 9)}${CSI}31m${ESC}7${at(1)}${CSI}32mgreen${ESC}8red${CSI}s${at(3)}x${CSI}uy${CSI}m${page()}`,
  "the other screen": `${page(10)}${CSI}31m${at(12, 7)}${CSI}?1049hother${at(3, 3)}side`,
  "the other screen and back": `${page(10)}${CSI}?1049h${page(20)}${CSI}?1049lback${CSI}?47hmore${CSI}?47lagain`,
  lines: `${ESC}(0lqqwqqk\r\nx${ESC}(B in ${ESC}(0x\r\nmqqvqqj${ESC}(B\r\n${ESC})0a\x0eqqq\x0fqqq ${ESC}(0aff`,
  "the end of a row": `${at(1, 98)}abc${at(3, 98)}abcd${at(5, 100)}x${CSI}K${at(9, 98)}abc\r\nn${at(11, 98)}abc${CSI}?7l${at(13, 98)}abcdef${CSI}?7h${at(15, 98)}abc\tt${at(17, 98)}abc`,
  "characters again": `${at(2)}ab${CSI}5bc 漢${CSI}2b${page(9)}`,
  titles: `${ESC}]2;a title\x07x${ESC}kname${ESC}\\y${ESC}]0;both${ESC}\\z${ESC}P1$qm${ESC}\\u${ESC}^private${ESC}\\v${ESC}_application${ESC}\\w${ESC}]8;;https://example.com${ESC}\\link${ESC}]8;;${ESC}\\.`,
  questions: `${CSI}c${CSI}>c${CSI}=c${CSI}6n${CSI}?6n${CSI}?2026$p${CSI}4$p${CSI}>q${ESC}P$qm${ESC}\\${ESC}]10;?\x07${ESC}]11;?${ESC}\\${ESC}]4;1;?\x07${ESC}]12;?\x07${CSI}?u${CSI}18t${CSI}14t${ESC}Z${CSI}x asked`,
  "a frame at once": `${CSI}?2026h${page(8)}${CSI}?2026l${at(10)}${CSI}?2026hhalf`,
  erasing: `${page()}${at(10, 8)}${CSI}1J${at(20, 8)}${CSI}J${at(15, 8)}${CSI}2K${at(16, 8)}${CSI}?K${at(17, 8)}${CSI}3J`,
  "moving about": `${at(10, 10)}1${CSI}3A2${CSI}4B3${CSI}5C4${CSI}9D5${CSI}2E6${CSI}F7${CSI}20G8${CSI}4d9${CSI}3e0${CSI}2a!${ESC}D?${ESC}E%${CSI}8;4f$`,
};

/** Streams that were made up, each for something that terminals may take differently. */
export function written(): Stream[] {
  return Object.entries(WRITTEN).map(([name, text]) => {
    return { name, cols: 100, rows: 30, bytes: Buffer.from(text) };
  });
}
