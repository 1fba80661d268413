use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use codepiper_model::Session;
use codepiper_providers::{Conversation, Home, provider};
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
            let place = format!(" in `{}`", blueprint.cwd.display());
            return Err(unknown(blueprint, name, &place, path));
        }
        let folders = transcript_folders(blueprint, plan);
        if let Some(folder) = folders.first().cloned() {
            let wanted = name.to_owned();
            let look = move || folders.iter().any(|folder| is_below(folder, &wanted));
            let is_there = tokio::task::spawn_blocking(look).await;
            if !is_there.map_err(EngineError::internal)? {
                return Err(unknown(blueprint, name, "", &folder));
            }
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

fn unknown(blueprint: &Blueprint<'_>, name: &str, place: &str, looked: &Path) -> EngineError {
    let agent = provider(blueprint.provider).label();
    EngineError::NotFound {
        code: "conversation_not_found",
        message: format!(
            "{agent} has no conversation `{name}`{place} (looked for `{}`)",
            looked.display()
        ),
    }
}

fn transcript_folders(blueprint: &Blueprint<'_>, plan: &Plan) -> Vec<PathBuf> {
    let var = |name: &str| {
        let value = plan.env.get(OsStr::new(name));
        value.and_then(|value| value.to_str()).map(str::to_owned)
    };
    provider(blueprint.provider).transcript_folders(Home {
        var: &var,
        file: &|_| None,
    })
}

/// Whether a file somewhere below is the transcript of that conversation.
fn is_below(folder: &Path, name: &str) -> bool {
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    let mut kinds = entries.filter_map(|entry| Some((entry.file_type().ok()?, entry)));
    kinds.any(|(kind, entry)| {
        if kind.is_dir() {
            return is_below(&entry.path(), name);
        }
        let file = entry.file_name();
        let (stem, _) = file
            .to_str()
            .and_then(|file| file.split_once('.'))
            .unwrap_or_default();
        let before = stem.strip_suffix(name);
        before.is_some_and(|before| before.ends_with('-'))
    })
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
