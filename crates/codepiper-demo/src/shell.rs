//! Shell commands at work: `RUN:` with its question, and `!command` without.

use std::io;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::agent::{Agent, Exit};
use crate::block;
use crate::command::{Ended, Running};
use crate::line::Style;
use crate::tool::Call;
use crate::turn::{Cut, Turn};

/// A command that was asked to end has this long.
const TERMINATION: Duration = Duration::from_millis(500);
const LONGEST_COMMAND: Duration = Duration::from_mins(10);
const TOO_LONG: &str = "ended after 10 minutes";

impl Agent {
    /// `!command`: no question, no answer, as in the real agents.
    pub(crate) fn bang(&mut self, text: &str) -> Result<(), Exit> {
        let command = text[1..].trim();
        self.screen.say(block::echo(text, self.screen.cols()));
        self.transcript
            .user(&json!(format!("<bash-input>{command}</bash-input>")));
        let mut turn = Turn::new(0);
        let played = self.run_command(&mut turn, command);
        let cols = self.screen.cols();
        let output = match played {
            Ok(Ok(ended)) => {
                self.screen.say(block::output(&ended, cols));
                ended.output
            }
            Ok(Err(error)) => {
                let words = error.to_string();
                self.screen.say(block::below(&words, Style::Bad, cols));
                words
            }
            Err(Cut::Exit(exit)) => return Err(exit),
            Err(Cut::Interrupted | Cut::Rejected | Cut::Failed) => {
                let words = "Interrupted";
                self.screen.say(block::below(words, Style::Bad, cols));
                words.to_owned()
            }
        };
        let result = format!("<bash-stdout>{output}</bash-stdout><bash-stderr></bash-stderr>");
        self.transcript.user(&json!(result));
        Ok(())
    }

    pub(crate) fn run_tool(&mut self, turn: &mut Turn, command: &str) -> Result<(), Cut> {
        let call = Call::run(self.call_id(), command);
        if !self.call(turn, &call)? {
            return Ok(());
        }
        let ended = match self.run_command(turn, command)? {
            Ok(ended) => ended,
            Err(error) => {
                let words = format!("The command failed: {error}");
                turn.closing = Some(words.clone());
                return self.result(turn, &call, &words, true, &json!(words));
            }
        };
        self.screen.say(block::output(&ended, self.screen.cols()));
        let detail = json!({
            "stdout": ended.output,
            "stderr": "",
            "interrupted": false,
            "isImage": false,
        });
        let failed = !ended.succeeded();
        let result = if failed {
            format!("{}\n{}", ended.status(), ended.output)
        } else {
            ended.output.clone()
        };
        let closing = if failed {
            format!("The command failed: {}.", ended.status())
        } else {
            "The command succeeded.".into()
        };
        turn.closing = Some(closing);
        self.close(turn, &call, &result, failed, &detail)
    }

    /// Runs a command to its end. Interrupted, it and what it started is ended first.
    fn run_command(&mut self, turn: &mut Turn, command: &str) -> Result<io::Result<Ended>, Cut> {
        let mut running = match Running::spawn(command) {
            Ok(running) => running,
            Err(error) => return Ok(Err(error)),
        };
        let until = Instant::now() + LONGEST_COMMAND;
        loop {
            match running.poll() {
                Ok(Some(ended)) => return Ok(Ok(ended)),
                Ok(None) => {}
                Err(error) => return Ok(Err(error)),
            }
            match self.busy(turn, Some(until), Some(running.as_fd())) {
                Ok(false) => {}
                Ok(true) => return Ok(Err(io::Error::new(io::ErrorKind::TimedOut, TOO_LONG))),
                Err(Cut::Interrupted) => {
                    self.end_command(turn, &mut running)?;
                    return Err(Cut::Interrupted);
                }
                Err(cut) => return Err(cut),
            }
        }
    }

    /// Gives a command a moment to end by itself; dropping it kills what is left.
    fn end_command(&mut self, turn: &mut Turn, running: &mut Running) -> Result<(), Cut> {
        running.terminate();
        let until = Instant::now() + TERMINATION;
        while let Ok(None) = running.poll() {
            match self.busy(turn, Some(until), Some(running.as_fd())) {
                Ok(true) => break,
                Ok(false) | Err(Cut::Interrupted) => {}
                Err(cut) => return Err(cut),
            }
        }
        Ok(())
    }
}
