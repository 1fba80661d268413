//! Leave to do something: hooks, standing permissions, and the question to the person.

use crate::agent::{Agent, Exit};
use crate::block;
use crate::dialog::{Dialog, Outcome};
use crate::events::Wake;
use crate::line::Style;
use crate::tool::{Call, Scope};
use crate::turn::{Cut, Turn};
use crate::verdict::Verdict;
use crate::view::Face;

/// What need not be asked about again.
#[derive(Debug, Default)]
pub(crate) struct Permissions {
    /// `--dangerously-skip-permissions`.
    skip: bool,
    granted: Vec<Scope>,
}

impl Permissions {
    pub(crate) fn new(skip: bool) -> Self {
        Self {
            skip,
            granted: Vec::new(),
        }
    }

    /// As Claude Code calls it.
    pub(crate) fn mode(&self) -> &'static str {
        if self.skip {
            "bypassPermissions"
        } else {
            "default"
        }
    }
}

/// May a call be made?
pub(crate) enum Leave {
    Given,
    /// A hook said no, for this reason: the turn goes on.
    Denied(String),
    /// A person said no, which ends the turn.
    Rejected,
}

/// What came first: a person's answer, or that of a hook.
pub(crate) enum Answered {
    Person(Outcome),
    /// A hook allows it; a question is never answered so.
    Allowed,
    Denied(String),
}

impl Agent {
    /// May this call be made? The one place that decides it.
    pub(crate) fn permit(&mut self, turn: &mut Turn, call: &Call) -> Result<Leave, Cut> {
        let verdict = self.fire_before_use(turn, call)?;
        if let Verdict::Deny(reason) = verdict {
            return Ok(Leave::Denied(reason));
        }
        let Some(scope) = &call.scope else {
            return Ok(Leave::Given);
        };
        let standing = self.permissions.skip || self.permissions.granted.contains(scope);
        let dialog = match verdict {
            Verdict::Allow => return Ok(Leave::Given),
            Verdict::Ask => call.dialog.clone().once(),
            _ if standing => return Ok(Leave::Given),
            _ => call.dialog.clone(),
        };
        let outcome = match self.ask(call, dialog.clone())? {
            Answered::Person(outcome) => outcome,
            Answered::Allowed => {
                const WORDS: &str = "Allowed by PermissionRequest hook";
                let cols = self.screen.cols();
                self.screen.say(block::below(WORDS, Style::Dim, cols));
                return Ok(Leave::Given);
            }
            Answered::Denied(reason) => return Ok(Leave::Denied(reason)),
        };
        if dialog.is_refused(&outcome) {
            return Ok(Leave::Rejected);
        }
        if outcome == Outcome::Chosen(1) {
            self.permissions.granted.push(scope.clone());
        }
        Ok(Leave::Given)
    }

    /// Shows a dialog until a person or a hook answers it, whoever is first.
    pub(crate) fn ask(&mut self, call: &Call, mut dialog: Dialog) -> Result<Answered, Exit> {
        self.start_request(call);
        loop {
            match self.wake(Face::Asking(&dialog), None, None)? {
                Wake::Input(input) => {
                    let Some(outcome) = dialog.press(input) else {
                        continue;
                    };
                    // As in Claude Code: a No ends the hooks, a Yes leaves them to themselves.
                    if dialog.is_refused(&outcome) {
                        self.underway.interrupt();
                    } else {
                        self.underway.ignore();
                    }
                    return Ok(Answered::Person(outcome));
                }
                Wake::Hook => {
                    let replies = self.underway.replies();
                    let answered = match Verdict::on_request(&replies) {
                        Verdict::Deny(reason) => Answered::Denied(reason),
                        // Leave to ask a question is no answer to it.
                        Verdict::Allow if call.scope.is_some() => Answered::Allowed,
                        _ => continue,
                    };
                    self.underway.ignore();
                    return Ok(answered);
                }
                Wake::Deadline | Wake::Command => {}
            }
        }
    }
}
