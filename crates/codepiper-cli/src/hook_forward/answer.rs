use std::io::{self, Write};
use std::process::ExitCode;

use serde::Deserialize;
use serde_json::json;

/// What the agent is told, as the daemon puts it. What an older daemon leaves out is nothing, and
/// what a newer one adds is not for us.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Answer {
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
            stdout: Some(output.to_string()),
            ..Self::default()
        }
    }

    /// Prints it and says how to end. Agents know 0 and 2; anything else would be our failure.
    pub(super) fn give(&self) -> ExitCode {
        let printed = print(io::stdout().lock(), self.stdout.as_deref())
            .and_then(|()| print(io::stderr().lock(), self.stderr.as_deref()));
        match printed {
            Ok(()) if self.exit_code == 2 => ExitCode::from(2),
            // Where nobody reads, there is nobody to tell either.
            Ok(()) | Err(_) => ExitCode::SUCCESS,
        }
    }
}

fn print(mut to: impl Write, text: Option<&str>) -> io::Result<()> {
    let Some(text) = text else { return Ok(()) };
    to.write_all(text.as_bytes())?;
    to.flush()
}
