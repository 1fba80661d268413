//! What can be said of every route and every type at once, so that none has to say it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";

/// The methods that a path may take.
const METHODS: [&str; 4] = ["get", "put", "post", "delete"];

/// Completes what the routes and the types say of themselves.
pub(super) fn polish(document: &mut Value) {
    let (mut asked, mut answered) = (BTreeSet::new(), BTreeSet::new());
    let mut schemas = document["components"]["schemas"].take();
    tell_of_the_whole(&mut schemas);
    for operation in operations(document) {
        collect(&operation["requestBody"], &schemas, &mut asked);
        collect(&operation["responses"], &schemas, &mut answered);
        complete(operation, &schemas);
    }
    // No route names what is told on a WebSocket.
    collect(&reference("TerminalMessage"), &schemas, &mut answered);
    collect(&reference("ErrorBody"), &schemas, &mut answered);
    for name in ["HubRequest", "TerminalRequest"] {
        close(&mut schemas[name]);
    }
    document["components"]["schemas"] = schemas;
    for name in answered.difference(&asked) {
        open(&mut document["components"]["schemas"][name]);
    }
    document["components"]["responses"]["Error"] = json!({
        "description": "It was not done, and why",
        "content": { "application/json": { "schema": reference("ErrorBody") } },
    });
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().into_iter();
    let items = paths.flat_map(Map::values_mut);
    let fields = items.filter_map(Value::as_object_mut).flatten();
    fields.filter_map(|(name, field)| METHODS.contains(&name.as_str()).then_some(field))
}

/// Gives an operation a name that no other has, and every answer a description.
fn complete(operation: &mut Value, schemas: &Value) {
    let tag = operation["tags"][0].as_str().unwrap_or_default();
    let name = operation["operationId"].as_str().unwrap_or_default();
    operation["operationId"] = format!("{tag}.{name}").into();
    for response in operation["responses"].as_object_mut().into_iter().flatten() {
        let (_, response) = response;
        if response["description"]
            .as_str()
            .unwrap_or_default()
            .is_empty()
        {
            let schema = &response["content"]["application/json"]["schema"];
            let said = named(schema).map_or(&Value::Null, |name| &schemas[name]["description"]);
            let first = said.as_str().and_then(|said| said.lines().next());
            response["description"] = first.unwrap_or_default().into();
        }
    }
    for refused in ["4XX", "5XX"] {
        operation["responses"][refused] = json!({ "$ref": "#/components/responses/Error" });
    }
}

/// Adds every type that `value` names, and those that these name.
fn collect(value: &Value, schemas: &Value, found: &mut BTreeSet<String>) {
    if let Some(name) = named(value)
        && found.insert(name.to_owned())
    {
        collect(&schemas[name], schemas, found);
    }
    match value {
        Value::Array(items) => items.iter().for_each(|it| collect(it, schemas, found)),
        Value::Object(fields) => fields.values().for_each(|it| collect(it, schemas, found)),
        _ => {}
    }
}

/// What is answered may get further fields one day, and says `null` rather than nothing: a field that
/// may be absent is never null.
fn open(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(open),
        Value::Object(fields) => {
            if fields.get("additionalProperties") == Some(&Value::Bool(false)) {
                fields.remove("additionalProperties");
            }
            let properties = fields.get("properties").and_then(Value::as_object);
            let nullable = properties.into_iter().flatten();
            let nullable = nullable.filter(|(_, property)| may_be_null(property));
            let nullable: Vec<Value> = nullable.map(|(name, _)| name.as_str().into()).collect();
            if !nullable.is_empty() {
                let required = fields.entry("required").or_insert_with(|| json!([]));
                required.as_array_mut().into_iter().for_each(|required| {
                    required.extend(nullable.iter().cloned());
                });
            }
            fields.values_mut().for_each(open);
        }
        _ => {}
    }
}

/// What is said of a value that may be null is said of all of it, not of the other choice.
fn tell_of_the_whole(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(tell_of_the_whole),
        Value::Object(fields) => {
            fields.values_mut().for_each(tell_of_the_whole);
            let choices = fields.get_mut("oneOf").and_then(Value::as_array_mut);
            if let Some([Value::Object(named), null]) = choices.map(Vec::as_mut_slice)
                && null["type"] == "null"
                && let Some(said) = named.remove("description")
            {
                fields.insert("description".to_owned(), said);
            }
        }
        _ => {}
    }
}

/// What a client says on a `WebSocket` has no fields that are not known.
fn close(message: &mut Value) {
    let kinds = message["oneOf"].as_array_mut().into_iter().flatten();
    kinds.for_each(|kind| kind["additionalProperties"] = false.into());
}

fn may_be_null(property: &Value) -> bool {
    let is_null = |it: &Value| it == "null" || it["type"] == "null";
    ["type", "oneOf", "anyOf"].iter().any(|key| {
        let choices = property[key].as_array();
        choices.is_some_and(|choices| choices.iter().any(is_null))
    })
}

fn named(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix(SCHEMAS)
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{SCHEMAS}{name}") })
}
