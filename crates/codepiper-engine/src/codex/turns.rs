//! Turns and tokens, as events of the session. The app-server is the only one that tells how a
//! turn ended that was interrupted or went wrong, and what an answer of the model took.

use codepiper_model::{ContextUse, EventSource, NewEvent, StatusLine};
use codepiper_providers::codex::Tokens;
use codepiper_providers::codex::rpc::{TurnEnd, Used};
use codepiper_store::deliveries::{self, Appended};
use codepiper_store::events::Prepared;
use serde_json::{Value, json};

use super::follow::Follower;
use super::request::delivery_id;
use super::threads::Threads;
use crate::EngineError;

const BEGAN: &str = "TurnStarted";

impl Follower {
    pub(super) async fn turn_began(&self, thread_id: &str, turn_id: &str, threads: &Threads) {
        let payload = self.of(thread_id, turn_id, threads);
        self.tell(BEGAN, self.turn_name(BEGAN, thread_id, turn_id), payload)
            .await;
        if self.is_own(thread_id) {
            let turn = &self.live.app_server.turn;
            turn.send_replace(Some(turn_id.to_owned()));
        }
    }

    pub(super) async fn turn_ended(&self, thread_id: &str, end: &TurnEnd, threads: &Threads) {
        let kind = if end.completed {
            "TurnCompleted"
        } else if end.interrupted {
            "TurnInterrupted"
        } else {
            "TurnFailed"
        };
        let mut payload = self.of(thread_id, &end.id, threads);
        if let Some(error) = &end.error {
            payload["reason"] = error.clone().into();
        }
        if let Some(code) = &end.code {
            payload["code"] = code.clone().into();
        }
        // However it ended, it did so once.
        self.tell(kind, self.turn_name("over", thread_id, &end.id), payload)
            .await;
        if self.is_own(thread_id) {
            let turn = &self.live.app_server.turn;
            turn.send_if_modified(|turn| turn.take_if(|turn| *turn == end.id).is_some());
        } else if let Err(error) = self.hooks.agent_turn_over(self.live.id, thread_id).await {
            tracing::error!(session = %self.live.id, %error, "cannot store what a turn settles");
        }
    }

    /// A turn that is over by now, of which only the beginning may have been heard. One that was
    /// never heard of is older than the session.
    pub(super) async fn turn_was_over(&self, thread_id: &str, end: &TurnEnd, threads: &Threads) {
        let name = self.turn_name(BEGAN, thread_id, &end.id);
        let read = move |db: &codepiper_store::Connection| deliveries::get(db, &name);
        match self.hooks.parts.store.read(read).await {
            Ok(Some(_)) => self.turn_ended(thread_id, end, threads).await,
            Ok(None) => {}
            Err(error) => tracing::error!(session = %self.live.id, %error, "cannot read a turn"),
        }
    }

    pub(super) async fn used(&self, thread_id: &str, used: &Used, threads: &Threads) {
        let mut payload = self.of(thread_id, &used.turn_id, threads);
        let total = counts(&used.total);
        payload["tokens"] = counts(&used.last);
        payload["total"] = total.clone();
        payload["contextWindow"] = used.context_window.into();
        // The same numbers again are the same answer, told to who has joined since.
        let name = json!(["tokens", self.live.id, thread_id, total]);
        self.tell("TokensUsed", delivery_id(&name), payload).await;
        if self.is_own(thread_id)
            && let Some(window) = used.context_window
        {
            let told = StatusLine {
                context: Some(context_use(&used.last, window)),
                ..StatusLine::default()
            };
            self.status_line(told).await;
        }
    }

    /// Takes over what would stand in a status line.
    pub(super) async fn status_line(&self, told: StatusLine) {
        let sessions = &self.hooks.parts.sessions;
        let noted = sessions.note_status_line(self.live.id, EventSource::AppServer, told);
        if let Err(error) = noted.await {
            tracing::error!(session = %self.live.id, %error, "cannot store a status line");
        }
    }

    /// What each of these events says. A sub-agent is named as its hooks name it.
    fn of(&self, thread_id: &str, turn_id: &str, threads: &Threads) -> Value {
        let mut payload = json!({ "turn": turn_id, "model": threads.model(thread_id) });
        if !self.is_own(thread_id) {
            payload["agent_id"] = thread_id.into();
        }
        payload
    }

    fn turn_name(&self, what: &str, thread_id: &str, turn_id: &str) -> String {
        delivery_id(&json!([what, self.live.id, thread_id, turn_id]))
    }

    /// Stores an event of that name, unless it is stored already.
    async fn tell(&self, kind: &str, name: String, payload: Value) {
        if let Err(error) = self.store(kind, name, payload).await {
            tracing::error!(session = %self.live.id, %error, "cannot store what was told");
        }
    }

    async fn store(&self, kind: &str, name: String, payload: Value) -> Result<(), EngineError> {
        let parts = &self.hooks.parts;
        let event = Prepared::new(&NewEvent {
            session_id: self.live.id,
            timestamp: parts.clock.now(),
            source: EventSource::AppServer,
            kind: kind.to_owned(),
            payload: self.live.subject.redactor.redact(&payload),
        })?;
        let append = move |tx: &codepiper_store::Transaction<'_>| {
            let appended = deliveries::append(tx, &event, &name, None)?;
            Ok(match appended {
                Appended::New(seq) => (seq, ()),
                Appended::Before(_) => (0, ()),
            })
        };
        parts.events.commit(append).await.map(drop)
    }
}

/// What an answer read and wrote is what the next one reads.
#[expect(clippy::cast_precision_loss, reason = "a share")]
fn context_use(last: &Tokens, window: u64) -> ContextUse {
    let tokens = last.input.saturating_add(last.output);
    ContextUse {
        used_percent: (tokens as f64 / window.max(1) as f64 * 100.0).min(100.0),
        tokens: Some(tokens),
        window: Some(window),
    }
}

fn counts(tokens: &Tokens) -> Value {
    json!({
        "input": tokens.input,
        "cachedInput": tokens.cached_input,
        "cacheWriteInput": tokens.cache_write_input,
        "output": tokens.output,
        "reasoningOutput": tokens.reasoning_output,
    })
}
