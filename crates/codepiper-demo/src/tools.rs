//! The other tools at work, and what all of them share: the announcement, the question, the result.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use serde_json::{Value, json};

use crate::agent::Agent;
use crate::answer::Answer;
use crate::block;
use crate::dialog::Outcome;
use crate::line::Style;
use crate::tool::{CONTENT, Call};
use crate::turn::{Cut, Turn};

impl Agent {
    pub(crate) fn write_tool(&mut self, turn: &mut Turn, path: &str) -> Result<(), Cut> {
        let call = Call::write(self.call_id(), path, &self.cwd);
        self.call(turn, &call)?;
        match write_file(&self.cwd.join(path)) {
            Ok(()) => {
                let words = format!("Wrote {} bytes to {path}", CONTENT.len());
                self.result(turn, &words, Style::Dim, false, &call.input);
                turn.closing = Some("The file is written.".to_owned());
            }
            Err(error) => {
                let words = format!("Error writing {path}: {error}");
                self.result(turn, &words, Style::Bad, true, &json!(words));
                turn.closing = Some("The file was not written.".to_owned());
            }
        }
        Ok(())
    }

    pub(crate) fn ask_tool(&mut self, turn: &mut Turn, question: &str) -> Result<(), Cut> {
        let call = Call::ask(self.call_id(), question);
        self.call(turn, &call)?;
        let answer = match self.ask(call.dialog.clone())? {
            Outcome::Chosen(option) => call.dialog.options[option].to_owned(),
            Outcome::Typed(text) => text,
            Outcome::Cancelled => return Err(Cut::Rejected),
        };
        let words = format!("User has answered your questions: \"{question}\"=\"{answer}\".");
        self.screen
            .say(block::below(&answer, Style::Plain, self.screen.cols()));
        let mut answers = serde_json::Map::new();
        answers.insert(question.to_owned(), json!(answer));
        let detail = json!({"questions": call.input["questions"], "answers": answers});
        self.close(turn, &words, false, &detail);
        turn.closing = Some(format!("You chose: {answer}"));
        Ok(())
    }

    /// Announces a call, in the transcript too, and asks leave for it.
    pub(crate) fn call(&mut self, turn: &mut Turn, call: &Call) -> Result<(), Cut> {
        self.screen
            .say(block::call(&call.shown, self.screen.cols()));
        turn.answer.call(call);
        turn.open = Some(call.id.clone());
        self.transcript
            .answer(std::mem::take(&mut turn.answer), Some("tool_use"));
        if self.permit(call)? {
            Ok(())
        } else {
            Err(Cut::Rejected)
        }
    }

    /// Shows what came of a call and closes it.
    pub(crate) fn result(
        &mut self,
        turn: &mut Turn,
        words: &str,
        style: Style,
        is_error: bool,
        detail: &Value,
    ) {
        self.screen
            .say(block::below(words, style, self.screen.cols()));
        self.close(turn, words, is_error, detail);
    }

    pub(crate) fn close(&mut self, turn: &mut Turn, result: &str, is_error: bool, detail: &Value) {
        turn.answer = Answer::to(result.len());
        if let Some(call) = turn.open.take() {
            self.transcript.tool_result(&call, result, is_error, detail);
        }
    }

    pub(crate) fn call_id(&self) -> String {
        format!("toolu_{}", (self.stamp)().word())
    }
}

/// Writes the demo file, over a regular file at most: opening a device or a pipe might wait.
fn write_file(path: &Path) -> io::Result<()> {
    if path.metadata().is_ok_and(|file| !file.is_file()) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ));
    }
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)?
        .write_all(CONTENT.as_bytes())
}
