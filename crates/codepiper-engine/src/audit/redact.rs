//! Taking secrets out of what is kept.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::LazyLock;

use regex::{Captures, Regex, RegexSet};
use serde_json::Value;

/// What stands in the place of a secret.
const MASK: &str = "[redacted]";

/// The shortest value of a variable that is looked for: shorter ones are everywhere.
const SECRET_MIN: usize = 8;

/// Variables that are no secrets, whatever their values are.
const PUBLIC: [&str; 16] = [
    "CODEPIPER_SESSION",
    "CODEPIPER_UNIX_SOCK",
    "COLORTERM",
    "EDITOR",
    "HOME",
    "LANG",
    "LOGNAME",
    "PATH",
    "PWD",
    "SHELL",
    "TERM",
    "TMPDIR",
    "TMUX",
    "TZ",
    "USER",
    "VISUAL",
];

/// Secrets that show by their form: keys of the model providers and of common services, PEM
/// blocks, and what follows `Authorization:`, `password=` and the like.
const FORMS: [&str; 13] = [
    r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)",
    r"\b(?:sk|rk|pk)-[A-Za-z0-9_-]{16,}",
    r"\bgh[pousr]_[A-Za-z0-9]{20,}",
    r"\bgithub_pat_[A-Za-z0-9_]{20,}",
    r"\bglpat-[A-Za-z0-9_-]{16,}",
    r"\bxox[abeprs]-[A-Za-z0-9-]{10,}",
    r"\bnpm_[A-Za-z0-9]{30,}",
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    r"\bAIza[A-Za-z0-9_-]{30,}",
    r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}",
    r#"(?i)(authorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|token)\s+)?)[^\s"',;]+"#,
    r#"(?i)((?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|access[_-]?key)["']?\s*[:=]\s*["']?)[^\s"'&,;]+"#,
    r"([a-z][a-z0-9+.-]*://[^/\s:@]*:)[^/\s@]+@",
];

/// Each form, and all of them at once: most texts hold none.
static BY_FORM: LazyLock<(RegexSet, Vec<Regex>)> = LazyLock::new(|| {
    let each = FORMS.iter().filter_map(|form| Regex::new(form).ok());
    (RegexSet::new(FORMS).unwrap_or_default(), each.collect())
});

/// Takes the secrets of one session out of what is kept of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redactor {
    /// Longest first, so that no secret is cut by one inside it.
    values: Vec<String>,
}

impl Redactor {
    /// Knows the secrets in the environment of a session.
    pub(crate) fn new(environment: &BTreeMap<OsString, OsString>) -> Self {
        let mut values: Vec<String> = environment
            .iter()
            .filter_map(|(name, value)| Some((name.to_str()?, value.to_str()?)))
            .filter(|(name, value)| is_secret(name, value))
            .map(|(_, value)| value.to_owned())
            .collect();
        values.sort_unstable_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        Self { values }
    }

    /// The value without secrets.
    pub(crate) fn redact(&self, value: &Value) -> Value {
        // Most values hold none: a copy that stays as it is costs least.
        let mut clean = value.clone();
        self.clean(&mut clean);
        clean
    }

    /// The text without secrets.
    pub(crate) fn redact_text(&self, text: &str) -> String {
        self.cleaned(text).unwrap_or_else(|| text.to_owned())
    }

