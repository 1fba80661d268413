use std::time::Duration;

use codepiper_model::ActivityState;
use codepiper_providers::LatestTurn;
use tokio::time::Instant;

use super::Live;
use super::activity::{HookSign, Observed, ServerSign, Signs};
use super::turn::latest;
use crate::Approvals;
use crate::approvals::{Pending, Seen};

/// How long an agent may take to take down a dialog that was answered through its hook.
const ANSWER_LAG: Duration = Duration::from_secs(3);

/// How long a turn may seem to go on whose request for leave was refused.
const REFUSAL_SHOWS: Duration = Duration::from_secs(1);

/// How long the transcript may follow the screen, and between two looks at it meanwhile.
pub(super) const TRANSCRIPT_LAG: Duration = Duration::from_secs(2);
const TRANSCRIPT_PAUSE: Duration = Duration::from_millis(100);

/// What can be seen of a session, and since when.
#[derive(Debug)]
pub(super) struct Sight {
    pub(super) screen: Observed,
    screen_since: Instant,
    pub(super) hook: Option<HookSign>,
    hook_since: Instant,
    server: Option<ServerSign>,
    /// The latest thing that the screen said and that was known.
    known: ActivityState,
    /// Until when a request for leave was open, and whether its turn ended with that.
    asked_until: Option<Instant>,
    is_refused: bool,
    transcript: Option<LatestTurn>,
    pub(super) pending: Option<Pending>,
    /// How many approvals were settled.
    settled: u64,
    /// Whether the screen has shown a turn from its beginning to its end.
    pub(super) has_seen_turn: bool,
    /// The screen has shown that what the last hook said is over.
    hook_is_over: bool,
    now: Instant,
}

impl Sight {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            screen: Observed {
                state: ActivityState::Unknown,
                kind: "unknown_screen",
                claim: None,
            },
            screen_since: now,
            hook: None,
            hook_since: now,
            server: None,
            known: ActivityState::Unknown,
            asked_until: None,
            is_refused: false,
            transcript: None,
            pending: None,
            settled: 0,
            has_seen_turn: false,
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
        if self.pending.is_some() || self.known == ActivityState::NeedsPermission {
            self.asked_until = Some(now);
        }
        if reading.state != ActivityState::Unknown && reading.state != self.known {
            let is_idle = reading.state == ActivityState::Idle;
            self.has_seen_turn |= is_idle && self.known == ActivityState::Working;
            let asked = self.asked_until.filter(|_| is_idle);
            self.is_refused = asked.is_some_and(|asked| now < asked + REFUSAL_SHOWS);
            self.known = reading.state;
        }
        self.screen = Observed {
            state: reading.state,
            kind: reading.kind,
            claim: live.read_trouble(),
        };
        self.server.clone_from(&live.server.borrow());
        let is_clear = reading.state != ActivityState::Unknown && !reading.state.needs_person();
        let hook = live.hook.borrow().clone();
        if hook != self.hook {
            self.hook_since = hook.as_ref().map_or(now, |hook| hook.heard);
            self.hook_is_over = false;
            self.hook = hook;
        }
        let pending = approvals.pending_of(live.id);
        let settled = approvals.settled_of(live.id);
        // One may have been opened and answered since the last look.
        if pending.map(|now| now.id) != self.pending.map(|before| before.id)
            || settled != self.settled
        {
            // A dialog that was just answered stays on the screen for a moment, and one that was
            // just asked for is not there yet. One that is gone already was answered there.
            let was_shown = self.pending.is_some_and(|before| before.shown);
            self.hook_is_over = pending.is_none() && was_shown && is_clear;
            self.hook_since = now;
            if pending.is_none() && !is_clear {
                self.hook_since += ANSWER_LAG;
            }
            self.settled = settled;
        }
        self.pending = pending;
        self.now = now;
    }

    /// What of it speaks of the requests that wait.
    pub(super) fn seen<'a>(&self, lines: &'a [String]) -> Seen<'a> {
        match self.screen.state {
            ActivityState::NeedsPermission => Seen::Dialog(lines),
            ActivityState::NeedsInput | ActivityState::Unknown => Seen::Unclear,
            ActivityState::Idle | ActivityState::Working => Seen::Clear,
        }
    }

    /// Everything that tells what the session does.
    pub(super) fn signs(&self) -> Signs<'_> {
        Signs {
            screen: self.screen.clone(),
            screen_since: self.screen_since,
            hook: self.hook.as_ref().filter(|_| !self.hook_is_over),
            hook_since: self.hook_since,
            pending: self.pending,
            server: self.server.clone(),
            is_refused: self.is_refused,
            transcript: self.transcript.clone(),
            now: self.now,
        }
    }

    /// Asks the transcript where the screen claims what it alone cannot prove. Returns when to ask
    /// again: the transcript follows the screen.
    pub(super) async fn ask_transcript(&mut self, live: &Live) -> Option<Instant> {
        self.transcript = None;
        if !self.signs().wants_transcript() {
            return None;
        }
        let latest = latest(live.transcript()).await;
        self.transcript = latest.map(|turn| LatestTurn {
            trouble: turn.trouble.map(|trouble| live.clean(trouble)),
            ..turn
        });
        let confirms = |turn: &LatestTurn| turn.trouble.is_some();
        let is_recent = self.now < self.screen_since + TRANSCRIPT_LAG;
        let again = is_recent && !self.transcript.as_ref().is_some_and(confirms);
        again.then(|| self.now + TRANSCRIPT_PAUSE)
    }

    /// Since when the screen shows nothing known.
    pub(super) fn unreadable_since(&self) -> Option<Instant> {
        (self.screen.state == ActivityState::Unknown).then_some(self.screen_since)
    }
}
