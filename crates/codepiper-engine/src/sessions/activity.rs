//! What a session is doing, from everything that tells.
//!
//! The agent's hooks come first, because the agent means what they say. The screen corrects them:
//! no hook fires when a turn is interrupted or a dialog is refused. A screen is drawn a little after
//! the hook that it belongs to, so it has to stay for a while before it counts against a hook.

use std::time::Duration;

use codepiper_model::{Activity, ActivityState, Evidence, EvidenceSource, Seq, Timestamp, Trouble};
use codepiper_providers::{Claim, LatestTurn};
use tokio::time::Instant;

use crate::approvals::Pending;

/// How long a screen has to say something else than the last hook before it is believed.
const SCREEN_LAG: Duration = Duration::from_millis(500);

/// What the last hook that tells said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HookSign {
    pub(crate) state: ActivityState,
    pub(crate) event: String,
    pub(crate) event_id: Seq,
    /// What went wrong with the turn that it ends.
    pub(crate) trouble: Option<Trouble>,
    pub(crate) at: Timestamp,
    /// When it was heard.
    pub(crate) heard: Instant,
}

/// What the app-server said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerSign {
    pub(crate) state: ActivityState,
    /// What went wrong with the turn since it began.
    pub(crate) trouble: Option<Trouble>,
    pub(crate) at: Timestamp,
}

/// What the screen says.
#[derive(Clone, Debug)]
pub(crate) struct Observed {
    pub(crate) state: ActivityState,
    pub(crate) kind: &'static str,
    /// What it says that went wrong.
    pub(crate) claim: Option<Claim>,
}

/// What is believed, and why.
#[derive(Clone, Debug)]
pub(crate) struct Belief {
    pub(crate) state: ActivityState,
    pub(crate) evidence: Evidence,
    /// The approval that is waited for.
    pub(crate) approval_id: Option<String>,
    /// Why this and nothing else.
    pub(crate) because: &'static str,
}

/// Everything that tells, at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Signs<'a> {
    pub(crate) screen: Observed,
    /// Since when the screen says that.
    pub(crate) screen_since: Instant,
    pub(crate) hook: Option<&'a HookSign>,
    /// Since when the hook counts: when it was heard, or when an approval after it was settled.
    pub(crate) hook_since: Instant,
    pub(crate) pending: Option<Pending>,
    pub(crate) server: Option<ServerSign>,
    /// Whether the turn ended with a request for leave.
    pub(crate) is_refused: bool,
    /// What the transcript says, where it was asked about a claim of the screen.
    pub(crate) transcript: Option<LatestTurn>,
    pub(crate) now: Instant,
}

