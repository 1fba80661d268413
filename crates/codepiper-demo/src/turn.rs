//! A prompt, taken: what the agent does about it until the next one.

use std::os::fd::BorrowedFd;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::agent::{Agent, Exit, Taken, Typed};
use crate::answer::Answer;
use crate::block;
use crate::events::Wake;
use crate::line::Style;
use crate::script::{self, Step};
use crate::text;
use crate::view::Face;

/// Every turn is visibly worked on.
const SHORTEST_WORK: Duration = Duration::from_millis(150);
const SPINNER_FRAME: Duration = Duration::from_millis(120);
const QUOTED_COLS: usize = 60;
/// The largest file that is said.
const QUOTED_BYTES: u64 = 64 * 1024;

/// Why a turn ended before its script did.
pub(crate) enum Cut {
    Exit(Exit),
    Interrupted,
    Rejected,
    Failed,
}

impl From<Exit> for Cut {
    fn from(exit: Exit) -> Self {
        Self::Exit(exit)
    }
}

/// A turn under way.
pub(crate) struct Turn {
    pub(crate) answer: Answer,
    /// The call that has no result yet.
    pub(crate) open: Option<String>,
    /// What there is to say at the end when the script says nothing.
    pub(crate) closing: Option<String>,
    /// When the latest call could begin.
    pub(crate) allowed_at: Instant,
    begun_at: Instant,
    /// The latest that was said.
    said: String,
    frame: usize,
    frame_ends: Instant,
}

impl Turn {
    /// A turn that answers a text of this many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            answer: Answer::to(bytes),
            open: None,
            closing: None,
            allowed_at: Instant::now(),
            begun_at: Instant::now(),
            said: String::new(),
            frame: 0,
            frame_ends: Instant::now() + SPINNER_FRAME,
        }
    }
}

impl Agent {
    /// Takes a prompt: a command to the agent, a shell command, or a turn.
    pub(crate) fn take(&mut self, prompt: Taken) -> Result<(), Exit> {
        match prompt {
            Taken::Typed(text) | Taken::Argument(text) if text.starts_with('/') => {
                self.command(&text)
            }
            Taken::Typed(text) if text.starts_with('!') => self.bang(&text),
            Taken::Typed(text) | Taken::Argument(text) => self.turn(&text),
        }
    }

    fn command(&mut self, text: &str) -> Result<(), Exit> {
        let cols = self.screen.cols();
        match text.trim_end() {
            "/exit" | "/quit" => return Err(Exit::Asked),
            "/clear" => {
                self.clear()?;
                self.fire_session_start("clear")?;
            }
            "/help" => self.screen.say(block::help(cols)),
            unknown => {
                let word = unknown.split_whitespace().next().unwrap_or(unknown);
                let words = format!("Unknown command: {}", text::clip(word, QUOTED_COLS));
                self.screen.say(block::said(&words, cols));
            }
        }
        Ok(())
    }

    fn turn(&mut self, prompt: &str) -> Result<(), Exit> {
        self.screen.say(block::echo(prompt, self.screen.cols()));
        self.transcript.user(&json!(prompt));
        let mut turn = Turn::new(prompt.len());
        let played = self
            .fire_prompt(&mut turn, prompt)
            .and_then(|()| self.play(&mut turn, prompt));
        let stop_reason = if played.is_ok() {
            Some("end_turn")
        } else {
            None
        };
        self.transcript
            .answer(std::mem::take(&mut turn.answer), stop_reason);
        match played {
            Ok(()) => {
                self.fire_stop(&turn.said)?;
                self.transcript.turn_took(turn.begun_at.elapsed());
            }
            Err(Cut::Exit(exit)) => return Err(exit),
            Err(Cut::Failed) => {
                const ERROR: &str = "API Error: 500 the demo agent was told to fail";
                self.screen.say(block::error(ERROR, self.screen.cols()));
                self.transcript.api_error(ERROR);
                self.fire_stop_failure(ERROR)?;
            }
            Err(Cut::Interrupted) => {
                let words = match turn.open {
                    Some(_) => "[Request interrupted by user for tool use]",
                    None => "[Request interrupted by user]",
                };
                self.cut_short(turn, "Interrupted", words, words);
            }
            Err(Cut::Rejected) => {
                let result = "The user doesn't want to proceed with this tool use. The tool use \
                              was rejected (eg. if it was a file edit, the new_string was NOT \
                              written to the file).";
                let words = "[Request interrupted by user for tool use]";
                self.cut_short(turn, "Rejected", result, words);
            }
        }
        Ok(())
    }

