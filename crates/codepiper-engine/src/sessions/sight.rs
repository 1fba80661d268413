use std::time::Duration;

use codepiper_model::ActivityState;
use tokio::time::Instant;

use super::Live;
use super::activity::{HookSign, Observed, Signs};
use crate::Approvals;
use crate::approvals::Pending;

/// How long no dialog has to be on the screen before that means that it was answered.
const DIALOG_GONE: Duration = Duration::from_secs(2);

/// What can be seen of a session, and since when.
#[derive(Debug)]
pub(super) struct Sight {
    pub(super) screen: Observed,
    screen_since: Instant,
    pub(super) hook: Option<HookSign>,
    hook_since: Instant,
    pub(super) pending: Option<Pending>,
    /// Since when neither a dialog was there nor another approval was opened.
    no_dialog_since: Option<Instant>,
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
            no_dialog_since: None,
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
        let hook = live.hook.borrow().clone();
        if hook != self.hook {
            self.hook_since = hook.as_ref().map_or(now, |hook| hook.heard);
            self.hook = hook;
        }
        let pending = approvals.pending_of(live.id);
        if pending != self.pending {
            // A dialog that was just answered stays on the screen for a moment, and one that was
            // just asked for is not there yet.
            self.hook_since = now;
            self.no_dialog_since = None;
            self.pending = pending;
        }
        let is_clear = reading.state != ActivityState::Unknown && !reading.state.needs_person();
        self.no_dialog_since = if is_clear {
            Some(self.no_dialog_since.unwrap_or(now))
        } else {
            None
        };
        self.now = now;
    }

    /// Everything that tells what the session does.
    pub(super) fn signs(&self) -> Signs<'_> {
        Signs {
            screen: self.screen,
            screen_since: self.screen_since,
            hook: self.hook.as_ref(),
            hook_since: self.hook_since,
            pending: self.pending,
            now: self.now,
        }
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
            .no_dialog_since
            .is_some_and(|since| self.now >= since + DIALOG_GONE);
        if is_gone {
            Dialog::Gone
        } else {
            Dialog::Unclear
        }
    }

    /// When it will be clear that a dialog is gone.
    pub(super) fn dialog_check(&self) -> Option<Instant> {
        let since = self.no_dialog_since.filter(|_| self.pending.is_some())?;
        Some(since + DIALOG_GONE)
    }

    /// What follows from a dialog that is gone was done.
    pub(super) fn dialog_checked(&mut self) {
        self.no_dialog_since = Some(self.now);
    }
}
