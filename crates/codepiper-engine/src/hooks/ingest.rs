//! A report becomes an event, with all that follows from it for calls that were decided before.

use std::sync::Arc;

use codepiper_model::{Approval, EventSource, NewEvent, Seq};
use codepiper_providers::{HookFact, HookReading, provider};
use codepiper_store::approvals::StoredApproval;
use codepiper_store::deliveries::{self, Appended};
use codepiper_store::events::Prepared;
use codepiper_store::{StoreError, Transaction, sessions as rows};
use serde_json::Value;

use super::{HookReply, HookReport, Hooks, follow};
use crate::sessions::Subject;
use crate::{EngineError, audit};

/// The longest text inside a report that is kept whole.
const TEXT_MAX: usize = 256 * 1024;

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
        let reading = provider(subject.provider).read_hook(&report.event, &report.data);
        let reading = Arc::new(reading);
        let now = self.parts.clock.now();
        let at = report.at.map_or(now, |at| at.min(now));
        let mut payload = subject.redactor.redact(&report.data);
        shorten(&mut payload);
        let event = NewEvent {
            session_id: report.session_id,
            timestamp: at,
            source: EventSource::Hook,
            kind: report.event.clone(),
            payload,
        };
        let session_id = event.session_id;
        let event = Prepared::new(&event)?;
        let decided = match &reading.fact {
            HookFact::BeforeTool(call) if !is_late && !report.unreadable => {
                Some(self.by_rules(subject, report, 0, &reading, call))
            }
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
            if let Some((mut asked, ruling)) = decided {
                asked.event_id = seq;
                audit::record(tx, &asked, &ruling)?;
            }
            if let Some((id, path)) = &conversation {
                rows::set_conversation(tx, session_id, id, &path.to_string_lossy(), now)?;
            }
            let settled = follow::follow(tx, session_id, &facts, open, at)?;
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

/// Cuts long texts: an event is read by people and pages. What an agent may do is decided on the
/// whole text.
fn shorten(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > TEXT_MAX => {
            let end = text.floor_char_boundary(TEXT_MAX);
            let left = text.len() - end;
            text.truncate(end);
            let rest = format!("… [{left} more bytes]");
            text.push_str(&rest);
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(object) => object.values_mut().for_each(shorten),
        _ => {}
    }
}
