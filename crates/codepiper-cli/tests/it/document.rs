//! The description of the API, and whether something is what it says.

use serde_json::{Map, Value};

/// An `OpenAPI` document. Of JSON Schema it knows what ours uses, and nothing passes unseen: a field
/// that is not described, or a word that is not known here, is a misfit.
pub(crate) struct Document(pub(crate) Value);

/// The words that are for people.
const WORDS: [&str; 4] = ["description", "default", "example", "propertyNames"];

impl Document {
    /// Every operation, with its method and path.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        let paths = self.0["paths"].as_object().unwrap().iter();
        paths.flat_map(|(path, item)| {
            let operations = item.as_object().unwrap().iter();
            operations.map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
        })
    }

    /// Why `value` is not what `schema` says, where it is not.
    pub(crate) fn misfit(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let schema = self.resolved(schema);
        if schema.get("allOf").is_some() || schema.get("properties").is_some() {
            return self.fields_misfit(schema, value);
        }
        for (word, says) in schema.as_object().unwrap() {
            let fits = match word.as_str() {
                "type" => types(says).iter().any(|name| is_a(value, name)),
                "enum" => says.as_array().unwrap().contains(value),
                "format" => is_formatted(value, says.as_str().unwrap()),
                "minimum" => value
                    .as_f64()
                    .is_none_or(|value| value >= says.as_f64().unwrap()),
                "items" => {
                    for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                        let inner = self.misfit(says, item);
                        inner.map_err(|why| format!("[{i}]{why}"))?;
                    }
                    true
                }
                "oneOf" => {
                    let choices = says.as_array().unwrap().iter();
                    choices
                        .filter(|one| self.misfit(one, value).is_ok())
                        .count()
                        == 1
                }
                "additionalProperties" => return self.fields_misfit(schema, value),
                word => WORDS.contains(&word),
            };
            if !fits {
                return Err(format!(": {value} does not fit `{word}`: {says}"));
            }
        }
        Ok(())
    }

    fn fields_misfit(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let fields = match value {
            Value::Object(fields) => fields,
            Value::Null if types(&schema["type"]).contains(&"null") => return Ok(()),
            _ => return Err(format!(": {value} is no object")),
        };
        let mut shape = Shape::default();
        self.read_shape(schema, &mut shape);
        if let Some(missing) = shape
            .required
            .iter()
            .find(|name| !fields.contains_key(**name))
        {
            return Err(format!(": `{missing}` is missing"));
        }
        for (name, value) in fields {
            let Some(described) = shape.properties.get(name).or(shape.others.as_ref()) else {
                return Err(format!(": `{name}` is not described"));
            };
            let inner = self.misfit(described, value);
            inner.map_err(|why| format!(".{name}{why}"))?;
        }
        Ok(())
    }

    fn read_shape<'a>(&'a self, schema: &'a Value, shape: &mut Shape<'a>) {
        let schema = self.resolved(schema);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            let part = self.resolved(part);
            assert_ne!(
                part["additionalProperties"], false,
                "it would refuse the others"
            );
            self.read_shape(part, shape);
        }
        let properties = schema["properties"].as_object().cloned();
        shape.properties.extend(properties.into_iter().flatten());
        let required = schema["required"].as_array().into_iter().flatten();
        shape.required.extend(required.filter_map(Value::as_str));
        let others = schema.get("additionalProperties");
        let others = others.filter(|others| others.is_object());
        shape.others = others.cloned().or(shape.others.take());
    }

    /// What is meant, where something stands for it.
    pub(crate) fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        schema["$ref"].as_str().map_or(schema, |name| {
            let named = self.0.pointer(name.strip_prefix('#').unwrap());
            self.resolved(named.unwrap_or_else(|| panic!("{name}")))
        })
    }
}

/// What an object holds.
#[derive(Default)]
struct Shape<'a> {
    properties: Map<String, Value>,
    required: Vec<&'a str>,
    others: Option<Value>,
}

fn types(says: &Value) -> Vec<&str> {
    let several = says.as_array().into_iter().flatten();
    let names = several.chain(Some(says)).filter_map(Value::as_str);
    names.collect()
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other}"),
    }
}

fn is_formatted(value: &Value, format: &str) -> bool {
    let shape = |text: &str| -> String {
        let shape = |c: char| if c.is_ascii_hexdigit() { '0' } else { c };
        text.chars().map(shape).collect()
    };
    match (value, format) {
        (Value::String(text), "uuid") => shape(text) == "00000000-0000-0000-0000-000000000000",
        (Value::String(text), "date-time") => shape(text) == "0000-00-00T00:00:00.000Z",
        (Value::Number(_) | Value::Null, "int32" | "int64" | "double") => true,
        _ => false,
    }
}
