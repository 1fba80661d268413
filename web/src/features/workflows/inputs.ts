import type { Workflow } from "@/api/types";

/** Something that a workflow is given. */
export interface Input {
  name: string;
  type: "string" | "number" | "boolean" | "list";
  description: string;
  isRequired: boolean;
  /** Its value where nobody gives one, as it is typed. */
  byDefault: string;
}

/** What stands in a field of the form. */
export type Typed = Record<string, string>;

/** Names that are no inputs. */
const TAKEN = new Set(["steps", "item", "index", "inputs", "error", "execution"]);

/** The inputs of a workflow; without `inputs` it takes what it mentions. */
export function inputsOf({ definition }: Workflow): Input[] {
  const said = (definition as { inputs?: Record<string, Record<string, unknown> | null> }).inputs;
  if (!said) return mentioned(definition).map((name) => inputOf(name, {}));
  return Object.entries(said).map(([name, spec]) => inputOf(name, spec ?? {}));
}

function inputOf(name: string, spec: Record<string, unknown>): Input {
  const type = ["number", "boolean", "list"].find((type) => type === spec.type) ?? "string";
  const hasDefault = spec.default !== undefined && spec.default !== null;
  return {
    name,
    type: type as Input["type"],
    description: spec.description === undefined ? "" : String(spec.description),
    isRequired: typeof spec.required === "boolean" ? spec.required : !hasDefault,
    byDefault: hasDefault ? asTyped(spec.default) : "",
  };
}

function mentioned(definition: unknown): string[] {
  const names = [...JSON.stringify(definition).matchAll(/(?<!\\)\$\{\s*([A-Za-z0-9_]+)/g)];
  return [...new Set(names.map(([, name]) => name ?? ""))].filter((name) => !TAKEN.has(name));
}

/** A value as it is typed into a field. */
export function asTyped(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The values of what was typed, and what is wrong with them. What is left empty is not given. */
export function valuesOf(inputs: Input[], typed: Typed) {
  const values: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const { name, type, isRequired, byDefault } of inputs) {
    const text = typed[name] ?? byDefault;
    const isEmpty = text.trim() === "";
    if (isEmpty && type !== "boolean") {
      if (isRequired) problems[name] = "It is needed.";
      continue;
    }
    try {
      values[name] = read(type, text);
    } catch (problem) {
      problems[name] = problem instanceof Error ? problem.message : String(problem);
    }
  }
  return { values, problems };
}

function read(type: Input["type"], text: string): unknown {
  if (type === "boolean") return text === "true";
  if (type === "number") {
    const value = Number(text);
    if (!Number.isFinite(value)) throw new Error("It has to be a number.");
    return value;
  }
  if (type === "string") return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (problem) {
    throw new Error(`That is no JSON: ${(problem as Error).message}`);
  }
  if (!Array.isArray(value)) throw new Error('It has to be a list, such as `["a", "b"]`.');
  return value;
}
