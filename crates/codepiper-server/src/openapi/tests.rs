use std::collections::BTreeSet;
use std::path::Path;

use super::document;

/// The document that people and the dashboard read.
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

#[test]
fn the_kept_document_is_what_the_routes_say() {
    let mut said = serde_json::to_string_pretty(&document()).unwrap();
    said.push('\n');
    if std::env::var_os("CODEPIPER_BLESS").is_some() {
        std::fs::write(KEPT, &said).unwrap();
    }
    let kept = std::fs::read_to_string(Path::new(KEPT)).unwrap_or_default();
    let (mut kept, mut said) = (kept.lines(), said.lines());
    let first = std::iter::repeat_with(|| (kept.next(), said.next()))
        .take_while(|(kept, said)| kept.is_some() || said.is_some())
        .enumerate()
        .find(|(_, (kept, said))| kept != said);
    assert_eq!(
        first, None,
        "`docs/openapi.json` (left) is not what the routes say; `make api` writes it anew",
    );
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_what_it_is_for() {
    let document = document();
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "{at}: `{name}` is another one");
            let summary = operation["summary"].as_str().unwrap_or_default();
            assert!(summary.ends_with('.'), "{at}: {summary}");
            let parameters = operation["parameters"].as_array();
            let parameters = parameters.into_iter().flatten();
            let in_path = parameters.filter(|parameter| parameter["in"] == "path");
            let in_path =
                in_path.map(|parameter| format!("{{{}}}", parameter["name"].as_str().unwrap()));
            let wanted = path.split('/').filter(|part| part.starts_with('{'));
            assert!(in_path.eq(wanted), "{at}");
        }
    }
    assert!(names.len() > 60, "{names:?}");
}

#[test]
fn every_type_that_is_named_is_described() {
    let document = document();
    let text = document.to_string();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for rest in text.split("\"#/components/schemas/").skip(1) {
        let name = rest.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    for (name, schema) in schemas {
        assert!(schema["description"].is_string(), "{name}");
    }
}
