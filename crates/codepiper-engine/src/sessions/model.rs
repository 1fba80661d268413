use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{Actor, Channel, EventSource, Native, Session, SessionId};
use codepiper_providers::{ModelSwitch, provider};
use codepiper_store::sessions;
use codepiper_tmux::Key;
use serde_json::json;

use super::typing::until;
use super::{InputKind, Live, SendPrompt, SessionManager};
use crate::EngineError;

/// How long an agent may take to say what it makes of it.
const ANSWER: Duration = Duration::from_secs(10);

impl SessionManager {
    /// Whether the session's agent can be given another model.
    pub fn can_switch_model(&self, session: &Session) -> bool {
        provider(session.provider)
            .support(session.channel)
            .model_switch
            != Native::None
    }

    /// Gives the agent another model. What the agent then says is what counts.
    pub async fn switch_model(
        &self,
        id: SessionId,
        name: &str,
        by: Actor,
    ) -> Result<Session, EngineError> {
        check_name(name)?;
        let before = self.get(id).await?;
        if !self.can_switch_model(&before) {
            return Err(EngineError::conflict(
                "model_switch_unsupported",
                format!(
                    "the model of `{}` is chosen when it is started",
                    before.provider.as_str()
                ),
            ));
        }
        let live = self.live(id).await?;
        if before.channel == Channel::AppServer {
            return self.switch_through_app_server(live, name, by).await;
        }
        if !live.read_screen().takes_prompt() {
            return Err(EngineError::conflict_with_hint(
                "not_idle",
                format!("the agent of session `{id}` works, or asks something"),
                "wait until it is idle: `codepiper wait`",
            ));
        }
        let command = SendPrompt {
            images: Vec::new(),
            text: format!("/model {name}"),
            kind: InputKind::Command,
            enter: true,
            key: None,
            steer: true,
            by,
            wait: false,
            timeout: None,
        };
        self.send(id, command).await?;
        let shown = answer(&live, name).await?;
        let (at, model) = (self.parts.clock.now(), name.to_owned());
        let payload =
            json!({ "by": by.to_string(), "from": before.model, "to": name, "shown": shown });
        let write =
            move |tx: &codepiper_store::Transaction<'_>, _| sessions::set_model(tx, id, &model, at);
        let events = &self.parts.events;
        events
            .emit_with(id, EventSource::User, "ModelSwitched", payload, write)
            .await?;
        self.get(id).await
    }
}

impl SessionManager {
    async fn switch_through_app_server(
        &self,
        live: Arc<Live>,
        name: &str,
        by: Actor,
    ) -> Result<Session, EngineError> {
        let (id, wanted) = (live.id, name.to_owned());
        let thread = live.subject.conversation().unwrap_or_default();
        // Cut off, it would be named for what a person chooses later.
        let switching = async move { live.app_server.switch_model(&thread, &wanted, by).await };
        let switched = self.parts.tasks.spawn(switching).await;
        switched
            .map_err(EngineError::internal)?
            .map_err(|error| not_switched(name, &format!("the app-server {error}")))?;
        self.get(id).await
    }

    /// Takes over which model the agent says that it has; `by` is who wanted that, where it was
    /// not the person at the terminal.
    pub(crate) async fn note_model(
        &self,
        id: SessionId,
        model: &str,
        by: Option<Actor>,
    ) -> Result<(), EngineError> {
        let before = self.stored(id).await?.session.model;
        if before.as_deref() == Some(model) {
            return Ok(());
        }
        let (at, name) = (self.parts.clock.now(), model.to_owned());
        let write =
            move |tx: &codepiper_store::Transaction<'_>, _| sessions::set_model(tx, id, &name, at);
        let source = by.map_or(EventSource::AppServer, |_| EventSource::User);
        let (kind, payload) = if before.is_none() && by.is_none() {
            ("ModelSeen", json!({ "model": model }))
        } else {
            let by = by.map_or_else(|| "terminal".to_owned(), |by| by.to_string());
            let payload = json!({ "by": by, "from": before, "to": model, "shown": model });
            ("ModelSwitched", payload)
        };
        let events = &self.parts.events;
        events
            .emit_with(id, source, kind, payload, write)
            .await
            .map(drop)
    }
}

/// What the agent calls the model that it now uses. It is told yes where it asks whether that is
/// meant: by the very key that its dialog names.
async fn answer(live: &Live, name: &str) -> Result<String, EngineError> {
    for _ in 0..2 {
        let _ = until(live, ANSWER, |_| live.model_switch(name).is_some()).await;
        match live.model_switch(name) {
            Some(ModelSwitch::Done(model)) => return Ok(model),
            Some(ModelSwitch::Refused(said)) => return Err(not_switched(name, &said)),
            Some(ModelSwitch::Asks(yes)) => {
                let key: Key = yes.to_string().parse().map_err(EngineError::internal)?;
                let input = live.pane.input().await;
                // Somebody may have answered it meanwhile.
                if matches!(live.model_switch(name), Some(ModelSwitch::Asks(now)) if now == yes) {
                    input.keys(&[key]).await?;
                }
                drop(input);
                let is_over =
                    |live: &Live| !matches!(live.model_switch(name), Some(ModelSwitch::Asks(_)));
                let _ = until(live, ANSWER, |_| is_over(live)).await;
            }
            None => break,
        }
    }
    Err(not_switched(name, "the agent says nothing of it"))
}

fn not_switched(name: &str, said: &str) -> EngineError {
    EngineError::conflict_with_hint(
        "model_not_switched",
        format!("the model is not `{name}`: {said}"),
        "look at the terminal with `codepiper attach` or `codepiper tail`",
    )
}

fn check_name(name: &str) -> Result<(), EngineError> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._:/@[]-".contains(c);
    let begins = |part: &str| part.starts_with(|c: char| c.is_ascii_alphanumeric());
    if name.len() <= 100 && name.split('/').all(begins) && name.chars().all(is_part) {
        return Ok(());
    }
    let message = "`model` is 1 to 100 letters, digits and any of `._:/@[]-`, and begins with one \
         of the first two";
    Err(EngineError::invalid("model", message))
}