    fn clean(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(clean) = self.cleaned(text) {
                    *text = clean;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.clean(item)),
            Value::Object(object) => {
                object.values_mut().for_each(|item| self.clean(item));
                if object.keys().any(|key| self.cleaned(key).is_some()) {
                    let pairs = std::mem::take(object).into_iter();
                    *object = pairs
                        .map(|(key, item)| (self.redact_text(&key), item))
                        .collect();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The text without secrets; none where it holds none.
    fn cleaned(&self, text: &str) -> Option<String> {
        let mut clean = Cow::Borrowed(text);
        for value in &self.values {
            if clean.contains(value.as_str()) {
                clean = clean.replace(value.as_str(), MASK).into();
            }
        }
        let (any, each) = &*BY_FORM;
        if any.is_match(&clean) {
            for form in each {
                let masked = form.replace_all(&clean, |found: &Captures<'_>| {
                    let kept = found.get(1).map_or("", |kept| kept.as_str());
                    let at = if found[0].ends_with('@') { "@" } else { "" };
                    format!("{kept}{MASK}{at}")
                });
                clean = masked.into_owned().into();
            }
        }
        match clean {
            Cow::Borrowed(_) => None,
            Cow::Owned(clean) => Some(clean),
        }
    }
}

/// Whether the value of a variable has to be kept out of sight. A place or an address is not,
/// unless its name says that it is.
fn is_secret(name: &str, value: &str) -> bool {
    const TELLING: [&str; 7] = [
        "KEY",
        "TOKEN",
        "SECRET",
        "PASS",
        "AUTH",
        "CREDENTIAL",
        "COOKIE",
    ];
    let name = name.to_ascii_uppercase();
    let is_public = PUBLIC.contains(&name.as_str())
        || ["LC_", "XDG_", "TMUX"]
            .iter()
            .any(|prefix| name.starts_with(prefix));
    if is_public || value.len() < SECRET_MIN {
        return false;
    }
    let is_place = value.starts_with('/') || value.starts_with("http") && !value.contains('@');
    TELLING.iter().any(|word| name.contains(word)) && name != "SSH_AUTH_SOCK" || !is_place
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_found_by_their_form() {
        let redactor = Redactor::default();
        for (text, clean) in [
            (
                "curl -H 'Authorization: Bearer abc.def'",
                "curl -H 'Authorization: Bearer [redacted]'",
            ),
            ("x sk-ant-api03-abcdefghijklmnop y", "x [redacted] y"),
            (
                "mysql --password=hunter2 db",
                "mysql --password=[redacted] db",
            ),
            ("DB_PASSWORD='hunter2' ./x", "DB_PASSWORD='[redacted]' ./x"),
            (r#"{"api_key": "abc123"}"#, r#"{"api_key": "[redacted]"}"#),
            (
                "git clone https://me:hunter2@host/x",
                "git clone https://me:[redacted]@host/x",
            ),
            ("ghp_0123456789abcdefghij0123", "[redacted]"),
            (
                "a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb",
                "a\n[redacted]\nb",
            ),
            ("-----BEGIN PRIVATE KEY-----\ncut off", "[redacted]"),
            (
                "git commit -m 'the password is asked'",
                "git commit -m 'the password is asked'",
            ),
            ("ls -la /srv/tokens", "ls -la /srv/tokens"),
        ] {
            assert_eq!(redactor.redact_text(text), clean);
        }
    }

    #[test]
    fn the_sessions_own_secrets_are_found_wherever_they_stand() {
        let environment = [
            ("MY_TOKEN", "correct-horse"),
            ("GREETING", "hello-there"),
            ("SHORT_KEY", "abc"),
            ("PROJECT", "/srv/project"),
            ("ANTHROPIC_BASE_URL", "http://127.0.0.1:18080"),
            ("HOME", "/home/somebody"),
            ("LANG", "en_US.UTF-8"),
        ];
        let redactor = Redactor::new(&environment.map(|(k, v)| (k.into(), v.into())).into());
        let value = json!({
            "command": "echo correct-horse > /srv/project/hello-there",
            "x": [{ "correct-horse": 7 }, "/home/somebody abc http://127.0.0.1:18080"],
        });
        assert_eq!(
            redactor.redact(&value),
            json!({
                "command": "echo [redacted] > /srv/project/[redacted]",
                "x": [{ "[redacted]": 7 }, "/home/somebody abc http://127.0.0.1:18080"],
            })
        );
    }
}
