//! Durations, names and how much of each there may be.

use codepiper_model::BillingMode;
use serde_json::Value;

use crate::definition::InputKind;
use crate::fields::Fields;
use crate::template::Template;

/// The most steps of a workflow.
pub(crate) const STEPS_MAX: usize = 500;
/// The most items of a loop.
pub(crate) const ITEMS_MAX: usize = 1000;
/// The most steps of an execution, each round of a loop counted.
pub(crate) const NODES_MAX: usize = 5000;
/// The longest time that may be asked for, in milliseconds: thirty days.
const DURATION_MAX: u64 = 30 * 24 * 3_600_000;

/// Words that name something else than an input.
const TAKEN: [&str; 6] = ["steps", "item", "index", "inputs", "error", "execution"];

/// A time in milliseconds: a number of them, or a text such as `30s`, `5m`, `2h`.
pub(crate) fn duration(fields: &Fields<'_>, name: &'static str) -> Option<u64> {
    let part = fields.get(name)?;
    let read = match part.value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => read_duration(text),
        _ => None,
    };
    match read {
        Some(millis) if millis <= DURATION_MAX => Some(millis),
        _ => fields.wrong(
            &part.path,
            "a time of at most 30 days: milliseconds, or a text such as `30s`, `5m` or `2h`",
        ),
    }
}

/// Who pays for an agent; what is filled in is looked at when it starts.
pub(crate) fn billing_mode(fields: &Fields<'_>) -> Option<Template> {
    let mode = fields.template("billing_mode")?;
    match mode.as_plain() {
        Some(word) if read_billing_mode(word).is_none() => {
            fields.wrong(mode.path(), "`subscription` or `api`")
        }
        _ => Some(mode),
    }
}

pub(crate) fn read_billing_mode(word: &str) -> Option<BillingMode> {
    let modes = [BillingMode::Subscription, BillingMode::Api];
    modes.into_iter().find(|mode| mode.as_str() == word)
}

fn read_duration(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..end].parse().ok()?;
    let unit = match text[end..].trim() {
        "ms" => 1,
        "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(unit)
}

/// Whether a word can name an input.
pub(crate) fn is_variable(name: &str) -> bool {
    let is_word = !name.is_empty()
        && name.len() <= 64
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_word && !TAKEN.contains(&name)
}

/// Whether a word can name a variable of a process.
pub(crate) fn is_env_name(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a text can name a step: it is part of references and of logs.
pub(crate) fn is_step_name(name: &str) -> bool {
    let is_kept_out = |c: char| c.is_control() || ".[]{}$`\"".contains(c);
    !name.trim().is_empty()
        && name.trim() == name
        && name.chars().count() <= 64
        && !name.contains(is_kept_out)
}

impl InputKind {
    /// What such a value is to be.
    pub fn wanted(self) -> &'static str {
        match self {
            Self::String => "a text",
            Self::Number => "a number",
            Self::Boolean => "`true` or `false`",
            Self::List => "a list",
        }
    }

    /// A value as this kind; texts from a command line are read.
    pub fn take(self, value: Value) -> Option<Value> {
        match (self, value) {
            (Self::String, Value::String(text)) => Some(Value::String(text)),
            (Self::String, Value::Number(number)) => Some(Value::String(number.to_string())),
            (Self::String, Value::Bool(is)) => Some(Value::String(is.to_string())),
            (Self::Number, Value::String(text)) => {
                let read: Value = serde_json::from_str(text.trim()).ok()?;
                read.is_number().then_some(read)
            }
            (Self::Boolean, Value::String(text)) => {
                Some(Value::Bool(text.trim().parse::<bool>().ok()?))
            }
            (Self::List, Value::String(text)) => Some(Value::Array(items(&text))),
            (Self::Number, value) if value.is_number() => Some(value),
            (Self::Boolean, value) if value.is_boolean() => Some(value),
            (Self::List, value) if value.is_array() => Some(value),
            _ => None,
        }
    }
}

/// A list as a text: JSON, or texts with commas between them.
pub(crate) fn items(text: &str) -> Vec<Value> {
    if let Ok(Value::Array(items)) = serde_json::from_str(text) {
        return items;
    }
    let texts = text.split(',').map(str::trim);
    let texts = texts.filter(|text| !text.is_empty());
    texts.map(|text| Value::String(text.to_owned())).collect()
}
