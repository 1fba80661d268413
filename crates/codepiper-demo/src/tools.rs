//! The other tools at work, and what all of them share: the announcement, the question, the result.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use crate::agent::Agent;
use crate::answer::Answer;
use crate::block;
use crate::dialog::Outcome;
use crate::line::Style;
use crate::permission::{Answered, Leave};
use crate::tool::{CONTENT, Call};
use crate::turn::{Cut, Turn};

impl Agent {
    pub(crate) fn write_tool(&mut self, turn: &mut Turn, path: &str) -> Result<(), Cut> {
        let call = Call::write(self.call_id(), path, &self.cwd);
        if !self.call(turn, &call)? {
            return Ok(());
        }
        match write_file(&self.cwd.join(path)) {
            Ok(()) => {
                let words = format!("Wrote {} bytes to {path}", CONTENT.len());
                turn.closing = Some("The file is written.".to_owned());
                self.result(turn, &call, &words, false, &call.input)
            }
            Err(error) => {
                let words = format!("Error writing {path}: {error}");
                turn.closing = Some("The file was not written.".to_owned());
                self.result(turn, &call, &words, true, &json!(words))
            }
        }
    }

    pub(crate) fn ask_tool(&mut self, turn: &mut Turn, question: &str) -> Result<(), Cut> {
        let call = Call::ask(self.call_id(), question);
        if !self.call(turn, &call)? {
            return Ok(());
        }
        let answer = match self.ask(&call, call.dialog.clone())? {
            Answered::Person(Outcome::Chosen(option)) => call.dialog.options[option].to_owned(),
            Answered::Person(Outcome::Typed(text)) => text,
            Answered::Denied(reason) => return self.deny(turn, &call, &reason),
            Answered::Person(Outcome::Cancelled) | Answered::Allowed => return Err(Cut::Rejected),
        };
        let words = format!("User has answered your questions: \"{question}\"=\"{answer}\".");
        self.screen
            .say(block::below(&answer, Style::Plain, self.screen.cols()));
        let mut answers = serde_json::Map::new();
        answers.insert(question.to_owned(), json!(answer));
        let detail = json!({"questions": call.input["questions"], "answers": answers});
        turn.closing = Some(format!("You chose: {answer}"));
        self.close(turn, &call, &words, false, &detail)
    }

    /// Announces a call, in the transcript too, and asks leave for it. When a hook denies it, that
    /// is its result, and there is nothing to do (false).
    pub(crate) fn call(&mut self, turn: &mut Turn, call: &Call) -> Result<bool, Cut> {
        self.screen
            .say(block::call(&call.shown, self.screen.cols()));
        turn.answer.call(call);
        turn.open = Some(call.id.clone());
        self.transcript
            .answer(std::mem::take(&mut turn.answer), Some("tool_use"));
        let leave = self.permit(turn, call)?;
        turn.allowed_at = Instant::now();
        match leave {
            Leave::Given => Ok(true),
            Leave::Denied(reason) => self.deny(turn, call, &reason).map(|()| false),
            Leave::Rejected => Err(Cut::Rejected),
        }
    }

    /// A call that was not made: the reason is its result.
    fn deny(&mut self, turn: &mut Turn, call: &Call, reason: &str) -> Result<(), Cut> {
        self.screen
            .say(block::below(reason, Style::Bad, self.screen.cols()));
        self.record(turn, reason, true, &json!(reason));
        turn.closing = Some(format!("That was denied: {reason}"));
        self.fire_batch(turn, call, reason)
    }

    /// Shows what came of a call and closes it.
    pub(crate) fn result(
        &mut self,
        turn: &mut Turn,
        call: &Call,
        words: &str,
        is_error: bool,
        detail: &Value,
    ) -> Result<(), Cut> {
        let style = if is_error { Style::Bad } else { Style::Dim };
        self.screen
            .say(block::below(words, style, self.screen.cols()));
        self.close(turn, call, words, is_error, detail)
    }

    pub(crate) fn close(
        &mut self,
        turn: &mut Turn,
        call: &Call,
        result: &str,
        is_error: bool,
        detail: &Value,
    ) -> Result<(), Cut> {
        self.record(turn, result, is_error, detail);
        self.fire_used(turn, call, result, is_error, detail)
    }

    fn record(&mut self, turn: &mut Turn, result: &str, is_error: bool, detail: &Value) {
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
