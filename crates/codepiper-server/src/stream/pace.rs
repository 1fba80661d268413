use std::time::Duration;

use tokio::time::Instant;

/// The time in which operations are counted.
const WINDOW: Duration = Duration::from_secs(10);

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What asks for something, and what makes no sense.
    Control,
    /// Text that is typed.
    Input,
    /// A key.
    Key,
    /// A piece of a text that is pasted.
    Paste,
}

/// Counts what a client does, in stretches of time.
#[derive(Debug)]
pub(super) struct Pace {
    since: Instant,
    counts: [u32; 4],
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            since: now,
            counts: [0; 4],
        }
    }

    /// Counts one more; `false` when that is too many.
    pub(super) fn take(&mut self, kind: Kind, now: Instant) -> bool {
        if now - self.since >= WINDOW {
            *self = Self::new(now);
        }
        let most = match kind {
            Kind::Control => 120,
            Kind::Input | Kind::Paste => 600,
            Kind::Key => 2000,
        };
        let count = &mut self.counts[kind as usize];
        *count += 1;
        *count <= most
    }
}
