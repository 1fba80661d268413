use std::time::{Duration, Instant};

/// The first pause between two attempts, doubled until it is [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// A connection that lasted so long was one with a daemon that works; a shorter one may be part of
/// a daemon that starts and dies again and again.
const LASTING: Duration = Duration::from_secs(1);
/// A person may be answering: a daemon that is only restarted must not lose the question.
const WITHOUT_DAEMON: Duration = Duration::from_mins(1);
/// The agent stands still meanwhile.
const WHILE_AGENT_WAITS: Duration = Duration::from_secs(5);

/// How long an event is worth waiting for, and when to try again.
#[derive(Debug)]
pub(super) struct Patience {
    kind: Kind,
    started: Instant,
    /// When the daemon was there last.
    reached: Instant,
    pause: Duration,
    /// Whether the daemon kept it waiting, and so a person was asked.
    held: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A person decides, which may take hours.
    Person,
    /// The daemon decides, at once.
    Rules,
    /// The daemon decides, or asks a person.
    RulesOrPerson,
    /// Nobody waits for a decision.
    News,
}

impl Patience {
    /// `holds` says that a person may be asked before a tool call.
    pub(super) fn new(event: &str, holds: bool, started: Instant) -> Self {
        Self {
            kind: match event {
                super::PERMISSION_REQUEST => Kind::Person,
                super::PRE_TOOL_USE if holds => Kind::RulesOrPerson,
                super::PRE_TOOL_USE => Kind::Rules,
                _ => Kind::News,
            },
            started,
            reached: started,
            pause: FIRST_PAUSE,
            held: false,
        }
    }

    /// By when an answer must be there, if it must.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.kind {
            Kind::Person | Kind::RulesOrPerson => None,
            Kind::Rules | Kind::News => Some(self.started + WHILE_AGENT_WAITS),
        }
    }

    /// Takes note that a connection with the daemon, which lasted so long, was lost.
    pub(super) fn lost(&mut self, lasted: Duration, now: Instant) {
        if lasted >= LASTING {
            self.reached = now;
            self.pause = FIRST_PAUSE;
            self.held = self.kind == Kind::RulesOrPerson;
        }
    }

    /// Whether a person was asked before a call, which must not run unanswered then.
    pub(super) fn was_held(&self) -> bool {
        self.held
    }

    /// How long to pause before the next attempt; `None` when there is to be none.
    pub(super) fn pause(&mut self, now: Instant) -> Option<Duration> {
        let end = match self.kind {
            Kind::Person => self.reached + WITHOUT_DAEMON,
            Kind::RulesOrPerson if self.held => self.reached + WITHOUT_DAEMON,
            Kind::Rules | Kind::RulesOrPerson => self.started + WHILE_AGENT_WAITS,
            Kind::News => return None,
        };
        let left = end
            .checked_duration_since(now)
            .filter(|left| !left.is_zero())?;
        let pause = self.pause;
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        Some(pause.min(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When attempts are made if each fails at once, from the first on.
    fn attempts(patience: &mut Patience, mut now: Instant) -> Vec<Duration> {
        let start = now;
        let mut at = vec![];
        while let Some(pause) = patience.pause(now) {
            now += pause;
            at.push(now - start);
        }
        at
    }

    #[test]
    fn news_is_told_once() {
        let now = Instant::now();
        assert!(attempts(&mut Patience::new("Stop", false, now), now).is_empty());
    }

    #[test]
    fn a_tool_call_waits_five_seconds_in_all() {
        let now = Instant::now();
        let at = attempts(&mut Patience::new("PreToolUse", false, now), now);
        let millis: Vec<_> = at.iter().map(Duration::as_millis).collect();
        assert_eq!(millis, [50, 150, 350, 750, 1550, 2550, 3550, 4550, 5000]);
    }

    #[test]
    fn a_tool_call_that_a_person_was_asked_about_waits_like_a_question() {
        let now = Instant::now();
        let mut patience = Patience::new("PreToolUse", true, now);
        assert_eq!(patience.deadline(), None);
        let last = attempts(&mut patience, now).pop();
        assert_eq!(last, Some(WHILE_AGENT_WAITS));
        assert!(!patience.was_held());

        let later = now + Duration::from_hours(2);
        patience.lost(Duration::from_hours(2), later);
        assert!(patience.was_held());
        let last = attempts(&mut patience, later).pop();
        assert_eq!(last, Some(WITHOUT_DAEMON));
    }

    #[test]
    fn a_question_waits_a_minute_without_a_daemon() {
        let now = Instant::now();
        let mut patience = Patience::new("PermissionRequest", false, now);
        assert_eq!(patience.deadline(), None);
        let last = attempts(&mut patience, now).pop();
        assert_eq!(last, Some(Duration::from_mins(1)));

        let later = now + Duration::from_hours(2);
        patience.lost(Duration::from_millis(999), later);
        assert_eq!(patience.pause(later), None);
        patience.lost(Duration::from_mins(119), later);
        let last = attempts(&mut patience, later).pop();
        assert_eq!(last, Some(Duration::from_mins(1)));
    }
}