impl Signs<'_> {
    /// The moment at which the screen will count against the hook, where it does not yet.
    pub(crate) fn undecided_until(&self) -> Option<Instant> {
        let hook = self.hook.filter(|_| self.pending.is_none())?;
        if self.turn_lingers(hook) {
            return None;
        }
        let speaks = self.screen.state != ActivityState::Unknown && !self.server_agrees(hook);
        let until = self.screen_since.max(self.hook_since) + SCREEN_LAG;
        (speaks && self.screen.state != hook.state && self.now < until).then_some(until)
    }

    /// The app-server has said after the hook what the screen says.
    fn server_agrees(&self, hook: &HookSign) -> bool {
        let server = self.server.as_ref().filter(|server| server.at >= hook.at);
        server.is_some_and(|server| {
            let has_failed = server.trouble.is_some() && self.screen.state == ActivityState::Idle;
            has_failed || server.state == self.screen.state
        })
    }

    /// The agent has said that its turn ends, and still works: other hooks of that event run, and
    /// one of them may make it go on.
    fn turn_lingers(&self, hook: &HookSign) -> bool {
        hook.state == ActivityState::Idle && self.screen.state == ActivityState::Working
    }

    /// What is believed.
    pub(crate) fn believed(&self, at: Timestamp) -> Belief {
        if let Some(pending) = self.pending {
            return Belief {
                state: ActivityState::NeedsPermission,
                evidence: Evidence {
                    event_id: Some(pending.event_id),
                    ..evidence(EvidenceSource::Hook, "PermissionRequest", pending.since)
                },
                approval_id: Some(pending.id.to_string()),
                because: "an approval is open, and nothing shows that it was answered",
            };
        }
        let belief = self.of_hook_or_screen(at);
        match belief.state {
            ActivityState::Working => self.while_it_works(belief, at),
            ActivityState::Idle => self.after_a_turn(belief, at),
            ActivityState::NeedsInput => self.in_its_words(belief),
            ActivityState::NeedsPermission | ActivityState::Unknown => belief,
        }
    }

    fn of_hook_or_screen(&self, at: Timestamp) -> Belief {
        let of_screen = |because| Belief {
            state: self.screen.state,
            evidence: evidence(EvidenceSource::Screen, self.screen.kind, at),
            approval_id: None,
            because,
        };
        let Some(hook) = self.hook else {
            return of_screen("no hook has said anything that still counts");
        };
        if self.turn_lingers(hook) {
            return of_screen("the turn has said that it ends, and the screen still works");
        }
        let because = if self.screen.state == hook.state {
            "the last hook and the screen agree"
        } else if self.screen.state == ActivityState::Unknown {
            "the last hook says so, and the screen shows nothing known"
        } else if self.undecided_until().is_some() {
            "the last hook says so, and the screen has not said otherwise for long enough"
        } else {
            return of_screen("the screen has said something else than the last hook for a while");
        };
        Belief {
            state: hook.state,
            evidence: Evidence {
                event_id: Some(hook.event_id),
                ..evidence(EvidenceSource::Hook, &hook.event, hook.at)
            },
            approval_id: None,
            because,
        }
    }

    /// Whether the screen claims what only the transcript can confirm.
    pub(crate) fn wants_transcript(&self) -> bool {
        let is_idle = |state| state == ActivityState::Idle;
        let claim = self.screen.claim.as_ref();
        claim.is_some_and(|claim| !claim.is_certain)
            && is_idle(self.screen.state)
            && !self.hook.is_some_and(|hook| is_idle(hook.state))
    }
}

/// The activity after something was seen; `None` when that changes nothing.
///
/// A screen that shows nothing known says nothing: while an agent redraws, or a person looks at
/// one of its menus, what was known stays.
pub(crate) fn next(before: &Activity, signs: &Signs<'_>, at: Timestamp) -> Option<Activity> {
    let Belief {
        state,
        evidence,
        approval_id,
        ..
    } = signs.believed(at);
    if state == ActivityState::Unknown && signs.screen.kind == "unknown_screen" {
        return None;
    }
    let is_same = before.evidence.as_ref().is_some_and(|known| {
        known.source == evidence.source
            && known.kind == evidence.kind
            && known.detail == evidence.detail
            && (evidence.source != EvidenceSource::Hook || known.event_id == evidence.event_id)
    });
    if before.state == state && is_same && before.approval_id == approval_id {
        return None;
    }
    let since = if before.state == state {
        before.since
    } else {
        at
    };
    // In other words it is still of the event that it was of.
    let known = before.evidence.as_ref();
    let is_kin =
        known.filter(|known| known.source == evidence.source && known.kind == evidence.kind);
    let of_event = is_kin.and_then(|known| known.event_id);
    Some(Activity {
        state,
        since,
        approval_id,
        evidence: Some(Evidence {
            event_id: evidence.event_id.or(of_event),
            ..evidence
        }),
    })
}

pub(super) fn evidence(source: EvidenceSource, kind: &str, at: Timestamp) -> Evidence {
    Evidence {
        source,
        kind: kind.to_owned(),
        detail: None,
        event_id: None,
        at,
    }
}

