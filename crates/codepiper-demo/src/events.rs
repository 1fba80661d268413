//! Everything the agent waits for: keys, signals, the command's output, hooks and deadlines, in a
//! single `poll` that lasts as long as nothing happens.

use std::collections::VecDeque;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;

use crate::agent::Exit;
use crate::input::{Decoder, Input};
use crate::signals::{HANGUP, Signals};
use crate::terminal::Terminal;

/// An escape byte that nothing follows for this long was the key.
const ESCAPE_KEY: Duration = Duration::from_millis(50);

/// What there is to react to.
pub(crate) enum Wake {
    Input(Input),
    Deadline,
    /// The watched command wrote or ended.
    Command,
    /// A hook that was waited for has ended or was given up.
    Hook,
}

/// The terminal and the signals, and what came from them and was not yet taken.
pub(crate) struct Events {
    pub(crate) terminal: Terminal,
    signals: Signals,
    decoder: Decoder,
    /// When an escape byte that nothing followed turns out to be the key.
    escape_ends: Option<Instant>,
    inputs: VecDeque<Input>,
}

impl Events {
    pub(crate) fn new(terminal: Terminal, signals: Signals) -> Self {
        let (decoder, inputs) = (Decoder::default(), VecDeque::new());
        Self {
            terminal,
            signals,
            decoder,
            escape_ends: None,
            inputs,
        }
    }

    /// What need not be waited for. Keys go first, so that a flood of output cannot drown them.
    pub(crate) fn next(&mut self, deadline: Option<Instant>) -> Result<Option<Wake>, Exit> {
        if let Some(code) = self.signals.exit_code() {
            return Err(Exit::With(code));
        }
        let now = Instant::now();
        if self.escape_ends.is_some_and(|at| at <= now) {
            self.escape_ends = None;
            self.decoder.settle(&mut self.inputs);
        }
        if let Some(input) = self.inputs.pop_front() {
            return Ok(Some(Wake::Input(input)));
        }
        Ok(deadline.filter(|&at| at <= now).map(|_| Wake::Deadline))
    }

    /// Waits once. Nothing to answer means that [`Events::next`] may have something, that the
    /// terminal has another size, or that a hook has news.
    pub(crate) fn wait(
        &mut self,
        deadline: Option<Instant>,
        command: Option<BorrowedFd<'_>>,
        hooks: Vec<PollFd<'_>>,
    ) -> Result<Option<Wake>, Exit> {
        let next = deadline.into_iter().chain(self.escape_ends).min();
        let left = next.map(|at| at.saturating_duration_since(Instant::now()));
        let ready = self.poll(left, command, hooks)?;
        if ready.keys {
            self.read()?;
        }
        if ready.signal {
            self.signals.drain();
        }
        // A signal may be that of the command's end.
        let wrote = ready.command || ready.signal && command.is_some();
        Ok((wrote && self.inputs.is_empty()).then_some(Wake::Command))
    }

    /// Waits once for signals and hooks alone.
    pub(crate) fn rest(&mut self, deadline: Instant, hooks: Vec<PollFd<'_>>) -> Result<(), Errno> {
        let mut files = vec![PollFd::new(&self.signals, PollFlags::IN)];
        files.extend(hooks);
        let left = deadline.saturating_duration_since(Instant::now());
        wait_for(&mut files, Some(left))?;
        self.signals.drain();
        Ok(())
    }

    fn poll(
        &self,
        left: Option<Duration>,
        command: Option<BorrowedFd<'_>>,
        hooks: Vec<PollFd<'_>>,
    ) -> Result<Ready, Exit> {
        let mut files = vec![
            PollFd::new(&self.terminal, PollFlags::IN),
            PollFd::new(&self.signals, PollFlags::IN),
        ];
        files.extend(
            command
                .as_ref()
                .map(|file| PollFd::new(file, PollFlags::IN)),
        );
        let watched = files.len();
        files.extend(hooks);
        wait_for(&mut files, left).map_err(|_| Exit::With(HANGUP))?;
        let mut ready = files[..watched]
            .iter()
            .map(|file| !file.revents().is_empty());
        let mut next = || ready.next().unwrap_or(false);
        Ok(Ready {
            keys: next(),
            signal: next(),
            command: next(),
        })
    }

    fn read(&mut self) -> Result<(), Exit> {
        let mut buffer = [0; 16 * 1024];
        match self.terminal.read(&mut buffer) {
            Ok(bytes) if !bytes.is_empty() => self.decoder.feed(bytes, &mut self.inputs),
            Ok(_) | Err(_) => return Err(Exit::With(HANGUP)),
        }
        self.escape_ends = self
            .decoder
            .is_ambiguous()
            .then(|| Instant::now() + ESCAPE_KEY);
        Ok(())
    }
}

fn wait_for(files: &mut [PollFd<'_>], left: Option<Duration>) -> Result<(), Errno> {
    let timeout = left.and_then(|left| Timespec::try_from(left).ok());
    match rustix::event::poll(files, timeout.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What a poll found.
struct Ready {
    keys: bool,
    signal: bool,
    command: bool,
}
