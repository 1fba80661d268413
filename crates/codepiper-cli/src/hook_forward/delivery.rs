use std::time::{Duration, Instant};

use codepiper_model::{Clock as _, SystemClock, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::answer::Answer;
use super::exchange::exchange;
use super::options::Options;
use super::patience::Patience;
use super::payload::Payload;
use super::place::Place;
use super::spool::{Fallback, Spool};
use super::wire::Lost;

/// How long the last attempt may take when the time is over already.
const LAST_WORD: Duration = Duration::from_millis(100);

/// What came of an event.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The daemon has it, and said this.
    Answer(Answer),
    /// The daemon finds it too large.
    TooLarge,
    /// There is no decision, for this reason.
    Nothing(String),
}

/// One event on its way to the daemon. Every attempt carries the same id, so that the daemon
/// knows it again.
pub(super) struct Delivery<'a> {
    place: &'a Place,
    /// Where it goes to.
    path: &'static str,
    /// Whether a person may be asked before a tool call.
    holds: bool,
    message: Message<'a>,
    spool: Option<Spool>,
    /// What the agent will be told when there is no decision.
    fallback: Fallback,
    /// What the file in the spool says that it was told.
    kept: Option<Fallback>,
    /// Whether that file is newer than the last attempt.
    just_kept: bool,
    /// Why there is no such file.
    not_kept: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    session_id: &'a str,
    event: &'a str,
    data: &'a RawValue,
    delivery_id: Uuid,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback: Option<Fallback>,
}

/// Tells the daemon of an event once, before the deadline, and returns what the agent gets to read.
/// Without a daemon the event is lost.
pub(crate) fn tell_once(event: &str, data: &RawValue, deadline: Instant) -> Option<String> {
    let place = Place::from_environment().ok()?;
    let message = Message {
        session_id: &place.session,
        event,
        data,
        delivery_id: Uuid::now_v7(),
        at: SystemClock.now(),
        fallback: None,
    };
    let body = serde_json::to_vec(&message).ok()?;
    let reply = exchange(&place, Options::default().path(), &body, Some(deadline)).ok()?;
    let answer: Answer = serde_json::from_slice(&reply.body).ok()?;
    answer.text()
}

impl<'a> Delivery<'a> {
    pub(super) fn new(
        payload: &'a Payload,
        place: &'a Place,
        at: Timestamp,
        options: &Options,
        fallback: Fallback,
    ) -> Self {
        let message = Message {
            session_id: &place.session,
            event: &payload.event,
            data: &payload.document,
            delivery_id: Uuid::now_v7(),
            at,
            fallback: None,
        };
        Self {
            place,
            path: options.path(),
            holds: options.holds(),
            message,
            spool: options.spool.as_deref().map(Spool::new),
            fallback,
            kept: None,
            just_kept: false,
            not_kept: None,
        }
    }

    /// Delivers it, however often that must be tried.
    pub(super) fn run(&mut self, started: Instant) -> Outcome {
        let body = match serde_json::to_vec(&self.message) {
            Ok(body) => body,
            Err(error) => return Outcome::Nothing(error.to_string()),
        };
        let mut patience = Patience::new(self.message.event, self.holds, started);
        let lost = loop {
            let lost = match self.attempt(&body, patience.deadline()) {
                Ok(outcome) => return outcome,
                Err(lost) => lost,
            };
            patience.lost(lost.lasted, Instant::now());
            // Before any waiting, which may be cut short. So far the agent was told nothing.
            self.keep(Fallback::None);
            match patience.pause(Instant::now()) {
                Some(pause) => std::thread::park_timeout(pause),
                None => break lost,
            }
        };
        self.keep(self.fallback);
        if self.just_kept {
            // A daemon may have read the spool before the file was there, and listen now.
            let soon = Instant::now() + LAST_WORD;
            let deadline = patience.deadline().map_or(soon, |time| time.max(soon));
            if let Ok(outcome) = self.attempt(&body, Some(deadline)) {
                return outcome;
            }
        }
        if patience.was_held() {
            return Outcome::Answer(Answer::deny(
                "a person was to decide on it, and CodePiper went away meanwhile",
            ));
        }
        self.undelivered(&lost.why)
    }

    fn attempt(&mut self, body: &[u8], deadline: Option<Instant>) -> Result<Outcome, Lost> {
        self.just_kept = false;
        let reply = exchange(self.place, self.path, body, deadline)?;
        Ok(match reply.status {
            200..=299 => {
                self.forget();
                serde_json::from_slice(&reply.body).map_or_else(
                    |error| {
                        Outcome::Nothing(format!("the daemon's answer makes no sense: {error}"))
                    },
                    Outcome::Answer,
                )
            }
            413 => {
                self.forget();
                Outcome::TooLarge
            }
            // It would be refused again.
            400..=499 => {
                self.forget();
                Outcome::Nothing(reply.refusal())
            }
            // The daemon is about to leave, or has just come.
            503 => return Err(Lost::unreachable(reply.refusal())),
            _ => {
                self.keep(self.fallback);
                self.undelivered(&reply.refusal())
            }
        })
    }

    /// Leaves it in the spool, if it does not lie there already.
    fn keep(&mut self, told: Fallback) {
        if self.kept == Some(told) {
            return;
        }
        match self.put(told) {
            Ok(()) => {
                self.kept = Some(told);
                self.just_kept = true;
                self.not_kept = None;
            }
            Err(why) => self.not_kept = Some(why),
        }
    }

    fn put(&mut self, told: Fallback) -> Result<(), String> {
        let Some(spool) = &self.spool else {
            return Err("no `--spool` was given".to_owned());
        };
        self.message.fallback = Some(told);
        let content = serde_json::to_vec(&self.message).map_err(|error| error.to_string())?;
        let name = self.file_name();
        spool
            .put(&name, &content)
            .map_err(|error| error.to_string())
    }

    fn forget(&mut self) {
        if let Some(spool) = &self.spool
            && self.kept.take().is_some()
        {
            spool.take_away(&self.file_name());
        }
    }

    /// Names sort as the events happened.
    fn file_name(&self) -> String {
        format!("{}-{}.json", self.message.at, self.message.delivery_id)
    }

    fn undelivered(&self, why: &str) -> Outcome {
        Outcome::Nothing(match &self.not_kept {
            Some(not_kept) => format!("{why}; the event is lost: {not_kept}"),
            None => format!("{why}; the event waits in the spool"),
        })
    }
}
