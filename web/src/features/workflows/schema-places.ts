/** The parts of a JSON Schema that completion reads. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  title?: string;
  description?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  oneOf?: Schema[];
  anyOf?: Schema[];
}

/** An object of a text that is still being written. */
export interface Place {
  /** The keys to it from the root, and what its objects say; `null` goes into a list. */
  way: { key: string | null; says: Record<string, string> }[];
  /** What the outermost object says. */
  says: Record<string, string>;
}

/** What may stand at a place: each object with its forms. */
export function formsAt(root: Schema, place: Place): Schema[] {
  let forms = expand(root, root, place.says);
  for (const { key, says } of place.way) {
    const inner = forms.flatMap((form) => {
      if (key === null) return form.items ?? [];
      const other = form.additionalProperties;
      return form.properties?.[key] ?? (typeof other === "object" ? other : []);
    });
    forms = inner.flatMap((form) => expand(root, form, says));
  }
  return forms;
}

/** The schema itself, or of several forms those that fit what is said. */
export function expand(root: Schema, schema: Schema, says: Record<string, string>): Schema[] {
  if (schema.$ref) {
    const target = root.$defs?.[schema.$ref.replace("#/$defs/", "")];
    return target ? expand(root, { ...target, ...described(schema) }, says) : [];
  }
  const forms = schema.oneOf ?? schema.anyOf;
  // Beside fields, forms only say which of them have to be there.
  if (!forms || schema.properties) return [schema];
  const all = forms.flatMap((form) => expand(root, form, says));
  const fitting = all.filter((form) => form.properties?.type?.const === says.type);
  return says.type && fitting.length > 0 ? fitting : all;
}

/** What is said of a field counts before what is said of its kind. */
function described({ description }: Schema): Schema {
  return description ? { description } : {};
}
