use std::io::{self, Write};
use std::process::ExitCode;

use codepiper_model::DecisionKind;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::output;

/// What the agent is told, as the daemon puts it. What an older daemon leaves out is nothing, and
/// what a newer one adds is not for us.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Answer {
    decision: Value,
    stdout: Option<String>,
    stderr: Option<String>,
    exit_code: i64,
}

impl Answer {
    /// Blocks a tool call in the agent's own format.
    pub(super) fn deny(reason: &str) -> Self {
        let output = json!({"hookSpecificOutput": {
            "hookEventName": super::PRE_TOOL_USE,
            "permissionDecision": "deny",
            "permissionDecisionReason": reason,
        }});
        Self {
            decision: json!(DecisionKind::Deny),
            stdout: Some(output.to_string()),
            ..Self::default()
        }
    }

    /// What the agent reads.
    pub(super) fn text(self) -> Option<String> {
        self.stdout
    }

    /// Prints it and says how to end. Agents know 0 and 2; anything else would be our failure.
    pub(super) fn give(&self, event: &str) -> ExitCode {
        let printed = print_answer(self.stdout.as_deref());
        drop(print(io::stderr().lock(), self.stderr.as_deref()));
        match printed {
            Ok(()) if self.exit_code == 2 => ExitCode::from(2),
            // The agent would go on as if there had been no answer. It reads this where it ends a
            // hook with 2.
            Err(error) if self.holds_back(event) => {
                let answer = self.stdout.as_deref().unwrap_or_default();
                output::note(format!(
                    "CodePiper holds this tool call back and could not say so ({error}): {answer}"
                ));
                ExitCode::from(2)
            }
            // Where nobody reads, there is nobody to tell either.
            Ok(()) | Err(_) => ExitCode::SUCCESS,
        }
    }

    /// Whether the tool call must not simply go on.
    fn holds_back(&self, event: &str) -> bool {
        let strict = [DecisionKind::Deny, DecisionKind::Ask].map(|kind| json!(kind));
        event == super::PRE_TOOL_USE && (self.exit_code == 2 || strict.contains(&self.decision))
    }
}

/// To standard output, if there is any: one that was closed is `/dev/null` by now.
fn print_answer(text: Option<&str>) -> io::Result<()> {
    if text.is_some() && is_null(io::stdout()) {
        return Err(io::Error::other("standard output goes nowhere"));
    }
    print(io::stdout().lock(), text)
}

fn is_null(file: impl rustix::fd::AsFd) -> bool {
    let null = rustix::fs::stat("/dev/null");
    let given = rustix::fs::fstat(file);
    matches!((null, given), (Ok(null), Ok(given))
        if null.st_rdev == given.st_rdev && null.st_mode == given.st_mode)
}

fn print(mut to: impl Write, text: Option<&str>) -> io::Result<()> {
    let Some(text) = text else { return Ok(()) };
    to.write_all(text.as_bytes())?;
    to.flush()
}
