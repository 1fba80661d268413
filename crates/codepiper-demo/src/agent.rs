//! The agent: what it holds, how it starts and serves, and the keys of its prompt.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::time::Instant;

use uuid::Uuid;

use crate::args::DemoArgs;
use crate::block;
use crate::events::{Events, Wake};
use crate::hooks::Hooks;
use crate::input::Input;
use crate::line::{Line, Style};
use crate::permission::Permissions;
use crate::prompt::Prompt;
use crate::screen::Screen;
use crate::signals::{HANGUP, Signals};
use crate::stamp::{Stamp, Stamper};
use crate::terminal::Terminal;
use crate::transcript::{self, Transcript};
use crate::underway::Underway;
use crate::view::{self, Face, State};

/// The agent is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// A person asked for it at the prompt.
    Asked,
    /// Something else ended it, with this exit code.
    With(u8),
}

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Asked => 0,
            Self::With(code) => code,
        }
    }

    /// The reason as Claude Code tells it to hooks.
    fn reason(self) -> &'static str {
        match self {
            Self::Asked => "prompt_input_exit",
            Self::With(_) => "other",
        }
    }
}

/// What a key did at the prompt.
pub(crate) enum Typed {
    Nothing,
    Submitted(String),
    /// Esc or Ctrl-C: stop working.
    Interrupt,
}

/// A prompt that is to be taken, and where it came from.
pub(crate) enum Taken {
    Typed(String),
    /// Given on the command line: `!` means nothing in it.
    Argument(String),
}

/// Why the agent could not start.
#[derive(Debug)]
pub(crate) enum StartError {
    NoTerminal(io::Error),
    NoFolder(io::Error),
    InUse(Uuid),
    NotFound(Uuid),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTerminal(error) => write!(f, "the demo agent needs a terminal: {error}"),
            Self::NoFolder(error) => write!(f, "the working directory is gone: {error}"),
            // The words of Claude Code, for programs that look for them.
            Self::InUse(id) => write!(f, "Session ID {id} is already in use."),
            Self::NotFound(id) => write!(f, "No conversation found with session ID: {id}"),
        }
    }
}

/// The demo agent.
pub(crate) struct Agent {
    pub(crate) events: Events,
    pub(crate) screen: Screen,
    prompt: Prompt,
    pub(crate) queue: VecDeque<Taken>,
    leaving: bool,
    pub(crate) transcript: Transcript,
    pub(crate) permissions: Permissions,
    pub(crate) stamp: Stamper,
    pub(crate) cwd: PathBuf,
    pub(crate) hooks: Hooks,
    pub(crate) underway: Underway,
    /// Of the latest prompt for the model.
    pub(crate) prompt_id: Option<Uuid>,
    resumed: bool,
}

impl Agent {
    /// Takes over the terminal and shows who is there.
    pub(crate) fn start(args: DemoArgs) -> Result<Self, StartError> {
        let stamp: Stamper = Stamp::now;
        let cwd = std::env::current_dir().map_err(StartError::NoFolder)?;
        let resumed = args.resume.filter(|_| !args.fork);
        let session = resumed.or(args.session_id).unwrap_or_else(|| stamp().id);
        if let Some(path) = &args.transcript {
            let is_written = |path: &Path| path.metadata().is_ok_and(|file| file.len() > 0);
            // Every conversation of a folder has its own name there.
            let old = args
                .resume
                .map(|id| (id, path.with_file_name(format!("{id}.jsonl"))));
            match (resumed, args.session_id) {
                (Some(id), _) if !is_written(path) => return Err(StartError::NotFound(id)),
                (None, Some(id)) if is_written(path) => return Err(StartError::InUse(id)),
                _ => {}
            }
            if let Some((id, old)) = old.filter(|_| args.fork) {
                transcript::fork(&old, path, session).map_err(|_| StartError::NotFound(id))?;
            }
        }
        let signals = Signals::open().map_err(StartError::NoTerminal)?;
        let terminal = Terminal::open().map_err(StartError::NoTerminal)?;
        let mut agent = Self {
            screen: Screen::new(terminal.size()),
            events: Events::new(terminal, signals),
            prompt: Prompt::default(),
            queue: args.prompt.into_iter().map(Taken::Argument).collect(),
            leaving: false,
            transcript: Transcript::new(args.transcript, session, &cwd, stamp),
            permissions: Permissions::new(args.skip_permissions),
            stamp,
            cwd,
            hooks: Hooks::default(),
            underway: Underway::default(),
            prompt_id: None,
            resumed: args.resume.is_some(),
        };
        agent.say_header();
        if let Some(id) = args.resume {
            let resumed = Line::new(Style::Dim, format!("  Resumed {id}"));
            agent.screen.say([Line::air(), resumed]);
        }
        if let Some(path) = &args.settings {
            match Hooks::read(path) {
                Ok(hooks) => agent.hooks = hooks,
                Err(error) => {
                    let words = error.to_string();
                    agent.screen.say(block::error(&words, agent.screen.cols()));
                }
            }
        }
        Ok(agent)
    }

