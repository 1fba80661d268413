//! What one can subscribe to on `/ws`. Each subscription reads on from where it is, as fast as its
//! client takes it: one that lags loses no event, and of what only the latest counts for, hears the
//! latest.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use codepiper_engine::{Engine, EngineError, EventFilter, NotificationChanged};
use codepiper_model::{Actor, ApprovalId, Event, Seq, Session, SessionId};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::connection::{Message, text};

/// How much is read at once.
const BATCH: usize = 200;

/// How long changes are gathered before anybody hears of them.
const GATHERING: Duration = Duration::from_millis(50);

/// The least time between two pictures of a terminal.
const PICTURES: Duration = Duration::from_millis(100);

/// What one can hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// The sessions.
    Sessions,
    /// What waits for a person.
    Approvals,
    /// What people are told of.
    Notifications,
    /// How far executions of workflows have come.
    Workflows,
    /// What happens in a session.
    Events(SessionId),
    /// That a session's conversation went on.
    Conversation(SessionId),
    /// What a session's terminal shows.
    Terminal(SessionId),
}

/// Why nothing more is heard.
pub(super) enum Over {
    /// The client is gone.
    Gone,
    /// It could not be read on.
    Failed(EngineError),
}

impl From<EngineError> for Over {
    fn from(error: EngineError) -> Self {
        Self::Failed(error)
    }
}

impl Topic {
    /// The topic of that name.
    pub(super) fn parse(name: &str) -> Result<Self, String> {
        match name {
            "sessions" => return Ok(Self::Sessions),
            "approvals" => return Ok(Self::Approvals),
            "workflows" => return Ok(Self::Workflows),
            "notifications" => return Ok(Self::Notifications),
            _ => {}
        }
        let of_session = name.strip_prefix("session:").and_then(|rest| {
            let (id, what) = rest.rsplit_once(':')?;
            let id = id.parse::<SessionId>().ok()?;
            match what {
                "events" => Some(Self::Events(id)),
                "conversation" => Some(Self::Conversation(id)),
                "pty" => Some(Self::Terminal(id)),
                _ => None,
            }
        });
        of_session.ok_or_else(|| {
            let shown: String = name.chars().take(100).collect();
            format!(
                "there is no topic `{shown}`; topics are `sessions`, `approvals`, \
                 `notifications`, `workflows`, `session:ID:events`, `session:ID:conversation` and `session:ID:pty`"
            )
        })
    }
}

/// Somebody who hears of a topic.
pub(super) struct Subscriber {
    pub(super) engine: Engine,
    pub(super) actor: Actor,
    pub(super) topic: Topic,
    /// What the client calls it.
    pub(super) name: String,
    pub(super) since: Option<Seq>,
    pub(super) ear: mpsc::Sender<Message>,
}

impl Subscriber {
    /// Tells, for as long as there is something to tell.
    pub(super) async fn tell_all(self) -> Result<Infallible, Over> {
        match self.topic {
            Topic::Sessions => self.tell_sessions().await,
            Topic::Approvals => self.tell_approvals().await,
            Topic::Notifications => self.tell_notifications().await,
            Topic::Workflows => self.tell_workflows().await,
            Topic::Events(id) => self.tell_events(id).await,
            Topic::Conversation(id) => self.tell_conversation(id).await,
            Topic::Terminal(id) => self.tell_terminal(id).await,
        }
    }

    async fn tell(&self, message: Value) -> Result<(), Over> {
        let sent = self.ear.send(text(&message)).await;
        sent.map_err(|_| Over::Gone)
    }

    /// Events behind `since`, once there are some.
    async fn read_on(&self, of: Option<SessionId>, since: &mut Seq) -> Result<Vec<Event>, Over> {
        let mut latest = self.engine.events.latest();
        loop {
            latest.borrow_and_update();
            let filter = EventFilter {
                session_id: of,
                since: Some(*since),
                limit: BATCH,
                ..EventFilter::default()
            };
            let (events, _) = self.engine.events.query(filter).await?;
            if let Some(last) = events.last() {
                *since = last.id;
                return Ok(events);
            }
            latest.changed().await.map_err(|_| Over::Gone)?;
        }
    }

    fn begin(&self) -> Seq {
        let latest = *self.engine.events.latest().borrow();
        self.since.unwrap_or(latest)
    }

    async fn tell_events(&self, id: SessionId) -> Result<Infallible, Over> {
        let mut since = self.begin();
        loop {
            for event in self.read_on(Some(id), &mut since).await? {
                self.tell(json!({ "topic": self.name, "data": event }))
                    .await?;
            }
        }
    }

    async fn tell_approvals(&self) -> Result<Infallible, Over> {
        let mut since = self.begin();
        loop {
            let events = self.read_on(None, &mut since).await?;
            let named = events
                .iter()
                .filter(|event| event.kind.starts_with("Approval"));
            let ids = named.filter_map(|event| event.payload["approvalId"].as_str());
            let ids: BTreeSet<&str> = ids.collect();
            for id in ids
                .into_iter()
                .filter_map(|id| id.parse::<ApprovalId>().ok())
            {
                // It may be gone with its session.
                if let Ok(approval) = self.engine.approvals.get(id).await {
                    let message = json!({ "topic": self.name, "type": "approval_updated",
                        "approval": approval });
                    self.tell(message).await?;
                }
            }
        }
    }

