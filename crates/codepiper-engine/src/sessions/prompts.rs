//! What was sent to a session: to look at, to change and to take back.

use codepiper_model::{EventSource, SentPrompt, SessionId};
use codepiper_store::prompts;
use codepiper_store::{Connection, Transaction};
use codepiper_tmux::Input;
use serde_json::json;

use super::prompt::check_farewell;
use super::{InputKind, Live, SessionManager};
use crate::EngineError;

impl SessionManager {
    /// What was sent to a session, in order: what waits, or the latest.
    pub async fn prompts(
        &self,
        id: SessionId,
        limit: Option<usize>,
    ) -> Result<Vec<SentPrompt>, EngineError> {
        self.stored(id).await?;
        let read = move |db: &Connection| match limit {
            Some(limit) => prompts::latest(db, id, limit),
            None => prompts::open(db, id),
        };
        let found = self.parts.store.read(read).await?.into_iter();
        Ok(found.map(|stored| stored.prompt).collect())
    }

    /// Changes a prompt that waits.
    pub async fn edit_prompt(
        &self,
        id: SessionId,
        prompt: &str,
        text: &str,
    ) -> Result<SentPrompt, EngineError> {
        let stored = self.stored_prompt(id, prompt).await?;
        let kind = InputKind::of(&stored.prompt);
        if kind == InputKind::Prompt {
            check_farewell("text", text, self.get(id).await?.provider)?;
        }
        let text = kind.text(text)?;
        let live = self.live_map().get(&id).cloned();
        let _typing = typing(live.as_deref()).await;
        let (name, at) = (prompt.to_owned(), self.parts.clock.now());
        let payload = json!({ "receipt": prompt, "bytes": text.as_str().len() });
        let write = move |tx: &Transaction<'_>| prompts::edit(tx, &name, text.as_str(), at);
        if !self.parts.store.write(write).await? {
            return Err(under_way(prompt));
        }
        let events = &self.parts.events;
        events
            .emit(id, EventSource::User, "PromptEdited", payload)
            .await?;
        Ok(self.stored_prompt(id, prompt).await?.prompt)
    }

    /// Takes back a prompt that waits.
    pub async fn cancel_prompt(
        &self,
        id: SessionId,
        prompt: &str,
    ) -> Result<SentPrompt, EngineError> {
        self.stored_prompt(id, prompt).await?;
        let live = self.live_map().get(&id).cloned();
        let _typing = typing(live.as_deref()).await;
        let name = prompt.to_owned();
        let at = self.parts.clock.now();
        let payload = json!({ "receipt": prompt, "status": "failed", "reason": "cancelled" });
        let cancel = move |tx: &Transaction<'_>| prompts::cancel(tx, &name, at);
        if !self.parts.store.write(cancel).await? {
            return Err(under_way(prompt));
        }
        let events = &self.parts.events;
        events
            .emit(id, EventSource::User, "PromptReceipt", payload)
            .await?;
        if let Some(live) = &live {
            live.prompts.send_modify(|changes| *changes += 1);
        }
        Ok(self.stored_prompt(id, prompt).await?.prompt)
    }
}

/// Waits until nothing is typed: what is being typed is what was read before, and nothing else.
async fn typing(live: Option<&Live>) -> Option<Input<'_>> {
    match live {
        Some(live) => Some(live.pane.input().await),
        None => None,
    }
}

fn under_way(id: &str) -> EngineError {
    let message = format!("prompt `{id}` does not wait any more");
    EngineError::conflict("prompt_under_way", message)
}
