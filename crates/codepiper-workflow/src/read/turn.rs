use std::collections::BTreeMap;

use serde_json::Value;

use crate::definition::{Turn, Wait};
use crate::extract::Extract;
use crate::fields::{Fields, Part, parts};
use crate::leaves;
use crate::limits;
use crate::problem::Problems;

/// The prompt of a step, what it waits for and what it takes from the answer.
pub(super) fn turn(fields: &Fields<'_>, problems: &Problems) -> Option<Turn> {
    let prompt = fields.needed_template("prompt");
    let wait = wait(fields, problems);
    let extract = extracts(fields, false, problems);
    let wait = wait?;
    if !wait.turn
        && wait.events.is_empty()
        && let Some(part) = fields.get("extract")
    {
        let message = "there is no answer to take anything from: `wait` does not wait for the turn";
        problems.add_at_key(&part.path, message);
    }
    Some(Turn {
        prompt: prompt?,
        wait,
        extract,
    })
}

/// Without a prompt there is nothing to wait for.
pub(super) fn none(fields: &Fields<'_>, problems: &Problems) {
    for name in ["wait", "extract"] {
        if let Some(part) = fields.get(name) {
            let message = format!("`{name}` needs a `prompt`");
            problems.add_at_key(&part.path, message);
        }
    }
}

fn wait(fields: &Fields<'_>, problems: &Problems) -> Option<Wait> {
    let Some(part) = fields.get("wait") else {
        return Some(Wait {
            turn: true,
            ..Wait::default()
        });
    };
    let mut wait = Wait::default();
    let conditions = match part.value {
        Value::Array(values) => parts(values, &part.path),
        Value::Object(_) => vec![part],
        Value::String(word) => {
            // `wait: stop`
            add(&mut wait, word, &part.path, None, problems)?;
            if word == "timeout" {
                problems.add(&part.path, "`timeout` is missing: how long is waited");
            }
            return Some(wait);
        }
        _ => return fields.wrong(&part.path, "a list of what is waited for"),
    };
    for part in conditions {
        let condition = Fields::of(part.value, &part.path, problems)?;
        let kind = condition.needed_text("type");
        let event = condition.fixed_text("event_type");
        if kind.as_deref() == Some("timeout") {
            condition.need("timeout");
        } else if kind.as_deref() != Some("event")
            && let Some(part) = condition.get("event_type")
        {
            problems.add_at_key(&part.path, "`event_type` belongs to waits of type `event`");
        }
        if let Some(timeout) = limits::duration(&condition, "timeout") {
            wait.timeout = Some(wait.timeout.map_or(timeout, |least| least.min(timeout)));
        }
        condition.finish("a condition to wait for");
        let path = format!("{}.type", part.path);
        add(&mut wait, &kind?, &path, event, problems)?;
    }
    // A time alone bounds the wait for the turn.
    if wait.timeout.is_some() && !wait.turn && !wait.permission && wait.events.is_empty() {
        wait.turn = true;
    }
    Some(wait)
}

fn add(
    wait: &mut Wait,
    kind: &str,
    path: &str,
    event: Option<String>,
    problems: &Problems,
) -> Option<()> {
    match kind {
        "stop" | "idle_prompt" => wait.turn = true,
        "permission_prompt" => wait.permission = true,
        "timeout" => {}
        "event" => {
            let Some(event) = event else {
                problems.add(path, "`event_type` is missing: which event is waited for");
                return None;
            };
            wait.events.push(event);
        }
        other => {
            let message = format!(
                "`{other}` cannot be waited for; known are `stop`, `idle_prompt`, \
                 `permission_prompt`, `event`, `timeout`"
            );
            problems.add(path, message);
            return None;
        }
    }
    Some(())
}

/// What is taken from an answer: an object of names, or a list of objects that have one.
pub(super) fn extracts(
    fields: &Fields<'_>,
    is_command: bool,
    problems: &Problems,
) -> BTreeMap<String, Extract> {
    let mut extracts = BTreeMap::new();
    let Some(part) = fields.get("extract") else {
        return extracts;
    };
    let mut named: Vec<(Option<String>, Part<'_>)> = Vec::new();
    if let Value::Array(values) = part.value {
        named.extend(
            parts(values, &part.path)
                .into_iter()
                .map(|part| (None, part)),
        );
    } else {
        let entries = fields.map("extract").into_iter();
        named.extend(entries.map(|(name, part)| (Some(name), part)));
    }
    for (name, part) in named {
        let Some(one) = Fields::of(part.value, &part.path, problems) else {
            continue;
        };
        let name = name.or_else(|| one.needed_text("name"));
        let extract = extract(&one, problems);
        one.finish("an extraction");
        let (Some(name), Some(extract)) = (name, extract) else {
            continue;
        };
        if name.contains(['.', '[', ']', '{', '}', '$']) || name.is_empty() {
            problems.add_at_key(&part.path, format!("`{name}` cannot name a result"));
        } else if leaves::taken(is_command).contains(&name.as_str()) {
            let message =
                format!("`{name}` is a result that the step has anyway: take another name");
            problems.add_at_key(&part.path, message);
        } else if extracts.insert(name.clone(), extract).is_some() {
            problems.add_at_key(&part.path, format!("`{name}` is extracted twice"));
        }
    }
    extracts
}

fn extract(fields: &Fields<'_>, problems: &Problems) -> Option<Extract> {
    let kind = fields.needed_text("type")?;
    let (path, read) = match kind.as_str() {
        "regex" => {
            let part = fields.need("pattern")?;
            (part.path, Extract::regex(&fields.text("pattern")?))
        }
        "jsonpath" => {
            let part = fields.need("path")?;
            (part.path, Extract::json_path(&fields.text("path")?))
        }
        "json" => {
            let schema = fields.get("schema");
            let path = schema
                .as_ref()
                .map_or_else(String::new, |part| part.path.clone());
            (path, Extract::json(schema.map(|part| part.value.clone())))
        }
        "file" => {
            let part = fields.need("path")?;
            (part.path, file(&fields.fixed_text("path")?))
        }
        "reply" => return Some(Extract::Reply),
        "diff_stat" => return Some(Extract::DiffStat),
        "cost" => return Some(Extract::Cost),
        other => {
            // Nobody knows what else belongs to it.
            for name in ["pattern", "path", "schema"] {
                fields.get(name);
            }
            let message = format!(
                "nothing is extracted by `{other}`; known are `regex`, `jsonpath`, `json`, \
                 `reply`, `file`, `diff_stat`, `cost`"
            );
            (format!("{}.type", fields.path()), Err(message))
        }
    };
    read.map_err(|why| problems.add(&path, why)).ok()
}

fn file(path: &str) -> Result<Extract, String> {
    let is_inside = !path.starts_with('/') && !path.split('/').any(|part| part == "..");
    if !is_inside || path.is_empty() {
        return Err(format!("`{path}` is not a file in the session's directory"));
    }
    Ok(Extract::File(path.to_owned()))
}