#[cfg(test)]
mod tests {
    use ActivityState::{Idle, NeedsInput, NeedsPermission, Unknown, Working};
    use codepiper_model::ApprovalId;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    /// Signs at `now` milliseconds after a start; the screen says its thing since 0.
    fn signs<'a>(
        start: Instant,
        now: u64,
        screen: (ActivityState, &'static str),
        hook: Option<&'a HookSign>,
    ) -> Signs<'a> {
        Signs {
            screen: Observed {
                state: screen.0,
                kind: screen.1,
                claim: None,
            },
            screen_since: start,
            hook,
            hook_since: hook.map_or(start, |hook| hook.heard),
            pending: None,
            server: None,
            is_refused: false,
            transcript: None,
            now: start + Duration::from_millis(now),
        }
    }

    fn hook(state: ActivityState, event: &str, heard: Instant) -> HookSign {
        HookSign {
            state,
            event: event.to_owned(),
            event_id: 7,
            trouble: None,
            at: at(5),
            heard,
        }
    }

    #[test]
    fn a_new_state_begins_now_and_new_evidence_does_not() {
        let start = Instant::now();
        let see = |before: &Activity, screen, millis| {
            next(before, &signs(start, 0, screen, None), at(millis))
        };
        let before = Activity::unknown(at(1));
        let input = see(&before, (NeedsInput, "trust_dialog"), 2).unwrap();
        assert_eq!((input.state, input.since), (NeedsInput, at(2)));
        assert!(see(&input, (NeedsInput, "trust_dialog"), 3).is_none());
        let other = see(&input, (NeedsInput, "mcp_server_dialog"), 4).unwrap();
        assert_eq!(other.since, at(2));
        assert_eq!(other.evidence.unwrap().kind, "mcp_server_dialog");
    }

    #[test]
    fn an_unreadable_screen_changes_nothing_and_silence_does() {
        let start = Instant::now();
        let before = Activity::unknown(at(1));
        let working = next(&before, &signs(start, 0, (Working, "working"), None), at(2)).unwrap();
        assert!(
            next(
                &working,
                &signs(start, 0, (Unknown, "unknown_screen"), None),
                at(3)
            )
            .is_none()
        );
        let silent = next(
            &working,
            &signs(start, 0, (Unknown, "silence"), None),
            at(4),
        )
        .unwrap();
        assert_eq!(silent.state, Unknown);
    }

    #[test]
    fn a_hook_counts_until_the_screen_has_said_otherwise_for_a_while() {
        let start = Instant::now();
        let sign = hook(Working, "UserPromptSubmit", start);
        let idle = (Idle, "prompt_box");
        let before = Activity::unknown(at(1));
        let early = signs(start, 100, idle, Some(&sign));
        assert!(early.undecided_until().is_some());
        let working = next(&before, &early, at(2)).unwrap();
        assert_eq!(working.state, Working);
        assert_eq!(working.evidence.as_ref().unwrap().event_id, Some(7));
        let late = signs(start, 600, idle, Some(&sign));
        assert!(late.undecided_until().is_none());
        let interrupted = next(&working, &late, at(3)).unwrap();
        assert_eq!(interrupted.state, Idle);
        assert_eq!(interrupted.evidence.unwrap().source, EvidenceSource::Screen);
    }

    #[test]
    fn a_turn_is_over_when_the_agent_stops_working_on_its_end() {
        let start = Instant::now();
        let sign = hook(Idle, "Stop", start);
        let before = Activity::unknown(at(1));
        let lingers = signs(start, 0, (Working, "working"), Some(&sign));
        assert_eq!(next(&before, &lingers, at(2)).unwrap().state, Working);
        let over = signs(start, 0, (Idle, "prompt_box"), Some(&sign));
        let over = next(&before, &over, at(3)).unwrap();
        assert_eq!(
            (over.state, over.evidence.unwrap().kind.as_str()),
            (Idle, "Stop")
        );
    }

    #[test]
    fn whoever_waits_for_a_person_does_nothing_else() {
        let start = Instant::now();
        let sign = hook(Working, "PreToolUse", start);
        let mut all = signs(start, 900, (Working, "working"), Some(&sign));
        let id = ApprovalId::random();
        all.pending = Some(Pending {
            id,
            event_id: 9,
            since: at(8),
            shown: true,
        });
        let waiting = next(&Activity::unknown(at(1)), &all, at(9)).unwrap();
        assert_eq!(waiting.state, NeedsPermission);
        assert_eq!(waiting.approval_id, Some(id.to_string()));
        assert_eq!(waiting.evidence.unwrap().event_id, Some(9));
    }
}
