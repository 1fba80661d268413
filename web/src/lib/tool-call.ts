/** What an agent wants to do, as a person reads it; `more` is what else the tool is given. */
export type Shown =
  | { kind: "command"; command: string; about: string | null; more: Argument[] }
  | { kind: "diff"; path: string | null; lines: DiffLine[]; more: Argument[] }
  | { kind: "value"; text: string };

/** An argument of a tool beside its main one. */
export interface Argument {
  name: string;
  value: string;
  /** Whether it is known to change nothing about what is done. */
  isHarmless: boolean;
}

/** How long to wait and how much to answer. */
const HARMLESS = [
  "timeout",
  "timeout_ms",
  "yield_time_ms",
  "max_output_tokens",
  "description",
  "justification",
];

export interface DiffLine {
  sign: "+" | "-" | " " | "@";
  text: string;
}

/** The exact action. Nothing is left out: what is not known is shown as it came. */
export function shownCall(toolName: string, toolInput: unknown, diff: string | null): Shown {
  const input = (typeof toolInput === "object" && toolInput !== null ? toolInput : {}) as Record<
    string,
    unknown
  >;
  const text = (name: string) => (typeof input[name] === "string" ? (input[name] as string) : null);
  /** The first of these that is a text. */
  const first = (...names: string[]) => names.find((name) => text(name) !== null) ?? "";
  const pathName = first("file_path", "path");
  const path = text(pathName);
  const commandName = first("command", ...(toolName === "exec_command" ? ["cmd"] : []));
  const command = text(commandName);
  const besides = (...shown: string[]) =>
    Object.entries(input).flatMap(([name, value]) =>
      shown.includes(name) ? [] : argument(name, value),
    );
  if (diff)
    return { kind: "diff", path, lines: patchLines(diff), more: besides(pathName, ...IN_DIFF) };
  if (toolName === "apply_patch" && command)
    return { kind: "diff", path: null, lines: patchLines(command), more: besides(commandName) };
  if (command) {
    const aboutName = first("description", "justification");
    return {
      ...{ kind: "command", command, about: text(aboutName) },
      more: besides(commandName, aboutName),
    };
  }
  const [before, after] = [text("old_string"), text("new_string")];
  if (path && before !== null && after !== null) {
    const more = besides(pathName, "old_string", "new_string");
    return { kind: "diff", path, lines: replaced(before, after), more };
  }
  const content = text("content");
  if (path && content !== null)
    return { kind: "diff", path, lines: replaced("", content), more: besides(pathName, "content") };
  return { kind: "value", text: JSON.stringify(toolInput, null, 2) ?? "" };
}

/** The same in one line. */
export function summaryOf(toolName: string, toolInput: unknown): string {
  const shown = shownCall(toolName, toolInput, null);
  if (shown.kind === "command") return shown.command;
  if (shown.kind === "diff")
    return shown.path ?? shown.lines.find((line) => /^\*\*\* /.test(line.text))?.text ?? toolName;
  const input = (toolInput ?? {}) as Record<string, unknown>;
  const subject = ["file_path", "path", "url", "pattern", "query"]
    .map((name) => input[name])
    .find(Boolean);
  return `${toolName} ${typeof subject === "string" ? subject : shown.text.replace(/\s+/g, " ")}`;
}

/** What a diff that the daemon made is made of. */
const IN_DIFF = ["old_string", "new_string", "content", "edits"];

function argument(name: string, value: unknown): Argument {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return { name, value: text, isHarmless: HARMLESS.includes(name) };
}

function patchLines(patch: string): DiffLine[] {
  return patch
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => {
      const isHead = /^(@@|diff |index |\+\+\+ |--- |\*\*\* )/.test(line);
      if (isHead) return { sign: "@", text: line };
      const sign = line[0] === "+" || line[0] === "-" ? line[0] : " ";
      return { sign, text: sign === " " ? line.replace(/^ /, "") : line.slice(1) };
    });
}

/** One text for another; the lines that both begin and end with stay. */
function replaced(before: string, after: string): DiffLine[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head += 1;
  let tail = 0;
  const rest = Math.min(old.length, fresh.length) - head;
  while (tail < rest && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const marked = (lines: string[], sign: DiffLine["sign"]) => lines.map((text) => ({ sign, text }));
  return [
    ...marked(old.slice(0, head), " "),
    ...marked(old.slice(head, old.length - tail), "-"),
    ...marked(fresh.slice(head, fresh.length - tail), "+"),
    ...marked(tail ? fresh.slice(-tail) : [], " "),
  ];
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
