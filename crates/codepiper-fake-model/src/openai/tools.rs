//! The script's tools under the names and with the inputs that Codex gives them.

use serde_json::{Value, json};

use super::request::Offer;
use crate::script::Tool;

/// A call in one of the two forms of the API.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Call {
    /// The input is JSON.
    Function { name: String, input: Value },
    /// The input is a text.
    Custom { name: String, input: String },
}

pub(super) fn call(tool: &Tool, offer: Offer) -> Call {
    let call = plain(tool, offer);
    if !offer.code {
        return call;
    }
    let (name, input) = match call {
        Call::Function { name, input } => (name, input),
        Call::Custom { name, input } => (name, Value::String(input)),
    };
    Call::Custom {
        name: "exec".to_owned(),
        input: format!("const it = await tools.{name}({input}); text(it.output ?? it);"),
    }
}

fn plain(tool: &Tool, offer: Offer) -> Call {
    match tool {
        Tool::Run(command) => function("exec_command", json!({"cmd": command})),
        Tool::Escalate(command) => function(
            "exec_command",
            json!({
                "cmd": command,
                "sandbox_permissions": "require_escalated",
                "justification": "May the script leave the sandbox?",
            }),
        ),
        Tool::Read(path) => function(
            "exec_command",
            json!({"cmd": format!("cat -- {}", quoted(path))}),
        ),
        Tool::Write(path) => {
            let patch = format!(
                "*** Begin Patch\n*** Add File: {path}\n+Written by the fake model.\n*** End Patch\n"
            );
            // Models with code get the tool without that it is listed.
            if offer.patches || offer.code {
                custom("apply_patch", patch)
            } else {
                let command = format!("apply_patch <<'PATCH'\n{patch}PATCH\n");
                function("exec_command", json!({"cmd": command}))
            }
        }
        Tool::Ask(question) => {
            let options = json!([
                {"label": "Red", "description": "The first option"},
                {"label": "Blue", "description": "The second option"},
            ]);
            let question = json!({
                "id": "choice",
                "question": question,
                "header": "Choice",
                "options": options,
            });
            function("request_user_input", json!({"questions": [question]}))
        }
        Tool::Named {
            name,
            input: Value::String(input),
        } => custom(name, input.clone()),
        Tool::Named { name, input } => function(name, input.clone()),
    }
}

fn function(name: &str, input: Value) -> Call {
    Call::Function {
        name: name.to_owned(),
        input,
    }
}

fn custom(name: &str, input: String) -> Call {
    Call::Custom {
        name: name.to_owned(),
        input,
    }
}

/// One word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
