//! The script's tools under the names and with the inputs that Claude Code gives them.

use serde_json::{Value, json};

use crate::script::Tool;

/// Name and input of the call.
pub(super) fn call(tool: &Tool) -> (&str, Value) {
    match tool {
        Tool::Run(command) | Tool::Escalate(command) => (
            "Bash",
            json!({"command": command, "description": "Run a scripted command"}),
        ),
        Tool::Read(path) => ("Read", json!({"file_path": path})),
        Tool::Write(path) => (
            "Write",
            json!({"file_path": path, "content": "Written by the fake model.\n"}),
        ),
        Tool::Ask(question) => {
            let options = json!([
                {"label": "Red", "description": "The first option"},
                {"label": "Blue", "description": "The second option"},
            ]);
            let question = json!({
                "question": question,
                "header": "Choice",
                "options": options,
                "multiSelect": false,
            });
            ("AskUserQuestion", json!({"questions": [question]}))
        }
        Tool::Named { name, input } => (name, input.clone()),
    }
}
