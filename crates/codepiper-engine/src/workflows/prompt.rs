use std::time::Duration;

use codepiper_model::{
    ActivityState, Actor, ConversationKind, ReceiptStatus, SessionId, Timestamp,
};
use codepiper_workflow::{Answer, Outcome, Prompt};

use super::WorkflowExecutor;
use super::command::further;
use super::session::{ended, told};
use crate::{
    ConversationPage, EngineError, EventFilter, InputKind, Range, SendPrompt, Sent, Until,
    UsageQuery, Whose, dollars,
};

/// How long a person is waited for before the agent is looked at again.
const LOOK_AGAIN: Duration = Duration::from_mins(10);

/// How long it may take until it is known that a session has ended.
const ENDS: Duration = Duration::from_secs(2);

/// The most that is read of what was said in a turn.
const SAID_MAX: usize = 500;

impl WorkflowExecutor {
    /// Gives a session a prompt, unless an earlier daemon has, and waits for what comes of it.
    pub(super) async fn prompt(
        &self,
        execution: &str,
        name: &str,
        prompt: Prompt,
    ) -> Result<Outcome, String> {
        let id = prompt.session;
        self.bring_back(id).await?;
        let key = format!("{execution} {name}");
        let key = if key.len() > 150 { shorter(&key) } else { key };
        let sent = tokio::select! {
            sent = self.turn(&prompt, &key) => sent?,
            event = self.event(&prompt, &key) => return Ok(Outcome::Answered(Answer {
                ended_by: Some(event?),
                ..Answer::default()
            })),
        };
        let ended_by = match sent.receipt.status {
            ReceiptStatus::TurnDone => None,
            _ => sent.receipt.reason,
        };
        let reply = sent.reply.unwrap_or_default();
        let since = self.sent_at(id, &key).await;
        let said = match since {
            Some(since) => self.said(id, since).await.unwrap_or_default(),
            None => String::new(),
        };
        let said = if said.contains(&reply) {
            said
        } else {
            format!("{said}{reply}")
        };
        let session = self.parts.sessions.get(id).await.map_err(told)?;
        let mut further = further(&session.cwd, &prompt.files, prompt.diff_stat).await;
        if prompt.cost {
            further.cost = self.cost(id).await;
        }
        Ok(Outcome::Answered(Answer {
            reply,
            said,
            ended_by,
            further,
        }))
    }

    /// A session that has ended goes on with its conversation.
    async fn bring_back(&self, id: SessionId) -> Result<(), String> {
        let sessions = &self.parts.sessions;
        let session = sessions.get(id).await.map_err(told)?;
        if session.status.is_live() {
            return Ok(());
        }
        sessions.resume(id, Actor::Owner).await.map_err(told)?;
        let states = [Until::Running, Until::Exited];
        let waited = sessions.wait(id, &states, Duration::from_mins(2)).await;
        let session = waited.map_err(told)?.session;
        if session.status.is_live() {
            Ok(())
        } else {
            Err(ended(&session))
        }
    }

    /// Sends the prompt once, whoever asks how often, and follows it to the end of its turn. One
    /// that was being typed when a daemon died, and did not arrive, goes again under a name of its
    /// own.
    async fn turn(&self, prompt: &Prompt, key: &str) -> Result<Sent, String> {
        let (sessions, id) = (&self.parts.sessions, prompt.session);
        let mut key = key.to_owned();
        loop {
            let half = sessions.half_typed(id, &key).await.map_err(told)?;
            let after_all = match &half {
                Some(half) => sessions.turn_after_all(id, half, &prompt.text).await,
                None => Ok(None),
            };
            let after_all = after_all.map_err(told)?;
            if half.is_some() && after_all.is_none() {
                key.push_str(" again");
                continue;
            }
            let request = SendPrompt {
                images: Vec::new(),
                text: prompt.text.clone(),
                kind: InputKind::Prompt,
                enter: true,
                key: Some(key.clone()),
                steer: false,
                by: Actor::Owner,
                wait: prompt.turn || prompt.permission,
                timeout: None,
            };
            let sent = match after_all {
                Some(sent) => sent,
                None => match sessions.send(id, request).await {
                    Ok(sent) => sent,
                    // The daemon has only now found that out.
                    Err(_) if self.is_half_typed(id, &key).await => continue,
                    Err(error) => return Err(self.why_not(id, error).await),
                },
            };
            let reason = sent.receipt.reason.clone().unwrap_or_default();
            match sent.receipt.status {
                ReceiptStatus::TurnDone => return Ok(sent),
                ReceiptStatus::Failed if self.is_half_typed(id, &key).await => {}
                ReceiptStatus::Failed => {
                    let session = sessions.get(id).await;
                    let session = session.map_err(told)?;
                    return Err(if session.status.is_live() {
                        format!("the turn came to nothing: {reason}")
                    } else {
                        ended(&session)
                    });
                }
                _ if !prompt.turn && !prompt.permission => {
                    // With events to wait for, those end the wait.
                    if prompt.events.is_empty() {
                        return Ok(sent);
                    }
                    std::future::pending::<()>().await;
                }
                _ if prompt.permission && reason == "needs_permission" => return Ok(sent),
                // A person has to do something first.
                _ => {
                    let states = [
                        Until::Activity(ActivityState::Working),
                        Until::Activity(ActivityState::Idle),
                        Until::Exited,
                    ];
                    let waited = sessions.wait(id, &states, LOOK_AGAIN).await;
                    let waited = waited.map_err(told)?;
                    if !waited.session.status.is_live() {
                        return Err(ended(&waited.session));
                    }
                }
            }
        }
    }

