import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { offersAt } from "./completion";

const schema = JSON.parse(
  readFileSync(
    join(import.meta.dirname, "../../../../crates/codepiper-workflow/schema.json"),
    "utf8",
  ),
);

/** What is offered where `┃` stands. */
function offered(text: string): string[] {
  const at = text.indexOf("┃");
  const found = offersAt(schema, text.replace("┃", ""), at);
  return found?.offers.map(({ label }) => label) ?? [];
}

const BEGUN = `name: x
inputs:
  task:
    type: string
steps:
  - name: build
    type: command
    run: make
    `;

test("at a field those of the object are offered that it does not have yet", () => {
  expect(offered("┃")).toContain("finally");
  expect(offered("name: x\n┃")).not.toContain("name");
  expect(offered(`${BEGUN}┃`)).toEqual(
    expect.arrayContaining(["allow_failure", "timeout", "retry", "on_error"]),
  );
  for (const field of ["name", "run", "prompt", "allowFailure", "message"])
    expect(offered(`${BEGUN}┃`)).not.toContain(field);
  expect(offered(`${BEGUN}retry:\n      ┃`)).toEqual(["max_attempts", "delay", "backoff"]);
  expect(offered(BEGUN.replace("type: string", "┃"))).toEqual(
    expect.arrayContaining(["type", "default", "description"]),
  );
});

test("lists may stand below their key or deeper, and what follows the cursor counts, too", () => {
  expect(offered("steps:\n- name: a\n  ┃\n  type: log\n- name: b\n")).toEqual(
    ["message"].concat(offered("steps:\n- name: a\n  type: log\n  ┃").slice(1)),
  );
  const nested = "steps:\n  - name: a\n    type: until\n    steps:\n      - type: send\n        ┃";
  expect(offered(nested)).toContain("session");
  expect(offered(nested)).not.toContain("limit");
});

test("at a value what it may be is offered", () => {
  expect(offered(BEGUN.replace("type: command", "type: ┃"))).toContain("approve");
  expect(offered(BEGUN.replace("type: string", "type: li┃"))).toContain("list");
  expect(offered(`${BEGUN}allow_failure: ┃`)).toEqual(["true", "false"]);
});

test("in a text, a comment or in braces nothing is offered", () => {
  expect(offered(`${BEGUN}prompt: |\n      ┃`)).toEqual([]);
  expect(offered(`${BEGUN}prompt: |\n      some words\n\n      ┃`)).toEqual([]);
  expect(offered("# na┃")).toEqual([]);
  expect(offered(`${BEGUN}retry: {┃`)).toEqual([]);
});
