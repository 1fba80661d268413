//! The hooks that the settings name, in the format of Claude Code. What this agent does not know in
//! it is skipped, so that one file does for both.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

/// Which command runs on which event.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    handlers: Vec<Handler>,
}

/// A command for an event.
#[derive(Debug)]
pub(crate) struct Handler {
    event: String,
    /// The tools (or sources, or reasons) that it is for; none means all.
    names: Option<Vec<String>>,
    command: String,
    /// Without them the command is the shell's to read.
    args: Option<Vec<String>>,
    timeout: Option<Duration>,
}

/// Why there are no hooks although a file was named.
#[derive(Debug)]
pub(crate) enum SettingsError {
    Unreadable(PathBuf, io::Error),
    NotJson(PathBuf, serde_json::Error),
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, error): (_, &dyn fmt::Display) = match self {
            Self::Unreadable(path, error) => (path, error),
            Self::NotJson(path, error) => (path, error),
        };
        let path = path.display();
        write!(
            f,
            "The settings {path} cannot be read, no hooks run: {error}"
        )
    }
}

impl Hooks {
    pub(crate) fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read(path)
            .map_err(|error| SettingsError::Unreadable(path.to_owned(), error))?;
        let settings = serde_json::from_slice(&text)
            .map_err(|error| SettingsError::NotJson(path.to_owned(), error))?;
        Ok(Self::parse(&settings))
    }

    fn parse(settings: &Value) -> Self {
        let mut handlers = Vec::new();
        for (event, groups) in settings["hooks"].as_object().into_iter().flatten() {
            for group in items(groups) {
                let names = group["matcher"].as_str().and_then(names);
                let read = |hook| Handler::parse(event, names.as_deref(), hook);
                handlers.extend(items(&group["hooks"]).filter_map(read));
            }
        }
        Self { handlers }
    }

    /// The commands for an event that is about this tool, source or reason.
    pub(crate) fn on(&self, event: &str, subject: &str) -> impl Iterator<Item = &Handler> {
        self.handlers
            .iter()
            .filter(move |handler| handler.event == event && handler.is_for(subject))
    }
}

impl Handler {
    fn parse(event: &str, names: Option<&[String]>, hook: &Value) -> Option<Self> {
        if hook["type"] != "command" {
            return None;
        }
        let words = |args: &Vec<Value>| {
            let args = args.iter().filter_map(Value::as_str);
            args.map(str::to_owned).collect()
        };
        let seconds = hook["timeout"].as_f64();
        Some(Self {
            event: event.to_owned(),
            names: names.map(<[String]>::to_vec),
            command: hook["command"].as_str()?.to_owned(),
            args: hook["args"].as_array().map(words),
            timeout: seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        })
    }

    fn is_for(&self, subject: &str) -> bool {
        let names = self.names.as_deref();
        names.is_none_or(|names| names.iter().any(|name| name == subject))
    }

    /// The process to start, its input and output not yet decided.
    pub(crate) fn command(&self) -> Command {
        let shell = ["-c".to_owned(), self.command.clone()];
        let direct = self.args.as_deref();
        let (program, args) = direct.map_or(("/bin/sh", &shell[..]), |args| (&*self.command, args));
        let mut command = Command::new(program);
        command.args(args);
        command
    }

    /// How long it may take. The defaults are Claude's.
    pub(crate) fn timeout(&self) -> Duration {
        let usual = match self.event.as_str() {
            "UserPromptSubmit" => Duration::from_secs(30),
            "SessionEnd" => Duration::from_millis(1500),
            _ => Duration::from_mins(10),
        };
        self.timeout.unwrap_or(usual)
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// `Bash|Write`. Nothing and `*` mean every one.
fn names(matcher: &str) -> Option<Vec<String>> {
    let names = || matcher.split('|').map(|name| name.trim().to_owned());
    (!matches!(matcher.trim(), "" | "*")).then(|| names().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn group(matcher: &Value, command: &str) -> Value {
        json!({"matcher": matcher, "hooks": [{"type": "command", "command": command}]})
    }

    #[test]
    fn a_matcher_names_tools_or_none() {
        let hooks = Hooks::parse(&json!({"theme": "dark", "hooks": {"PreToolUse": [
            group(&json!("Bash|Write"), "named"),
            group(&json!("*"), "star"),
            group(&json!(""), "empty"),
            group(&Value::Null, "absent"),
            group(&json!("Bas"), "another"),
        ]}}));
        let on = |event, tool| -> Vec<_> {
            let on = hooks.on(event, tool);
            on.map(|handler| handler.command.as_str()).collect()
        };
        assert_eq!(
            on("PreToolUse", "Write"),
            ["named", "star", "empty", "absent"]
        );
        assert_eq!(on("PreToolUse", "Read"), ["star", "empty", "absent"]);
        assert!(on("PostToolUse", "Write").is_empty());
    }

    #[test]
    fn what_is_no_command_is_skipped() {
        for settings in [
            json!(7),
            json!({"hooks": []}),
            json!({"hooks": {"Stop": {"hooks": 1}}}),
            json!({"hooks": {"Stop": [1, {"hooks": [{"type": "http", "url": "x"}]}]}}),
            json!({"hooks": {"Stop": [{"hooks": [{"type": "command"}]}]}}),
        ] {
            assert!(Hooks::parse(&settings).handlers.is_empty(), "{settings}");
        }
    }

    #[test]
    fn a_timeout_is_in_seconds_and_has_a_default() {
        let timeout = |event, timeout| {
            let hook = json!({"type": "command", "command": "x", "timeout": timeout});
            Handler::parse(event, None, &hook).unwrap().timeout()
        };
        let seconds = Duration::from_secs_f64;
        assert_eq!(timeout("PreToolUse", json!(0.5)), seconds(0.5));
        assert_eq!(timeout("PreToolUse", json!(-1)), seconds(600.0));
        assert_eq!(timeout("UserPromptSubmit", Value::Null), seconds(30.0));
        assert_eq!(timeout("SessionEnd", Value::Null), seconds(1.5));
    }
}
