use std::time::Duration;

use codepiper_model::ActivityState;
use tokio::time::Instant;

use super::Live;
use super::activity::{HookSign, Observed, SCREEN_LAG, Signs};
use crate::Approvals;
use crate::approvals::Pending;

/// How long no dialog has to be on the screen before that means that it was answered.
const DIALOG_GONE: Duration = Duration::from_secs(2);

/// How long an agent may take to take down a dialog that was answered through its hook.
const ANSWER_LAG: Duration = Duration::from_secs(3);

/// What can be seen of a session, and since when.
#[derive(Debug)]
pub(super) struct Sight {
    pub(super) screen: Observed,
    screen_since: Instant,
    pub(super) hook: Option<HookSign>,
    hook_since: Instant,
    pub(super) pending: Option<Pending>,
    /// How many approvals were settled.
    settled: u64,
    /// Whether a dialog has been on the screen since the last hook or approval.
    dialog_seen: bool,
    /// Since when there is none, on a screen that can be read.
    clear_since: Option<Instant>,
    /// The screen has shown that what the last hook said is over.
    hook_is_over: bool,
    now: Instant,
}

/// Whether the agent asks something on its screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialog {
    Shown,
    /// Not for a while.
    Gone,
    Unclear,
}

impl Sight {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            screen: Observed {
                state: ActivityState::Unknown,
                kind: "unknown_screen",
            },
            screen_since: now,
            hook: None,
            hook_since: now,
            pending: None,
            settled: 0,
            dialog_seen: false,
            clear_since: None,
            hook_is_over: false,
            now,
        }
    }

    /// Looks once more.
    pub(super) fn look(&mut self, live: &Live, approvals: &Approvals) {
        let now = Instant::now();
        let reading = live.read_screen();
        if reading.state != self.screen.state {
            self.screen_since = now;
        }
        self.screen = Observed {
            state: reading.state,
            kind: reading.kind,
        };
        let is_clear = reading.state != ActivityState::Unknown && !reading.state.needs_person();
        let hook = live.hook.borrow().clone();
        if hook != self.hook {
            self.hook_since = hook.as_ref().map_or(now, |hook| hook.heard);
            self.hook_is_over = false;
            self.dialog_seen = false;
            self.hook = hook;
        }
        let pending = approvals.pending_of(live.id);
        let settled = approvals.settled_of(live.id);
        // One may have been opened and answered since the last look.
        if pending != self.pending || settled != self.settled {
            self.settled = settled;
            // A dialog that was just answered stays on the screen for a moment, and one that was
            // just asked for is not there yet. One that is gone already was refused there.
            self.hook_is_over = pending.is_none() && self.dialog_seen && is_clear;
            self.hook_since = now;
            if pending.is_none() && !is_clear {
                self.hook_since += ANSWER_LAG;
            }
            self.clear_since = None;
            self.dialog_seen = false;
            self.pending = pending;
        }
        self.dialog_seen |= reading.state.needs_person();
        self.clear_since = is_clear.then(|| self.clear_since.unwrap_or(now));
        self.now = now;
    }

    /// Everything that tells what the session does.
    pub(super) fn signs(&self) -> Signs<'_> {
        Signs {
            screen: self.screen,
            screen_since: self.screen_since,
            hook: self.hook.as_ref().filter(|_| !self.hook_is_over),
            hook_since: self.hook_since,
            // A dialog that came and went was answered, whatever its hook still waits for.
            pending: self.pending.filter(|_| {
                !self.dialog_seen || self.clear_since.is_none() || self.answer_settles().is_some()
            }),
            now: self.now,
        }
    }

    /// When it will be clear what the session does, where it is not yet.
    pub(super) fn undecided_until(&self) -> Option<Instant> {
        self.answer_settles()
            .or_else(|| self.signs().undecided_until())
    }

    /// When a dialog that just went will count as answered.
    fn answer_settles(&self) -> Option<Instant> {
        let went = self
            .clear_since
            .filter(|_| self.dialog_seen && self.pending.is_some())?;
        let settles = went + SCREEN_LAG;
        (self.now < settles).then_some(settles)
    }

    /// Since when the screen shows nothing known.
    pub(super) fn unreadable_since(&self) -> Option<Instant> {
        (self.screen.state == ActivityState::Unknown).then_some(self.screen_since)
    }

    /// Whether the agent asks something on its screen.
    pub(super) fn dialog(&self) -> Dialog {
        if self.screen.state == ActivityState::NeedsPermission {
            return Dialog::Shown;
        }
        let is_gone = self
            .clear_since
            .is_some_and(|since| self.now >= since + DIALOG_GONE);
        if is_gone {
            Dialog::Gone
        } else {
            Dialog::Unclear
        }
    }

    /// When it will be clear that a dialog is gone.
    pub(super) fn dialog_check(&self) -> Option<Instant> {
        let gone = self.clear_since.filter(|_| self.pending.is_some())? + DIALOG_GONE;
        // Once it is, another look finds nothing new.
        (self.now < gone).then_some(gone)
    }
}
