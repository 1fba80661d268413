//! The schema for editors says what the reader says.

use std::collections::BTreeSet;

use codepiper_model::yaml::Yaml;
use codepiper_workflow::{SCHEMA, Source, templates};
use serde_json::{Value, json};

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

/// What the schema has against a definition.
pub(crate) fn against(text: &str) -> Vec<String> {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let definition = Yaml::parse(text).unwrap();
    let errors = validator.iter_errors(definition.value());
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn it_takes_what_the_reader_takes() {
    jsonschema::meta::validate(&schema()).unwrap();
    for ready in templates() {
        assert_eq!(against(ready.text), [""; 0], "{}", ready.name);
    }
    let folder = format!("{}/tests/cases/existing", env!("CARGO_MANIFEST_DIR"));
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(against(&text), [""; 0], "{}", path.display());
    }
}

#[test]
fn it_refuses_what_the_reader_refuses_for_its_form() {
    let cases = Yaml::parse(include_str!("../cases/invalid.yaml")).unwrap();
    let missed: Vec<&str> = cases
        .value()
        .as_array()
        .unwrap()
        .iter()
        .filter(|case| {
            let says = case["says"].as_str().unwrap();
            let is_of_form = [
                "is missing",
                "is to be",
                "has no field",
                "has no step",
                "one of",
            ];
            let text = case["text"].as_str().unwrap();
            let is_of_form = is_of_form.iter().any(|form| says.contains(form));
            is_of_form && Yaml::parse(text).is_ok() && against(text).is_empty()
        })
        .filter_map(|case| case["name"].as_str())
        .collect();
    // What one field says of another, and what stands within an expression.
    assert_eq!(
        missed,
        [
            "a default of another type",
            "an error policy without what it needs",
            "a session without a place",
            "a parenthesis that is not closed",
        ]
    );
}

/// The fields that the reader knows in an object, by what it says of one that it does not know.
fn read_by(definition: &Value) -> BTreeSet<String> {
    let problems = Source::value(definition.clone()).read().unwrap_err();
    let told = problems.iter().find_map(|problem| {
        let (_, known) = problem
            .message
            .split_once("has no field `qqqqqqqqqqqqqqqq`; it has ")?;
        Some(
            known
                .split(", ")
                .map(|name| name.trim_matches('`').to_owned())
                .collect(),
        )
    });
    told.unwrap_or_else(|| panic!("{problems:#?}"))
}

fn known_by(part: &Value) -> BTreeSet<String> {
    part["properties"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap().to_owned();
    for word in words {
        camel += &word[..1].to_uppercase();
        camel += &word[1..];
    }
    camel
}

#[test]
fn it_knows_every_field_in_both_spellings() {
    let schema = schema();
    let step = |step: Value| json!({ "name": "x", "cwd": "/", "steps": [step] });
    let unknown = "qqqqqqqqqqqqqqqq";
    let mut asked = vec![
        (json!({ unknown: 1 }), &schema),
        (
            json!({ "inputs": { "n": { unknown: 1 } } }),
            &schema["$defs"]["input"],
        ),
        (
            step(json!({ "name": "a", "type": "command", "retry": { unknown: 1 } })),
            &schema["$defs"]["retry"],
        ),
        (
            step(json!({ "name": "a", "type": "send", "prompt": "p", "wait": [{ unknown: 1 }] })),
            &schema["$defs"]["wait_condition"],
        ),
    ];
    for kind in schema["$defs"]["step"]["oneOf"].as_array().unwrap() {
        let kind = kind["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        let mut one = json!({ "name": "a", "type": kind, unknown: 1 });
        if kind == "session" {
            // Only then the reader looks for what it waits for.
            one["prompt"] = json!("p");
        }
        asked.push((step(one), &schema["$defs"][kind]));
    }
    for extract in schema["$defs"]["extract"]["oneOf"].as_array().unwrap() {
        let kind = &extract["properties"]["type"]["const"];
        let mut one = json!({ "type": kind, unknown: 1 });
        for need in extract["required"].as_array().unwrap() {
            let need = need.as_str().unwrap();
            if need != "type" {
                one[need] = json!("x");
            }
        }
        let command = json!({ "name": "a", "type": "command", "run": "x", "extract": [one] });
        asked.push((step(command), extract));
    }
    for (definition, part) in asked {
        let read = read_by(&definition);
        let camel = read.iter().map(|name| camel_case(name));
        let both: BTreeSet<String> = read.iter().cloned().chain(camel).collect();
        assert_eq!(known_by(part), both, "{definition}");
    }
}
