import type { ITheme } from "@xterm/xterm";

/** The colours of the terminal; `page` goes with the page. */
export type ThemeName = "page" | "dracula" | "solarized" | "gruvbox";

export const THEME_NAMES: Record<ThemeName, string> = {
  page: "Like the page",
  dracula: "Dracula",
  solarized: "Solarized Dark",
  gruvbox: "Gruvbox Dark",
};

const COLORS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

/** Ground, text, cursor, selection, then the eight colours and the eight bright ones. */
function theme(
  ground: string,
  text: string,
  cursor: string,
  selection: string,
  colors: string,
): ITheme {
  const all = colors.split(" ");
  const named = COLORS.map((name, at) => [name, all[at]]);
  const bright = COLORS.map((name, at) => [
    `bright${name[0]?.toUpperCase()}${name.slice(1)}`,
    all[at + 8],
  ]);
  return {
    background: ground,
    foreground: text,
    cursor,
    cursorAccent: ground,
    selectionBackground: selection,
    ...Object.fromEntries([...named, ...bright]),
  };
}

const DARK = theme(
  "#101314",
  "#dfe3e1",
  "#58d3ba",
  "#2f4a45",
  "#2b3032 #f07178 #7fd88f #e8c16c #7aaeff #c99bf5 #5fd3d6 #c9cfcc #77807d #ff938a #9be8a9 #f5d58c #9cc3ff #dcb8ff #86e4e6 #ffffff",
);
const LIGHT = theme(
  "#ffffff",
  "#1a1c1b",
  "#0b6b5d",
  "#c4e4dc",
  "#1a1c1b #b3261e #1d6f3a #7d5a00 #1c57b0 #7a3db8 #0f6a78 #5b605d #5b605d #c63a31 #2a7f49 #8a6500 #2b68c4 #8d52c9 #1b7a89 #1a1c1b",
);
const CHOSEN = {
  dracula: theme(
    "#282a36",
    "#f8f8f2",
    "#f8f8f2",
    "#44475a",
    "#21222c #ff5555 #50fa7b #f1fa8c #bd93f9 #ff79c6 #8be9fd #f8f8f2 #6272a4 #ff6e6e #69ff94 #ffffa5 #d6acff #ff92df #a4ffff #ffffff",
  ),
  solarized: theme(
    "#002b36",
    "#93a1a1",
    "#93a1a1",
    "#0b4452",
    "#073642 #dc322f #859900 #b58900 #268bd2 #d33682 #2aa198 #eee8d5 #586e75 #cb4b16 #8fa31a #c79a1e #5ba7dd #8f92d4 #56b9b1 #fdf6e3",
  ),
  gruvbox: theme(
    "#282828",
    "#ebdbb2",
    "#ebdbb2",
    "#504945",
    "#282828 #cc241d #98971a #d79921 #458588 #b16286 #689d6a #a89984 #928374 #fb4934 #b8bb26 #fabd2f #83a598 #d3869b #8ec07c #ebdbb2",
  ),
};

export function terminalTheme(name: ThemeName, isDark: boolean): ITheme {
  if (name !== "page") return CHOSEN[name];
  return isDark ? DARK : LIGHT;
}
