import { expand, formsAt, type Schema } from "./schema-places";
import { cursorAt } from "./yaml-places";

/** Something that may be written at the cursor. */
export interface Offer {
  label: string;
  /** What is written. */
  text: string;
  description: string;
  kind: "field" | "value";
  isRequired: boolean;
}

/** A second spelling of a field is known, and not offered. */
const IS_ALIAS = /^The same as `/;

/** What the schema has at a place of the text, and where what is written of it begins. */
export function offersAt(
  root: Schema,
  text: string,
  at: number,
): { from: number; offers: Offer[] } | null {
  const cursor = cursorAt(text, at);
  if (!cursor) return null;
  const { place, field, from } = cursor;
  const says = place.way.at(-1)?.says ?? place.says;
  const forms = formsAt(root, place);
  const offers = field === null ? fieldsOf(root, forms, says) : valuesOf(root, forms, field);
  return offers.length > 0 ? { from, offers } : null;
}

function fieldsOf(root: Schema, forms: Schema[], says: Record<string, string>): Offer[] {
  const offers = new Map<string, Offer>();
  for (const form of forms) {
    for (const [name, schema] of Object.entries(form.properties ?? {})) {
      const { description = "" } = schema;
      if (name in says || offers.has(name) || IS_ALIAS.test(description)) continue;
      offers.set(name, {
        label: name,
        text: isNested(root, schema) ? `${name}:` : `${name}: `,
        description,
        kind: "field",
        isRequired: form.required?.includes(name) ?? false,
      });
    }
  }
  return [...offers.values()];
}

function isNested(root: Schema, schema: Schema): boolean {
  return expand(root, schema, {}).every(({ type }) => type === "array" || type === "object");
}

function valuesOf(root: Schema, forms: Schema[], field: string): Offer[] {
  const offers = new Map<string, Offer>();
  for (const form of forms) {
    const schema = form.properties?.[field];
    if (!schema) continue;
    for (const kind of expand(root, schema, {})) {
      // Of a `type` the form says what it is for.
      const isKind = kind.const !== undefined;
      const values = isKind
        ? [kind.const]
        : (kind.enum ?? (kind.type === "boolean" ? [true, false] : []));
      for (const value of values) {
        const label = String(value);
        if (offers.has(label)) continue;
        const description = (isKind ? form.description : schema.description) ?? "";
        offers.set(label, { label, text: label, description, kind: "value", isRequired: false });
      }
    }
  }
  return [...offers.values()];
}