    /// Serves until something ends the agent, and gives the terminal back.
    pub(crate) fn run(mut self) -> Exit {
        let exit = match self.serve() {
            Ok(never) => match never {},
            Err(exit) => exit,
        };
        let farewell = self.screen.leave(self.events.terminal.size());
        // The terminal may be what ended us.
        self.events.terminal.write(farewell.as_bytes()).ok();
        self.fire_session_end(exit.reason());
        exit
    }

    fn serve(&mut self) -> Result<Infallible, Exit> {
        self.fire_session_start(if self.resumed { "resume" } else { "startup" })?;
        loop {
            let prompt = match self.queue.pop_front() {
                Some(prompt) => prompt,
                None => self.next_prompt()?,
            };
            self.take(prompt)?;
        }
    }

    fn next_prompt(&mut self) -> Result<Taken, Exit> {
        loop {
            if let Wake::Input(input) = self.wake(Face::Idle, None, None)?
                && let Typed::Submitted(prompt) = self.press(input)?
            {
                return Ok(Taken::Typed(prompt));
            }
        }
    }

    /// A key at the prompt, whether the agent works or not.
    pub(crate) fn press(&mut self, input: Input) -> Result<Typed, Exit> {
        let leaving = std::mem::take(&mut self.leaving);
        match input {
            Input::Char(char) => self.prompt.push(char),
            Input::NewLine => self.prompt.push('\n'),
            Input::Paste(text) => self.prompt.paste(text),
            Input::Backspace => self.prompt.backspace(),
            Input::Ctrl('u') => self.prompt.clear(),
            Input::Enter => {
                return Ok(self
                    .prompt
                    .submit()
                    .map_or(Typed::Nothing, Typed::Submitted));
            }
            Input::Escape => return Ok(Typed::Interrupt),
            Input::Ctrl('c') if !self.prompt.is_empty() => self.prompt.clear(),
            Input::Ctrl('c') if leaving => return Err(Exit::Asked),
            Input::Ctrl('c') => {
                self.leaving = true;
                return Ok(Typed::Interrupt);
            }
            Input::Ctrl('d') if self.prompt.is_empty() => return Err(Exit::Asked),
            Input::Ctrl(_) | Input::Up | Input::Down => {}
        }
        Ok(Typed::Nothing)
    }

    /// Shows this face until there is something to react to. Without a deadline it may be forever.
    pub(crate) fn wake(
        &mut self,
        face: Face<'_>,
        deadline: Option<Instant>,
        command: Option<BorrowedFd<'_>>,
    ) -> Result<Wake, Exit> {
        loop {
            if let Some(wake) = self.events.next(deadline)? {
                return Ok(wake);
            }
            self.draw(face)?;
            let until = deadline.into_iter().chain(self.underway.deadline()).min();
            let wake = self.events.wait(until, command, self.underway.watch())?;
            // Never while a command runs, so it hides no news of one.
            if self.underway.poll() {
                return Ok(Wake::Hook);
            }
            if let Some(wake) = wake {
                return Ok(wake);
            }
        }
    }

    /// Draws what changed, at the size that the terminal has now.
    pub(crate) fn draw(&mut self, face: Face<'_>) -> Result<(), Exit> {
        if let Some(error) = self.transcript.take_failure() {
            let words = format!("The transcript cannot be written: {error}");
            self.screen.say(block::error(&words, self.screen.cols()));
        }
        let size = self.events.terminal.size();
        let state = State {
            prompt: &self.prompt,
            queued: self.queue.len(),
            leaving: self.leaving,
        };
        let drawing = self.screen.draw(size, view::frame(face, &state, size));
        self.events
            .terminal
            .write(drawing.as_bytes())
            .map_err(|_| Exit::With(HANGUP))
    }

    /// Empties the conversation on the screen.
    pub(crate) fn clear(&mut self) -> Result<(), Exit> {
        let clearing = self.screen.clear();
        self.events
            .terminal
            .write(clearing.as_bytes())
            .map_err(|_| Exit::With(HANGUP))?;
        self.say_header();
        Ok(())
    }

    fn say_header(&mut self) {
        let cwd = self.cwd.display().to_string();
        self.screen.say(block::header(&cwd, self.screen.cols()));
    }
}
