//! What the agent can ask leave to do: the calls as a transcript names them and as a person is
//! asked about them.

use std::path::Path;

use serde_json::{Value, json};

use crate::dialog::Dialog;

/// What `WRITE` puts into its file.
pub(crate) const CONTENT: &str = "Written by the CodePiper demo agent.\n";

/// One tool call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) input: Value,
    /// As the conversation shows it: `Bash(ls)`.
    pub(crate) shown: String,
    pub(crate) dialog: Dialog,
    /// What "don't ask again" would cover; none for a question, which is always asked.
    pub(crate) scope: Option<Scope>,
}

/// What a standing permission covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Command(String),
    Edits,
}

impl Call {
    pub(crate) fn run(id: String, command: &str) -> Self {
        Self {
            id,
            name: "Bash",
            input: json!({"command": command, "description": "Run a scripted command"}),
            shown: format!("Bash({command})"),
            dialog: Dialog::permission(
                "Bash command",
                vec![command.to_owned()],
                "Do you want to proceed?".to_owned(),
                "Yes, and don't ask again for this command",
            ),
            scope: Some(Scope::Command(command.to_owned())),
        }
    }

    pub(crate) fn write(id: String, path: &str, cwd: &Path) -> Self {
        let file = cwd.join(path);
        let (title, verb) = if file.exists() {
            ("Overwrite file", "overwrite")
        } else {
            ("Create file", "create")
        };
        Self {
            id,
            name: "Write",
            input: json!({"file_path": file, "content": CONTENT}),
            shown: format!("Write({path})"),
            dialog: Dialog::permission(
                title,
                vec![path.to_owned(), CONTENT.trim_end().to_owned()],
                format!("Do you want to {verb} {path}?"),
                "Yes, allow all edits during this session",
            ),
            scope: Some(Scope::Edits),
        }
    }

    pub(crate) fn ask(id: String, question: &str) -> Self {
        let dialog = Dialog::question(question.to_owned());
        let option = |label: &&str| json!({"label": label, "description": "A scripted option"});
        let options: Vec<Value> = dialog.options[..2].iter().map(option).collect();
        let asked = json!({
            "question": question,
            "header": "Question",
            "multiSelect": false,
            "options": options,
        });
        Self {
            id,
            name: "AskUserQuestion",
            input: json!({"questions": [asked]}),
            shown: format!("Question({question})"),
            dialog,
            scope: None,
        }
    }
}
