//! A report becomes an event, with all that follows from it for calls that were decided before.

use std::sync::Arc;

use codepiper_model::{Approval, EventSource, NewEvent, Seq, Timestamp};
use codepiper_providers::{HookFact, HookReading, provider};
use codepiper_store::approvals::StoredApproval;
use codepiper_store::deliveries::{self, Appended};
use codepiper_store::events::Prepared;
use codepiper_store::{StoreError, Transaction, sessions as rows};

use super::request::request;
use super::{HookReply, HookReport, Hooks, decide, follow};
use crate::EngineError;
use crate::audit::{self, Asked, Ruling};
use crate::sessions::Subject;
use crate::shorten::shorten;

/// The longest text inside a report that is kept whole.
const TEXT_MAX: usize = 256 * 1024;

/// How old a tool call is when its hook has given up for certain: that waits five seconds, and a
/// moment for its last attempt.
const PATIENCE_MS: i64 = 5500;

/// What became of a report.
pub(super) enum Ingested {
    /// It was here before; the answer, where that is known already.
    Before(Option<HookReply>),
    /// It is new; the answer, where that came with it.
    New {
        event_id: Seq,
        reading: Arc<HookReading>,
        reply: Option<HookReply>,
    },
}

/// A report on its way into the database.
struct Ready {
    reading: Arc<HookReading>,
    event: Prepared,
    /// What the rules decided.
    decided: Option<(Asked, Ruling)>,
    reply: Option<HookReply>,
    /// The call that was made.
    used: Option<Asked>,
    /// The reply as it is kept.
    answer: Option<String>,
}

/// What one transaction did.
struct Written {
    earlier: Option<deliveries::Delivery>,
    settled: Vec<Approval>,
}

impl Hooks {
    /// Stores a report once. An event on which nothing is to be decided has its answer at once, and
    /// so has one that the rules alone decide: the decision is stored along with it, so that the
    /// agent waits for one transaction and not for two.
    pub(super) async fn ingest(
        &self,
        subject: &Subject,
        report: &HookReport,
        is_late: bool,
    ) -> Result<Ingested, EngineError> {
        let now = self.parts.clock.now();
        let at = report.at.map_or(now, |at| at.min(now));
        let made = without_blocking(report.size, || {
            self.make_ready(subject, report, at, is_late)
        });
        let Ready {
            reading,
            event,
            decided,
            reply,
            used,
            answer,
        } = made?;
        let session_id = report.session_id;
        let conversation = reading
            .conversation
            .clone()
            .filter(|(id, path)| subject.is_new_conversation(id, path));
        let delivery_id = report.delivery_id.clone();
        let facts = Arc::clone(&reading);
        let write = move |tx: &Transaction<'_>, open: &[StoredApproval]| {
            let appended = deliveries::append(tx, &event, &delivery_id, answer.as_deref())?;
            let seq = match appended {
                Appended::New(seq) => seq,
                Appended::Before(earlier) => {
                    let written = Written {
                        earlier: Some(earlier),
                        settled: Vec::new(),
                    };
                    return Ok((0, written));
                }
            };
            if let Some((asked, ruling)) = decided {
                audit::record_before(tx, &asked, seq, &ruling)?;
            }
            if let Some((id, path)) = &conversation {
                rows::set_conversation(tx, session_id, id, &path.to_string_lossy(), now)?;
            }
            let settled = follow::follow(tx, session_id, seq, &facts, used.as_ref(), open, at)?;
            let written = Written {
                earlier: None,
                settled,
            };
            Ok((seq, written))
        };
        let (seq, written) = self.write(report, &reading, write).await?;
        if let Some(earlier) = written.earlier {
            if earlier.session_id != report.session_id {
                return Err(EngineError::invalid(
                    "deliveryId",
                    "`deliveryId` names a report of another session",
                ));
            }
            let reply = earlier.answer.map(serde_json::from_value).transpose();
            return Ok(Ingested::Before(reply.map_err(EngineError::internal)?));
        }
        if let Some((id, path)) = reading.conversation.as_ref().filter(|_| !is_late) {
            self.parts
                .sessions
                .note_conversation(report.session_id, id, path);
        }
        Ok(Ingested::New {
            event_id: seq,
            reading,
            reply,
        })
    }

    /// Does everything that needs no database.
    fn make_ready(
        &self,
        subject: &Subject,
        report: &HookReport,
        at: Timestamp,
        is_late: bool,
    ) -> Result<Ready, EngineError> {
        let reading = provider(subject.provider).read_hook(&report.event, &report.data);
        let mut payload = subject.redactor.redact(&report.data);
        shorten(&mut payload, TEXT_MAX);
        let event = Prepared::new(&NewEvent {
            session_id: report.session_id,
            timestamp: at,
            source: EventSource::Hook,
            kind: report.event.clone(),
            payload,
        })?;
        let decided = match &reading.fact {
            HookFact::BeforeTool(call) if !is_late && !report.unreadable => {
                let age = self.parts.clock.now().millis_since(at);
                if age > PATIENCE_MS {
                    Some(decide::too_late(subject, report, &reading, call))
                } else {
                    let decided = self.by_rules(subject, report, &reading, call);
                    // What a person decides comes later.
                    Some(decided).filter(|((_, ruling), _)| !decide::is_held(subject, ruling))
                }
            }
            _ => None,
        };
        let used = match &reading.fact {
            HookFact::AfterTool(call) => Some(request(subject, report, &reading, call).1),
            _ => None,
        };
        let (decided, reply) = decided.unzip();
        let answer = match &reading.fact {
            HookFact::BeforeTool(_) | HookFact::PermissionAsked(_) | HookFact::Unreadable => {
                reply.as_ref()
            }
            _ => Some(&HookReply::NOTHING),
        };
        let answer = answer
            .map(serde_json::to_string)
            .transpose()
            .map_err(EngineError::internal)?;
        Ok(Ready {
            reading: Arc::new(reading),
            event,
            decided,
            reply,
            used,
            answer,
        })
    }

    /// Runs `write` in a transaction, with what is open of the session where the event could
    /// settle any of it.
    async fn write(
        &self,
        report: &HookReport,
        reading: &HookReading,
        write: impl FnOnce(&Transaction<'_>, &[StoredApproval]) -> Result<(Seq, Written), StoreError>
        + Send
        + 'static,
    ) -> Result<(Seq, Written), EngineError> {
        let parts = &self.parts;
        let settles = matches!(
            reading.fact,
            HookFact::AfterTool(_) | HookFact::AfterBatch(_) | HookFact::TurnChanged
        );
        if !settles || !parts.approvals.has_open(report.session_id) {
            return parts.events.commit(move |tx| write(tx, &[])).await;
        }
        let events = parts.events.clone();
        let commit = |open: Vec<StoredApproval>| async move {
            let (seq, written) = events.commit(move |tx| write(tx, &open)).await?;
            let settled = written.settled.clone();
            Ok(((seq, written), settled))
        };
        parts
            .approvals
            .while_unchanged(report.session_id, commit)
            .await
    }

    /// Writes down what a report was answered with.
    pub(super) fn keep_answer(
        tx: &Transaction<'_>,
        event_id: Seq,
        reply: &HookReply,
    ) -> Result<(), StoreError> {
        deliveries::set_answer(tx, event_id, &serde_json::to_value(reply)?)
    }
}

/// Runs `work`; a large report takes long enough to keep others waiting, so that it gets a thread of
/// its own.
fn without_blocking<T>(size: usize, work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    const LARGE: usize = 64 * 1024;
    if size > LARGE && Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread {
        tokio::task::block_in_place(work)
    } else {
        work()
    }
}
