//! What agents' hooks report, and what they are told.
//!
//! Every report is committed as an event before anything follows from it. Its delivery id makes it
//! harmless to report it again: the second time it gets the first answer.

mod credential;
mod decide;
mod follow;
mod ingest;
mod program;
mod request;
mod spool;

use std::sync::Arc;

use codepiper_model::{Clock, DecisionKind, EventSource, SessionId, StatusLine, Timestamp};
use codepiper_providers::{HookFact, provider};
use codepiper_store::Store;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sessions::{SessionManager, Subject};
use crate::{Approvals, Config, EngineError, EventBus, PolicyEngine};

pub(crate) use credential::Credential;
use decide::Decided;
use ingest::Ingested;
pub(crate) use program::install as install_program;
pub(crate) use request::summary;

/// The name under which the program reports that draws the status line.
const STATUS_LINE: &str = "StatusLine";

/// Takes the reports of agents' hooks and answers them.
#[derive(Clone)]
pub struct Hooks {
    pub(crate) parts: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) config: Arc<Config>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Store,
    pub(crate) events: EventBus,
    pub(crate) sessions: SessionManager,
    pub(crate) policies: PolicyEngine,
    pub(crate) approvals: Approvals,
    /// Held while the spool is read.
    pub(crate) spooling: tokio::sync::Mutex<()>,
}

/// A report of a hook.
#[derive(Clone, Debug)]
pub struct HookReport {
    /// The session, as we call it.
    pub session_id: SessionId,
    /// What happened, in the agent's words.
    pub event: String,
    /// The details, in the agent's words.
    pub data: Value,
    /// How many bytes they had.
    pub size: usize,
    /// The details could not be read.
    pub unreadable: bool,
    /// Names this report.
    pub delivery_id: String,
    /// When it happened; now, where that is not said.
    pub at: Option<Timestamp>,
}

/// What the hook is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HookReply {
    /// What was decided.
    pub decision: DecisionKind,
    /// What it prints for the agent.
    pub stdout: Option<String>,
    /// What it prints for people.
    pub stderr: Option<String>,
    /// How it exits.
    pub exit_code: u8,
}

impl HookReply {
    /// Nothing to say: the agent's own rules apply.
    pub(crate) const NOTHING: Self = Self {
        decision: DecisionKind::None,
        stdout: None,
        stderr: None,
        exit_code: 0,
    };
}

impl Hooks {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
        }
    }

    /// Takes a report and answers it; a permission that a person has to give is waited for.
    pub async fn report(&self, report: HookReport, secret: &str) -> Result<HookReply, EngineError> {
        let subject = self.parts.sessions.subject(report.session_id).await?;
        if !subject.credential.is_shown_by(secret) {
            return Err(EngineError::Forbidden {
                code: "wrong_secret",
                message: format!("this is not the secret of session `{}`", report.session_id),
            });
        }
        self.parts.sessions.note_report(report.session_id);
        if report.event == STATUS_LINE
            && let Some(told) = provider(subject.provider).read_status_line(&report.data)
        {
            check(&report)?;
            return self.status_line(report.session_id, told).await;
        }
        self.ask(&subject, report).await
    }

    /// Takes what an agent tells its status line; the answer is a line for an agent without one.
    async fn status_line(&self, id: SessionId, told: StatusLine) -> Result<HookReply, EngineError> {
        let sessions = &self.parts.sessions;
        let known = sessions
            .note_status_line(id, EventSource::Statusline, told)
            .await?;
        Ok(HookReply {
            stdout: Some(format!("{known}\n")),
            ..HookReply::NOTHING
        })
    }

    /// Takes what an agent reports or asks in whatever way, and answers it.
    pub(crate) async fn ask(
        &self,
        subject: &Arc<Subject>,
        mut report: HookReport,
    ) -> Result<HookReply, EngineError> {
        check(&report)?;
        let now = self.parts.clock.now();
        report.at = Some(report.at.map_or(now, |at| at.min(now)));
        // An agent that gives up must not leave half a decision; only the waiting ends with it.
        let (hooks, of) = (self.clone(), Arc::clone(subject));
        let taken = tokio::spawn(async move {
            let decided = hooks.take_in(&of, &report).await;
            decided.map(|decided| (decided, report))
        });
        match taken.await.map_err(EngineError::internal)?? {
            (Decided::Reply(reply), _) => Ok(reply),
            (Decided::Person(id), report) => self.wait_for_person(subject, &report, id).await,
        }
    }

    /// Stores a report and decides on it.
    async fn take_in(
        &self,
        subject: &Subject,
        report: &HookReport,
    ) -> Result<Decided, EngineError> {
        match self.ingest(subject, report, false).await? {
            Ingested::Before(Some(reply)) => Ok(Decided::Reply(reply)),
            _ if report.unreadable => Ok(Decided::Reply(decide::unreadable(subject, report))),
            Ingested::Before(None) => self.go_on(subject, report).await,
            Ingested::New {
                event_id,
                reading,
                reply,
            } => {
                let id = report.session_id;
                if reading.fact == HookFact::TurnChanged {
                    self.take_left_behind();
                }
                self.parts
                    .sessions
                    .note_hook(id, &report.event, event_id, &reading);
                match reply {
                    Some(reply) => Ok(Decided::Reply(reply)),
                    None => self.decide(subject, report, event_id, &reading).await,
                }
            }
        }
    }
}

fn check(report: &HookReport) -> Result<(), EngineError> {
    let is_name = |text: &str| {
        !text.is_empty()
            && text.len() <= 64
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
    };
    if !is_name(&report.event) {
        let message = "`event` is the name of an event: 1 to 64 letters, digits, `_`, `-`, `.`";
        return Err(EngineError::invalid("event", message));
    }
    if uuid::Uuid::try_parse(&report.delivery_id).is_err() {
        return Err(EngineError::invalid("deliveryId", "`deliveryId` is a UUID"));
    }
    if !report.data.is_object() {
        return Err(EngineError::invalid(
            "data",
            "`data` is the JSON object that the agent gave",
        ));
    }
    Ok(())
}