    async fn is_half_typed(&self, id: SessionId, key: &str) -> bool {
        let half = self.parts.sessions.half_typed(id, key).await;
        half.is_ok_and(|half| half.is_some())
    }

    /// Why a prompt did not arrive: where its session ends, that it does.
    async fn why_not(&self, id: SessionId, error: EngineError) -> String {
        let ends = self.parts.sessions.wait(id, &[Until::Exited], ENDS).await;
        match ends {
            Ok(waited) if !waited.session.status.is_live() => ended(&waited.session),
            _ => told(error),
        }
    }

    /// The first event after the prompt that is waited for.
    async fn event(&self, prompt: &Prompt, key: &str) -> Result<String, String> {
        if prompt.events.is_empty() {
            return std::future::pending().await;
        }
        let mut latest = self.parts.events.latest();
        let mut since = 0;
        loop {
            latest.borrow_and_update();
            if let Some(sent_at) = self.sent_at(prompt.session, key).await {
                let filter = EventFilter {
                    session_id: Some(prompt.session),
                    since: Some(since),
                    limit: 1000,
                    ..EventFilter::default()
                };
                let (events, _) = self.parts.events.query(filter).await.map_err(told)?;
                for event in events {
                    since = event.id;
                    if event.timestamp >= sent_at && prompt.events.contains(&event.kind) {
                        return Ok(event.kind);
                    }
                }
            }
            if latest.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    /// When the prompt was accepted.
    async fn sent_at(&self, id: SessionId, key: &str) -> Option<Timestamp> {
        let prompts = self.parts.sessions.prompts(id, Some(100)).await.ok()?;
        let found = prompts
            .into_iter()
            .find(|sent| sent.key.as_deref() == Some(key));
        found.map(|sent| sent.created_at)
    }

    /// Everything that the agent has said since.
    async fn said(&self, id: SessionId, since: Timestamp) -> Result<String, EngineError> {
        let page = ConversationPage {
            after: None,
            before: None,
            since: None,
            limit: SAID_MAX,
        };
        let part = self.parts.conversations.page(id, page).await?;
        let texts = part.entries.into_iter().filter(|entry| {
            entry.at >= since && entry.kind == ConversationKind::Reply && entry.agent_id.is_none()
        });
        let texts: Vec<String> = texts.map(|entry| entry.text).collect();
        Ok(texts.join("\n"))
    }

    /// What a session has cost so far, where that can be told.
    async fn cost(&self, id: SessionId) -> Option<f64> {
        let query = UsageQuery {
            range: Range::All,
            zone: None,
            whose: Whose {
                session: Some(id.to_string()),
                ..Whose::default()
            },
        };
        let used = self.parts.analytics.usage(query, None).await.ok()?;
        Some(dollars(used.total.cost))
    }
}

/// A name that is as good, where the whole one is too long.
fn shorter(key: &str) -> String {
    use sha2::{Digest as _, Sha256};
    use std::fmt::Write as _;
    let mut name = "workflow ".to_owned();
    for byte in Sha256::digest(key) {
        // Writing into a text does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}
