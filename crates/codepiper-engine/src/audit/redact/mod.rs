//! Taking secrets out of what is kept.

mod extent;
mod forms;
mod names;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use serde_json::{Map, Value};

use names::{is_login_flag, is_telling, is_telling_flag};

/// What stands in the place of a secret.
const MASK: &str = "[redacted]";

/// The shortest value of a variable that is looked for: shorter ones are everywhere.
const SECRET_MIN: usize = 8;

/// The same for one that a person keeps as a secret.
const TOLD_MIN: usize = 4;

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

/// Takes the secrets of one session out of what is kept of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redactor {
    /// Longest first, so that no secret is cut by one inside it.
    values: Vec<String>,
}

impl Redactor {
    /// Knows the secrets in the environment of a session; those of these `names` are told to be some.
    pub(crate) fn new(
        environment: &BTreeMap<OsString, OsString>,
        names: &BTreeSet<String>,
    ) -> Self {
        let is_told = |name: &str, value: &str| names.contains(name) && value.len() >= TOLD_MIN;
        let mut values: Vec<String> = environment
            .iter()
            .filter_map(|(name, value)| Some((name.to_str()?, value.to_str()?)))
            .filter(|(name, value)| is_told(name, value) || is_secret(name, value))
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
            Value::Array(items) => self.clean_list(items),
            Value::Object(object) => self.clean_object(object),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A list may be the arguments of a program: a flag tells what the text behind it is.
    fn clean_list(&self, items: &mut [Value]) {
        let mut flag = String::new();
        for item in items {
            let next = item.as_str().filter(|text| text.starts_with('-'));
            let next = next.unwrap_or_default().to_owned();
            if is_telling_flag(&flag) && !next.starts_with("--") {
                self.hide(item);
            } else {
                self.clean(item);
                if let Value::String(text) = item
                    && is_login_flag(&flag)
                    && let Some(password) = forms::password(text)
                {
                    let name = text.len() - password.len();
                    text.replace_range(name.., MASK);
                }
            }
            flag = next;
        }
    }

    fn clean_object(&self, object: &mut Map<String, Value>) {
        // As headers and variables are often listed: `{"name": "Cookie", "value": "…"}`.
        let is_named = |key: &str| ["name", "key", "header"].contains(&key);
        let is_secret = object
            .iter()
            .any(|(key, item)| is_named(key) && item.as_str().is_some_and(is_telling));
        for (key, item) in object.iter_mut() {
            if is_telling(key) || is_secret && key == "value" {
                self.hide(item);
            } else {
                self.clean(item);
            }
        }
        if object.keys().any(|key| self.cleaned(key).is_some()) {
            let pairs = std::mem::take(object).into_iter();
            *object = pairs
                .map(|(key, item)| (self.redact_text(&key), item))
                .collect();
        }
    }

    /// Masks what a name tells to be a secret. What has names of its own goes by these.
    fn hide(&self, value: &mut Value) {
        match value {
            Value::String(text) if text.is_empty() => {}
            Value::String(_) | Value::Number(_) => *value = MASK.into(),
            Value::Array(items) => items.iter_mut().for_each(|item| self.hide(item)),
            Value::Object(object) => self.clean_object(object),
            Value::Null | Value::Bool(_) => {}
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
        forms::mask(&clean).or(match clean {
            Cow::Borrowed(_) => None,
            Cow::Owned(clean) => Some(clean),
        })
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
    fn a_key_tells_that_its_value_is_a_secret() {
        let redactor = Redactor::default();
        let mut value = json!({
            "headers": { "Authorization": "Bearer X", "Set-Cookie": ["a=b", "c=d"] },
            "password": "X", "api_key": "X", "cookie": "X", "accessKey": 7, "PIN-TOKEN": "",
            "secret": { "name": "db", "password": "X" }, "private_key": null, "token": true,
            "env": [{ "name": "DB_PASSWORD", "value": "X" }, { "name": "PORT", "value": "80" }],
            "max_tokens": 5, "tokens": "a b", "token_count": 7, "authority": "X",
        });
        value = redactor.redact(&value);
        let clean = json!({
            "headers": { "Authorization": MASK, "Set-Cookie": [MASK, MASK] },
            "password": MASK, "api_key": MASK, "cookie": MASK, "accessKey": MASK, "PIN-TOKEN": "",
            "secret": { "name": "db", "password": MASK }, "private_key": null, "token": true,
            "env": [{ "name": "DB_PASSWORD", "value": MASK }, { "name": "PORT", "value": "80" }],
            "max_tokens": 5, "tokens": "a b", "token_count": 7, "authority": "X",
        });
        assert_eq!(value, clean);
        assert_eq!(redactor.redact(&clean), clean);
    }

    #[test]
    fn a_flag_tells_that_the_next_text_is_a_secret() {
        let redactor = Redactor::default();
        for (list, clean) in [
            (
                json!(["--password", "X", "--api-key", 7, "y"]),
                json!(["--password", MASK, "--api-key", MASK, "y"]),
            ),
            (
                json!(["--password", "--token", "X"]),
                json!(["--password", "--token", MASK]),
            ),
            (
                json!(["curl", "-u", "me:X", "-H", "Authorization: Basic X"]),
                json!([
                    "curl",
                    "-u",
                    "me:[redacted]",
                    "-H",
                    "Authorization: Basic [redacted]"
                ]),
            ),
            (
                json!(["-p", "x", "--max-tokens", "5", "password", "y"]),
                json!(["-p", "x", "--max-tokens", "5", "password", "y"]),
            ),
            (
                json!(["docker", "run", "-u", "1000:1000", "--no-password", "db"]),
                json!(["docker", "run", "-u", "1000:1000", "--no-password", "db"]),
            ),
        ] {
            assert_eq!(redactor.redact(&list), clean);
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
        let redactor = Redactor::new(
            &environment.map(|(k, v)| (k.into(), v.into())).into(),
            &BTreeSet::new(),
        );
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
