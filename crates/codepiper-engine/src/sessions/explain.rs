use std::time::SystemTime;

use codepiper_model::{
    Activity, ActivityState, EvidenceSource, Seq, SessionId, Status, Timestamp, Trouble,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::turn::latest;
use super::{Live, SessionManager, Terms};
use crate::EngineError;
use crate::approvals::Pending;

/// What is known of what an agent does, and from where.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExplainResponse)]
pub struct Explanation {
    /// Where the session is in its life.
    pub status: Status,
    /// What is believed; only while running.
    pub activity: Option<Activity>,
    /// Why that, and nothing else that a sign says.
    pub because: Option<String>,
    /// What keeps it from being known better.
    pub warnings: Vec<String>,
    /// Everything that says something of it at this moment, the most trustworthy first.
    pub signs: Vec<Sign>,
    /// How that is heard.
    #[serde(flatten)]
    pub terms: Terms,
}

/// One thing that says what an agent does.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ActivitySign)]
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
    #[schema(value_type = Option<i64>)]
    pub event_id: Option<Seq>,
    /// Whether it is what is believed.
    pub believed: bool,
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
        let Some(live) = live else {
            return Ok(Explanation {
                terms: self.terms(&session),
                status: session.status,
                activity: session.activity,
                because: None,
                warnings: Vec::new(),
                signs: Vec::new(),
            });
        };
        let pending = self.parts.approvals.pending_of(id);
        let mut signs = Signs {
            live: &live,
            now,
            all: Vec::new(),
        };
        signs.hooks(pending);
        signs.server();
        signs.transcript().await;
        signs.screen();
        signs.process();
        let activity = live.activity();
        let mut signs = signs.all;
        if let Some(evidence) = &activity.evidence {
            let is_it =
                |sign: &&mut Sign| sign.source == evidence.source && sign.kind == evidence.kind;
            if let Some(sign) = signs.iter_mut().find(is_it) {
                sign.believed = true;
            }
        }
        let is_silent = *live.is_unhooked.borrow() && !*live.is_hooked.borrow();
        let warnings = is_silent.then(|| SILENT_HOOKS.to_owned());
        Ok(Explanation {
            terms: self.terms(&session),
            status: session.status,
            activity: session.activity,
            because: Some((*live.because.borrow()).to_owned()),
            warnings: warnings.into_iter().collect(),
            signs,
        })
    }
}

/// What is wrong when a turn was seen and no hook.
const SILENT_HOOKS: &str = "a turn was seen on the screen and no hook has ever reported: what this \
    session does is read off its screen, and no rule is asked before its tool calls; see whether \
    settings of the agent disable hooks, and start it anew";

/// Gathers what says something, the most trustworthy first.
struct Signs<'a> {
    live: &'a Live,
    now: Timestamp,
    all: Vec<Sign>,
}

impl Signs<'_> {
    fn sign(&self, source: EvidenceSource, says: ActivityState, kind: &str, at: Timestamp) -> Sign {
        Sign {
            source,
            says: Some(says).filter(|state| *state != ActivityState::Unknown),
            kind: kind.to_owned(),
            detail: None,
            event_id: None,
            believed: false,
            at,
            age_ms: self.now.as_millis() - at.as_millis(),
        }
    }

    /// A sign that tells what went wrong, or else `kind`.
    fn told(
        &self,
        source: EvidenceSource,
        says: ActivityState,
        (kind, trouble): (&str, Option<&Trouble>),
        at: Timestamp,
    ) -> Sign {
        let kind = trouble.map_or(kind, |trouble| trouble.kind.as_str());
        Sign {
            detail: trouble.and_then(|trouble| trouble.detail.clone()),
            ..self.sign(source, says, kind, at)
        }
    }

    fn hooks(&mut self, pending: Option<Pending>) {
        use EvidenceSource::Hook;

        if let Some(pending) = pending {
            let says = ActivityState::NeedsPermission;
            self.all.push(Sign {
                detail: Some(format!("approval {}", pending.id)),
                event_id: Some(pending.event_id),
                ..self.sign(Hook, says, "PermissionRequest", pending.since)
            });
        }
        if let Some(hook) = self.live.hook.borrow().as_ref() {
            let what = (hook.event.as_str(), hook.trouble.as_ref());
            self.all.push(Sign {
                event_id: Some(hook.event_id),
                ..self.told(Hook, hook.state, what, hook.at)
            });
        }
    }

    fn server(&mut self) {
        if let Some(sign) = self.live.server.borrow().as_ref() {
            let what = ("thread_status", sign.trouble.as_ref());
            let sign = self.told(EvidenceSource::AppServer, sign.state, what, sign.at);
            self.all.push(sign);
        }
    }

    async fn transcript(&mut self) {
        let Some(path) = self.live.transcript() else {
            return;
        };
        let Some(at) = written(&path) else { return };
        let latest = latest(Some(path.clone())).await;
        let trouble = latest.as_ref().and_then(|turn| turn.trouble.clone());
        let trouble = trouble.map(|trouble| self.live.clean(trouble));
        let (says, kind) = match latest {
            Some(turn) if turn.over => (ActivityState::Idle, "turn_over"),
            Some(_) => (ActivityState::Working, "turn_open"),
            None => (ActivityState::Unknown, "written"),
        };
        let what = (kind, trouble.as_ref());
        let sign = self.told(EvidenceSource::Transcript, says, what, at);
        self.all.push(Sign {
            detail: sign.detail.or_else(|| Some(path.display().to_string())),
            ..sign
        });
    }

    fn screen(&mut self) {
        use EvidenceSource::Screen;

        let reading = self.live.read_screen();
        let title = format!("title: {}", self.live.title());
        let title = self.live.subject.redactor.redact_text(&title);
        if let Some(claim) = self.live.read_trouble() {
            let what = ("", Some(&claim.trouble));
            let sign = self.told(Screen, reading.state, what, self.now);
            self.all.push(sign);
        }
        self.all.push(Sign {
            detail: Some(title),
            ..self.sign(Screen, reading.state, reading.kind, self.now)
        });
    }

    fn process(&mut self) {
        if let Some(pid) = self.live.pane.pid() {
            let says = ActivityState::Unknown;
            self.all.push(Sign {
                detail: Some(format!("process {pid}")),
                ..self.sign(EvidenceSource::Process, says, "runs", self.now)
            });
        }
    }
}

/// When a file was last written.
fn written(path: &std::path::Path) -> Option<Timestamp> {
    let at = path.metadata().ok()?.modified().ok()?;
    let since = at.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis())
        .ok()
        .map(Timestamp::from_millis)
}
