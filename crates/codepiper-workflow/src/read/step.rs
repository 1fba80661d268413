use serde_json::Value;

use super::kinds;
use crate::definition::{OnError, Retry, Step};
use crate::fields::{Fields, Part, nearest, parts};
use crate::limits;
use crate::problem::Problems;

/// The kinds of steps.
const KINDS: [&str; 9] = [
    "session", "send", "command", "approve", "if", "parallel", "foreach", "until", "log",
];

/// The steps of a list.
pub(super) fn list(fields: &Fields<'_>, name: &'static str, problems: &Problems) -> Vec<Step> {
    let Some(part) = fields.get(name) else {
        return Vec::new();
    };
    let Some(values) = part.value.as_array() else {
        fields.wrong::<()>(&part.path, "a list of steps");
        return Vec::new();
    };
    if values.is_empty() {
        problems.add(&part.path, format!("`{}` has no step", part.path));
    }
    let parts = parts(values, &part.path).into_iter();
    parts.filter_map(|part| step(&part, problems)).collect()
}

/// The steps of a list that has to be there.
pub(super) fn needed(fields: &Fields<'_>, name: &'static str, problems: &Problems) -> Vec<Step> {
    match fields.need(name) {
        Some(_) => list(fields, name, problems),
        None => Vec::new(),
    }
}

pub(super) fn step(part: &Part<'_>, problems: &Problems) -> Option<Step> {
    let fields = Fields::of(part.value, &part.path, problems)?;
    let name = fields.needed_text("name");
    if let Some(name) = &name
        && !limits::is_step_name(name)
    {
        let message = format!(
            "`{name}` cannot name a step: 1 to 64 characters, and none of `.` `[` `]` `{{` `}}` \
             `$` or quotes"
        );
        problems.add(&format!("{}.name", part.path), message);
    }
    let said = fields.needed_text("type")?;
    let Some(kind) = KINDS.iter().copied().find(|kind| *kind == said) else {
        let hint = nearest(&said, &KINDS).map_or_else(
            || {
                let known: Vec<String> = KINDS.iter().map(|kind| format!("`{kind}`")).collect();
                format!("; known are {}", known.join(", "))
            },
            |near| format!("; is it `{near}`?"),
        );
        let message = format!("there are no steps of type `{said}`{hint}");
        problems.add(&format!("{}.type", part.path), message);
        return None;
    };
    let read = kinds::kind(kind, &fields, problems);
    let timeout = limits::duration(&fields, "timeout");
    let retry = retry(&fields, kind, problems);
    let on_error = on_error(&fields, retry.is_some(), problems);
    fields.finish(&format!("a `{kind}` step"));
    Some(Step {
        name: name?,
        path: part.path.clone(),
        kind: read?,
        timeout,
        on_error,
        retry,
    })
}

fn on_error(fields: &Fields<'_>, retries: bool, problems: &Problems) -> OnError {
    let Some(part) = fields.get("on_error") else {
        return OnError::Fail;
    };
    match part.value {
        Value::Array(_) => OnError::Steps(list(fields, "on_error", problems)),
        Value::String(word) if word == "continue" => OnError::Continue,
        Value::String(word) if word == "fail" => OnError::Fail,
        Value::String(word) if word == "retry" => {
            if !retries {
                let message =
                    "`retry` says how often: it is missing, such as `retry: {max_attempts: 3}`";
                problems.add(&part.path, message);
            }
            OnError::Fail
        }
        _ => {
            fields.wrong::<()>(&part.path, "`fail`, `continue`, `retry` or a list of steps");
            OnError::Fail
        }
    }
}

fn retry(fields: &Fields<'_>, kind: &str, problems: &Problems) -> Option<Retry> {
    let may = matches!(kind, "session" | "send" | "command");
    if !may && !fields.has("retry") {
        return None;
    }
    let part = fields.get("retry")?;
    if !may {
        let message = format!(
            "a `{kind}` step is not tried again: `retry` stands in `session`, `send` and `command` \
             steps, `until` repeats others"
        );
        problems.add_at_key(&part.path, message);
    }
    let retry = Fields::of(part.value, &part.path, problems)?;
    retry.need("max_attempts");
    let max_attempts = retry.whole("max_attempts", 1, 100);
    let delay = limits::duration(&retry, "delay").unwrap_or(0);
    let backoff = match retry.get("backoff") {
        None => 1.0,
        Some(part) => match part.value.as_f64().filter(|by| (1.0..=10.0).contains(by)) {
            Some(by) => by,
            None => retry
                .wrong(&part.path, "a number from 1 to 10")
                .unwrap_or(1.0),
        },
    };
    retry.finish("`retry`");
    Some(Retry {
        max_attempts: u32::try_from(max_attempts?).ok()?,
        delay,
        backoff,
    })
}
