// Holds what is asked of the mock, and what it answers, against the description of the API.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";

const document = JSON.parse(readFileSync(join(import.meta.dirname, "../../docs/openapi.json")));
const { schemas } = document.components;
const ajv = new Ajv2020({ strict: false, validateFormats: false });

/** Types that others are made of cannot refuse what these add. */
const parts = new Set(
  Object.values(schemas)
    .flatMap(({ allOf }) => allOf ?? [])
    .map(({ $ref }) => $ref?.split("/").at(-1)),
);
for (const [name, schema] of Object.entries(schemas))
  if (!parts.has(name) && (schema.properties || schema.allOf))
    schema.unevaluatedProperties = schema.additionalProperties ?? false;
ajv.addSchema(document, "api");

/** What is wrong with a request; null where nothing is. */
export function wrongRequest(method, path, body) {
  return wrong(method, path, ["requestBody"], body);
}

/** What is wrong with an answer. */
export function wrongAnswer(method, path, status, body) {
  const { responses = {} } = document.paths[path]?.[method.toLowerCase()] ?? {};
  if (status < 400 || responses[status])
    return wrong(method, path, ["responses", String(status)], body);
  return refusal(ajv.getSchema("api#/components/schemas/ErrorBody"), body);
}

function wrong(method, path, within, body) {
  const described = within.reduce(
    (at, part) => at?.[part],
    document.paths[path]?.[method.toLowerCase()],
  );
  const json = Object.keys(described?.content ?? {}).find((type) => type.endsWith("json"));
  const type = typeof body === "string" ? "text/markdown" : (json ?? "application/json");
  const place = ["paths", path, method.toLowerCase(), ...within, "content", type];
  const pointer = [...place, "schema"].map((part) =>
    part.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D"),
  );
  const validate = ajv.getSchema(`api#/${pointer.join("/")}`);
  return validate ? refusal(validate, body) : `nothing like that is described`;
}

function refusal(validate, body) {
  return validate(body) ? null : ajv.errorsText(validate.errors, { dataVar: "body" });
}