    /// Shows and records that a person ended the turn: an open call gets an error as its result.
    fn cut_short(&mut self, turn: Turn, shown: &str, result: &str, words: &str) {
        self.screen
            .say(block::below(shown, Style::Bad, self.screen.cols()));
        if let Some(call) = turn.open {
            let detail = if shown == "Rejected" {
                "User rejected tool use"
            } else {
                shown
            };
            self.transcript
                .tool_result(&call, result, true, &json!(detail));
        }
        self.transcript
            .user(&json!([{"type": "text", "text": words}]));
    }

    fn play(&mut self, turn: &mut Turn, prompt: &str) -> Result<(), Cut> {
        self.work(turn, SHORTEST_WORK)?;
        for step in script::parse(prompt) {
            match step {
                Step::Say(words) => self.say(turn, &words),
                Step::Reply(first) => {
                    let first = text::clip(&text::visible(&first), QUOTED_COLS);
                    self.say(turn, &format!("The CodePiper demo agent read “{first}”. It only plays scripts: see /help."));
                }
                Step::Slow(time) => self.work(turn, time)?,
                Step::Run(command) => self.run_tool(turn, &command)?,
                Step::Write(path) => self.write_tool(turn, &path)?,
                Step::Ask(question) => self.ask_tool(turn, &question)?,
                Step::Quote(path) => {
                    let words = quoted(&self.cwd.join(path));
                    self.say(turn, &words);
                }
                Step::Fail => return Err(Cut::Failed),
                Step::Exit(code) => return Err(Cut::Exit(Exit::With(code))),
            }
        }
        if turn.answer.is_empty() {
            let closing = turn.closing.take().unwrap_or_else(|| "Done.".to_owned());
            self.say(turn, &closing);
        }
        Ok(())
    }

    pub(crate) fn say(&mut self, turn: &mut Turn, words: &str) {
        turn.answer.say(words);
        words.clone_into(&mut turn.said);
        self.screen.say(block::said(words, self.screen.cols()));
    }

    /// Works that long.
    fn work(&mut self, turn: &mut Turn, time: Duration) -> Result<(), Cut> {
        let until = Instant::now().checked_add(time);
        self.busy(turn, until, None).map(drop)
    }

    /// Spins until the deadline (true) or until the command or a hook has something (false).
    /// Prompts that are submitted meanwhile are queued.
    pub(crate) fn busy(
        &mut self,
        turn: &mut Turn,
        until: Option<Instant>,
        command: Option<BorrowedFd<'_>>,
    ) -> Result<bool, Cut> {
        loop {
            let deadline = until.map_or(turn.frame_ends, |until| until.min(turn.frame_ends));
            match self.wake(Face::Working(turn.frame), Some(deadline), command)? {
                Wake::Input(input) => match self.press(input)? {
                    Typed::Nothing => {}
                    Typed::Submitted(prompt) => self.queue.push_back(Taken::Typed(prompt)),
                    Typed::Interrupt => return Err(Cut::Interrupted),
                },
                Wake::Command | Wake::Hook => return Ok(false),
                Wake::Deadline if until.is_some_and(|until| until <= deadline) => return Ok(true),
                Wake::Deadline => {
                    turn.frame += 1;
                    turn.frame_ends = Instant::now() + SPINNER_FRAME;
                }
            }
        }
    }
}

/// What a file says, or why that cannot be told. Reading a device or a pipe might wait.
fn quoted(path: &Path) -> String {
    let file = path.metadata();
    let read = match file {
        Ok(file) if !file.is_file() || file.len() > QUOTED_BYTES => {
            return format!("{} is no small file.", path.display());
        }
        Ok(_) => std::fs::read_to_string(path),
        Err(error) => Err(error),
    };
    read.map_or_else(
        |error| format!("{} cannot be read: {error}", path.display()),
        |text| text.trim_end().to_owned(),
    )
}