    /// New ones, and after every change how many nobody has read.
    async fn tell_notifications(&self) -> Result<Infallible, Over> {
        let mut changes = self.engine.notifications.changes();
        loop {
            match changes.recv().await {
                Ok(NotificationChanged::Created(notification)) => {
                    self.tell(json!({ "topic": self.name, "type": "notification_created",
                        "notification": notification }))
                        .await?;
                }
                Ok(NotificationChanged::Read) => {
                    self.tell(json!({ "topic": self.name, "type": "notification_read" }))
                        .await?;
                }
                // Who missed some asks for all of them.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Err(Over::Gone),
            }
            let counts = self.engine.notifications.counts().await?;
            self.tell(
                json!({ "topic": self.name, "type": "notification_counts_updated",
                "counts": counts }),
            )
            .await?;
        }
    }

    /// Only which ones: how they stand is read then, by whoever wants to know.
    async fn tell_workflows(&self) -> Result<Infallible, Over> {
        let mut changes = self.engine.workflows.changes();
        loop {
            let mut touched = BTreeSet::new();
            let mut all = false;
            match changes.recv().await {
                Ok(id) => drop(touched.insert(id)),
                Err(RecvError::Lagged(_)) => all = true,
                Err(RecvError::Closed) => return Err(Over::Gone),
            }
            sleep(GATHERING).await;
            loop {
                match changes.try_recv() {
                    Ok(id) => drop(touched.insert(id)),
                    Err(TryRecvError::Lagged(_)) => all = true,
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
            // More than are remembered: then it may be any.
            let named = touched.into_iter().map(Some);
            let named: Vec<_> = if all { vec![None] } else { named.collect() };
            for id in named {
                self.tell(json!({ "topic": self.name, "type": "execution_updated",
                    "executionId": id }))
                    .await?;
            }
        }
    }

    async fn tell_sessions(&self) -> Result<Infallible, Over> {
        let mut changes = self.engine.sessions.changes();
        let mut since = self.begin();
        let mut known = Known::default();
        for session in self.engine.sessions.list().await? {
            known.is_news(&session);
        }
        loop {
            let mut touched = BTreeSet::new();
            tokio::select! {
                events = self.read_on(None, &mut since) => {
                    touched.extend(events?.iter().map(|event| event.session_id));
                }
                changed = changes.recv() => match changed {
                    Ok(id) => drop(touched.insert(id)),
                    // More than are remembered: then it may be any.
                    Err(_) => touched.extend(known.0.keys()),
                },
            }
            sleep(GATHERING).await;
            while let Ok(id) = changes.try_recv() {
                touched.insert(id);
            }
            for id in touched {
                self.tell_session(id, &mut known).await?;
            }
        }
    }

    async fn tell_session(&self, id: SessionId, known: &mut Known) -> Result<(), Over> {
        let (kind, session) = match self.engine.sessions.get(id).await {
            Ok(session) => {
                let is_new = !known.0.contains_key(&id);
                if !known.is_news(&session) {
                    return Ok(());
                }
                let kind = if is_new {
                    "session_created"
                } else {
                    "session_updated"
                };
                (kind, json!(session))
            }
            Err(EngineError::NotFound { .. }) if known.0.remove(&id).is_some() => {
                ("session_deleted", json!({ "id": id }))
            }
            Err(EngineError::NotFound { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        self.tell(json!({ "topic": self.name, "type": kind, "session": session }))
            .await
    }

    /// Only up to where it went on: what is new may be as long as it likes, and is read with
    /// `since`.
    async fn tell_conversation(&self, id: SessionId) -> Result<Infallible, Over> {
        let conversations = &self.engine.conversations;
        let mut revisions = conversations.revisions();
        let newest = *revisions.borrow();
        let mut told = self.since.unwrap_or(newest);
        loop {
            revisions.borrow_and_update();
            if let Some(revision) = conversations.changed(id, told).await? {
                told = revision;
                self.tell(json!({ "topic": self.name, "type": "conversation_updated",
                    "sessionId": id, "revision": revision }))
                    .await?;
            }
            revisions.changed().await.map_err(|_| Over::Gone)?;
            sleep(GATHERING).await;
        }
    }

    async fn tell_terminal(&self, id: SessionId) -> Result<Infallible, Over> {
        let terminal = self.engine.sessions.terminal(id, self.actor).await?;
        let mut frames = terminal.frames();
        let mut last = self.since;
        loop {
            let Some(frame) = frames.next().await else {
                return Err(Over::Gone);
            };
            if last.replace(frame.seq) == Some(frame.seq) {
                continue;
            }
            let (x, y) = frame.cursor;
            let message = json!({ "topic": self.name, "type": "pty_output", "seq": frame.seq,
                "data": frame.text, "cursor": { "x": x, "y": y, "visible": frame.cursor_visible } });
            self.tell(message).await?;
            sleep(PICTURES).await;
        }
    }
}

/// The sessions as they were told last.
#[derive(Default)]
struct Known(HashMap<SessionId, u64>);

impl Known {
    /// Whether that differs from what was told, and is from now on what was told.
    fn is_news(&mut self, session: &Session) -> bool {
        let mut hasher = DefaultHasher::new();
        serde_json::to_string(session)
            .unwrap_or_default()
            .hash(&mut hasher);
        let hash = hasher.finish();
        self.0.insert(session.id, hash) != Some(hash)
    }
}
