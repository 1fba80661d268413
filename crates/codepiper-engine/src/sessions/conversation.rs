use std::path::Path;

use codepiper_model::Session;
use codepiper_providers::{Conversation, provider};
use codepiper_store::sessions;

use super::SessionManager;
use super::plan::{Blueprint, Plan};
use crate::EngineError;

impl SessionManager {
    /// Refuses to go on with a conversation that is not there, or that another session has.
    pub(super) async fn check_conversation(
        &self,
        blueprint: &Blueprint<'_>,
        plan: &Plan,
    ) -> Result<(), EngineError> {
        let (name, is_fork) = match blueprint.conversation {
            Conversation::New(_) => return Ok(()),
            Conversation::Resume(name) => (name, false),
            Conversation::Fork { from, .. } => (from, true),
        };
        if let Some(path) = plan.origin.as_deref().filter(|path| !is_written(path)) {
            let agent = provider(blueprint.provider).label();
            let message = format!(
                "{agent} has no conversation `{name}` in `{}` (looked for `{}`)",
                blueprint.cwd.display(),
                path.display()
            );
            return Err(EngineError::NotFound {
                code: "conversation_not_found",
                message,
            });
        }
        if is_fork {
            return Ok(());
        }
        let owners = self.owners(blueprint, name).await?;
        owners
            .first()
            .map_or(Ok(()), |owner| Err(taken(owner, name)))
    }

    /// Refuses to go on with a conversation that goes on in another session: two agents would mix
    /// it up.
    pub(super) async fn check_nobody_has(
        &self,
        blueprint: &Blueprint<'_>,
    ) -> Result<(), EngineError> {
        let name = blueprint.conversation.name();
        let owners = self.owners(blueprint, name).await?;
        let live = owners.iter().find(|owner| owner.status.is_live());
        live.map_or(Ok(()), |owner| Err(taken(owner, name)))
    }

    async fn owners(
        &self,
        blueprint: &Blueprint<'_>,
        name: &str,
    ) -> Result<Vec<Session>, EngineError> {
        let (agent, conversation) = (blueprint.provider, name.to_owned());
        let read = move |db: &codepiper_store::Connection| {
            sessions::of_conversation(db, agent, &conversation)
        };
        let owners = self.parts.store.read(read).await?.into_iter();
        let owners = owners.map(|stored| stored.session);
        Ok(owners
            .filter(|session| session.id != blueprint.id)
            .collect())
    }
}

fn taken(owner: &Session, name: &str) -> EngineError {
    EngineError::conflict_with_hint(
        "conversation_in_use",
        format!("session `{}` has the conversation `{name}`", owner.id),
        "go on there (`codepiper resume` if it has ended), or take a copy with `codepiper fork`",
    )
}

/// Whether somebody has said something in the conversation that is written down there.
pub(super) fn is_written(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.len() > 0)
}
