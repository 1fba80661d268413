use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    name: Option<String>,
    #[serde(default)]
    count: u16,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default)]
    metadata: Map<String, Value>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    action: Action,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Allow,
    Deny,
}

fn read(json: &str) -> Result<Request, Misfit> {
    Tree::from_json(json.as_bytes()).and_then(Tree::read)
}

#[track_caller]
fn refused(json: &str, field: &str, message: &str) {
    let (field, message) = (Some(field.to_owned()), message.to_owned());
    assert_eq!(read(json).unwrap_err(), Misfit { field, message });
}

#[test]
fn what_fits_is_read_as_serde_json_reads_it() {
    let json = r#"{"name":"a","count":7,"env":{"A":"1"},"rules":[{"action":"deny"}],
        "metadata":{"n":null,"i":-1,"u":18446744073709551615,"f":1.5,"l":[true,{"t":"x"}]}}"#;
    let expected: Request = serde_json::from_str(json).unwrap();
    assert_eq!(read(json).unwrap(), expected);
    assert_eq!(expected.metadata["u"], json!(u64::MAX));
}

#[test]
fn the_part_that_does_not_fit_is_named() {
    refused(
        r#"{"rules":[{"action":"deny"},{"action":"maybe"}]}"#,
        "rules[1].action",
        "`rules[1].action` is `maybe`; it has to be one of `allow`, `deny`",
    );
    refused(
        r#"{"rules":[{"action":"deny","Reason":"x"}]}"#,
        "rules[0].Reason",
        "`rules[0].Reason` is not known here; known are `action`",
    );
    refused(
        r#"{"rules":[{}]}"#,
        "rules[0].action",
        "`rules[0].action` is missing",
    );
    refused(
        r#"{"rules":[["deny"]]}"#,
        "rules[0]",
        "`rules[0]` is a list; it has to be an object",
    );
}

#[test]
fn equal_keys_are_refused_wherever_they_are() {
    refused(
        r#"{"count":1,"count":2}"#,
        "count",
        "`count` is there twice",
    );
    refused(
        r#"{"env":{"A":"1","A":"2"}}"#,
        "env.A",
        "`env.A` is there twice",
    );
    refused(
        r#"{"metadata":{"a":[{"b":1,"b":1}]}}"#,
        "metadata.a[0].b",
        "`metadata.a[0].b` is there twice",
    );
}

#[test]
fn numbers_say_why_they_do_not_fit() {
    let wanted = "it has to be a whole number, 0 or more";
    for (number, found) in [
        ("-1", "below zero"),
        ("65536", "too large"),
        ("1e30", "too large"),
        ("1.5", "a number with a fraction"),
        ("\"1\"", "a text"),
        ("null", "`null`"),
        ("true", "`true`"),
    ] {
        let message = format!("`count` is {found}; {wanted}");
        refused(&format!("{{\"count\":{number}}}"), "count", &message);
    }
}

#[test]
fn values_are_not_repeated() {
    for json in [
        r#"{"env":"secret"}"#,
        r#"{"env":{"A":["secret"]}}"#,
        r#"{"env":{"A":{"secret":"secret"}}}"#,
        r#"{"rules":"secret"}"#,
    ] {
        let message = read(json).unwrap_err().message;
        assert!(!message.contains("secret"), "{message}");
    }
}

#[test]
fn parameters_are_words_that_may_be_numbers() {
    let params = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().map(|&(k, v)| (k.to_owned(), v.to_owned()));
        Tree::from_params(pairs.collect()).read::<Request>()
    };
    let read = params(&[("name", "12"), ("count", "12")]).unwrap();
    assert_eq!((read.name.as_deref(), read.count), (Some("12"), 12));
    for (value, found) in [
        ("", "empty"),
        ("ten", "a text"),
        ("-1", "below zero"),
        ("99999999999999999999999999999999999999999999", "too large"),
    ] {
        let message = params(&[("count", value)]).unwrap_err().message;
        assert_eq!(
            message,
            format!("`count` is {found}; it has to be a whole number, 0 or more")
        );
    }
    let twice = params(&[("count", "1"), ("count", "1")]).unwrap_err();
    assert_eq!(twice.message, "`count` is there twice");
}
