import { expect, test } from "vitest";
import { shownCall } from "./tool-call";

test("an edit is shown as what changes, with what stays around it", () => {
  const input = { file_path: "/a.ts", old_string: "a\nb\nc", new_string: "a\nB\nB2\nc" };
  expect(shownCall("Edit", input, null)).toEqual({
    kind: "diff",
    path: "/a.ts",
    lines: [
      { sign: " ", text: "a" },
      { sign: "-", text: "b" },
      { sign: "+", text: "B" },
      { sign: "+", text: "B2" },
      { sign: " ", text: "c" },
    ],
    more: [],
  });
});

test("what else a tool is given is shown, and only what is known to do no harm is quiet", () => {
  const input = {
    ...{ command: "make", timeout: 5, description: "to build" },
    ...{ dangerouslyDisableSandbox: true, stdin: "yes", path: "/etc" },
  };
  const shown = shownCall("Bash", input, null);
  expect(shown.kind === "command" && shown.more).toEqual([
    { name: "timeout", value: "5", isHarmless: true },
    { name: "dangerouslyDisableSandbox", value: "true", isHarmless: false },
    { name: "stdin", value: "yes", isHarmless: false },
    { name: "path", value: "/etc", isHarmless: false },
  ]);
  const write = { file_path: "/a", content: "x", mode: "0777", then_run: "sh /a" };
  for (const diff of [null, "+x"]) {
    const written = shownCall("Write", write, diff);
    expect(written.kind === "diff" && written.more.map((a) => a.name)).toEqual([
      "mode",
      "then_run",
    ]);
  }
});

test("a patch of Codex is a diff, not a command", () => {
  const shown = shownCall("apply_patch", { command: "*** Update File: a\n@@\n-x\n+y\n z" }, null);
  expect(shown.kind === "diff" && shown.lines.map((l) => l.sign).join("")).toBe("@@-+ ");
});

test("a tool that nobody knows is shown whole", () => {
  expect(shownCall("mcp__db__query", { sql: "drop table x" }, null)).toEqual({
    kind: "value",
    text: '{\n  "sql": "drop table x"\n}',
  });
});

test("a command is one by whatever name an agent has for it", () => {
  const input = {
    cmd: "make",
    justification: "to build",
    sandbox_permissions: "require_escalated",
  };
  expect(shownCall("exec_command", input, null)).toEqual({
    ...{ kind: "command", command: "make", about: "to build" },
    more: [{ name: "sandbox_permissions", value: "require_escalated", isHarmless: false }],
  });
});
