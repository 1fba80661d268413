use std::time::SystemTime;

use codepiper_model::{Activity, ActivityState, EvidenceSource, Seq, SessionId, Status, Timestamp};
use serde::Serialize;

use super::{Live, SessionManager, Terms};
use crate::EngineError;
use crate::approvals::Pending;

/// What is known of what an agent does, and from where.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Where the session is in its life.
    pub status: Status,
    /// What is believed; only while running.
    pub activity: Option<Activity>,
    /// Everything that says something of it at this moment.
    pub signs: Vec<Sign>,
    /// How that is heard.
    #[serde(flatten)]
    pub terms: Terms,
}

/// One thing that says what an agent does.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sign {
    /// Where it is seen.
    pub source: EvidenceSource,
    /// What it says, where it says something that is understood.
    pub says: Option<ActivityState>,
    /// What was seen, in the source's own terms.
    #[serde(rename = "type")]
    pub kind: String,
    /// The words themselves: the window's title, the file, the process.
    pub detail: Option<String>,
    /// The event that carries it.
    pub event_id: Option<Seq>,
    /// When it was seen.
    pub at: Timestamp,
    /// How long ago that is, in milliseconds.
    pub age_ms: i64,
}

impl SessionManager {
    /// Says why a session is thought to do what it does.
    pub async fn explain(&self, id: SessionId) -> Result<Explanation, EngineError> {
        let session = self.get(id).await?;
        let live = self.live_map().get(&id).cloned();
        let now = self.parts.clock.now();
        let signs = match live {
            Some(live) => {
                let pending = self.parts.approvals.pending_of(id);
                signs(&live, pending, now)
            }
            None => Vec::new(),
        };
        Ok(Explanation {
            terms: self.terms(&session),
            status: session.status,
            activity: session.activity,
            signs,
        })
    }
}

fn signs(live: &Live, pending: Option<Pending>, now: Timestamp) -> Vec<Sign> {
    let sign = |source, says, kind: &str, at: Timestamp| Sign {
        source,
        says,
        kind: kind.to_owned(),
        detail: None,
        event_id: None,
        at,
        age_ms: now.as_millis() - at.as_millis(),
    };
    let mut signs = Vec::new();
    if let Some(pending) = pending {
        let says = Some(ActivityState::NeedsPermission);
        signs.push(Sign {
            detail: Some(format!("approval {}", pending.id)),
            event_id: Some(pending.event_id),
            ..sign(
                EvidenceSource::Hook,
                says,
                "PermissionRequest",
                pending.since,
            )
        });
    }
    if let Some(hook) = live.hook.borrow().as_ref() {
        signs.push(Sign {
            event_id: Some(hook.event_id),
            ..sign(EvidenceSource::Hook, Some(hook.state), &hook.event, hook.at)
        });
    }
    let reading = live.read_screen();
    let says = Some(reading.state).filter(|state| *state != ActivityState::Unknown);
    signs.push(Sign {
        detail: Some(
            live.subject
                .redactor
                .redact_text(&format!("title: {}", live.title())),
        ),
        ..sign(EvidenceSource::Screen, says, reading.kind, now)
    });
    if let Some(path) = live.transcript()
        && let Some(at) = written(&path)
    {
        signs.push(Sign {
            detail: Some(path.display().to_string()),
            ..sign(EvidenceSource::Transcript, None, "written", at)
        });
    }
    if let Some(pid) = live.pane.pid() {
        signs.push(Sign {
            detail: Some(format!("process {pid}")),
            ..sign(EvidenceSource::Process, None, "runs", now)
        });
    }
    signs
}

/// When a file was last written.
fn written(path: &std::path::Path) -> Option<Timestamp> {
    let at = path.metadata().ok()?.modified().ok()?;
    let since = at.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis())
        .ok()
        .map(Timestamp::from_millis)
}
