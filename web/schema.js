// Writes src/api/schema.ts, the types of the API, out of docs/openapi.json; `--check` only says
// whether it is what that document makes.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "json-schema-to-typescript";

const DOCUMENT = join(import.meta.dirname, "../docs/openapi.json");
const TYPES = join(import.meta.dirname, "src/api/schema.ts");

/**
 * Says the same so that it is not misread: a name with words beside it would become a type of its
 * own, and what has words only an object.
 */
function plain(_, value) {
  if (value === null || typeof value !== "object" || !("description" in value)) return value;
  const { $ref, ...words } = value;
  if ($ref) return { ...words, allOf: [{ $ref }] };
  return Object.keys(value).length === 1 ? { ...words, tsType: "unknown" } : value;
}

const document = readFileSync(DOCUMENT, "utf8").replaceAll("#/components/schemas/", "#/$defs/");
const { schemas } = JSON.parse(document, plain).components;
const compiled = await compile({ $defs: schemas }, "Api", {
  additionalProperties: false,
  bannerComment: "/** The types of the API, made of `docs/openapi.json` by `make api`. */\n",
  unreachableDefinitions: true,
  style: { printWidth: 100 },
});
const types = compiled
  .replace(/^export interface Api \{.*?\}\n/ms, "")
  .replaceAll(/^ \*\n \* This interface was referenced by `Api`'s JSON-Schema\n.*\n/gm, "");

if (!process.argv.includes("--check")) {
  writeFileSync(TYPES, types);
} else if (readFileSync(TYPES, "utf8") !== types) {
  process.stderr.write(
    "error: `src/api/schema.ts` is not what `docs/openapi.json` makes; run `make api`\n",
  );
  process.exit(1);
}
