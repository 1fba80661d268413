import { expect, test } from "vitest";
import type { Workflow } from "@/api/types";
import { inputsOf, valuesOf } from "./inputs";

const workflow = (definition: object) => ({ definition }) as Workflow;

test("what is typed becomes values of the types of the inputs, and what is wrong is said of each", () => {
  const inputs = inputsOf(
    workflow({
      // biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how workflows mention
      inputs: {
        task: { description: "what to do" },
        rounds: { type: "number", default: 3 },
        files: { type: "list", required: false },
        fast: { type: "boolean", default: true },
        note: null,
      },
    }),
  );
  expect(inputs.map(({ name, isRequired, byDefault }) => [name, isRequired, byDefault])).toEqual([
    ["task", true, ""],
    ["rounds", false, "3"],
    ["files", false, ""],
    ["fast", false, "true"],
    ["note", true, ""],
  ]);
  expect(valuesOf(inputs, { task: "Mend it", note: "x" })).toEqual({
    values: { task: "Mend it", rounds: 3, fast: true, note: "x" },
    problems: {},
  });
  const { problems } = valuesOf(inputs, { rounds: "many", files: "a, b", note: "x" });
  expect(Object.keys(problems)).toEqual(["task", "rounds", "files"]);
  expect(valuesOf(inputs, { task: "1", files: '{"a":1}', note: "x" }).problems).toEqual({
    files: 'It has to be a list, such as `["a", "b"]`.',
  });
});

test("without `inputs` a workflow takes what it mentions, and results are none of it", () => {
  const inputs = inputsOf(
    workflow({
      steps: [{ prompt: "${task} ${steps.a.reply} ${item} \\${kept}", cwd: "${cwd}/${task}" }],
      // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
    }),
  );
  expect(inputs.map(({ name }) => name)).toEqual(["task", "cwd"]);
});
