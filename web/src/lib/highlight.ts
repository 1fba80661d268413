import type { createLowlight } from "lowlight";

/** Code with the roles of its parts. */
export type Coloured = ReturnType<ReturnType<typeof createLowlight>["highlight"]>;

/** Longer code is shown plain: colouring it would hold up the page. */
const MAX = 50_000;

const NAMES: Record<string, string> = {
  js: "typescript",
  jsx: "typescript",
  javascript: "typescript",
  ts: "typescript",
  tsx: "typescript",
  typescript: "typescript",
  py: "python",
  python: "python",
  rs: "rust",
  rust: "rust",
  go: "go",
  sh: "bash",
  bash: "bash",
  shell: "bash",
  zsh: "bash",
  console: "bash",
  json: "json",
  jsonc: "json",
  yaml: "yaml",
  yml: "yaml",
  toml: "ini",
  ini: "ini",
  html: "xml",
  xml: "xml",
  svg: "xml",
  css: "css",
  sql: "sql",
  diff: "diff",
  patch: "diff",
  java: "java",
  c: "cpp",
  h: "cpp",
  cpp: "cpp",
};

/** Reads code in that language, with a reader that is fetched once; null where it stays plain. */
export async function highlight(code: string, language: string): Promise<Coloured | null> {
  const name = NAMES[language.toLowerCase()];
  if (!name || code.length > MAX) return null;
  const { lowlight } = await import("./languages");
  return lowlight.highlight(name, code);
}
