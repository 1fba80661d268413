//! Removing sessions that have ended. What an agent wrote itself stays, and so do the audit and what
//! was used.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use codepiper_model::{Actor, EntryKind, Session, SessionId, Timestamp};
use codepiper_store::sessions::{self, Stored};
use codepiper_store::{Transaction, events, notifications, transcripts};
use codepiper_tmux::{Presence, Server};
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::SessionManager;
use super::restore::forget;
use crate::{EngineError, audit};

/// How long the tmux server of a session that has ended may take to go, and how often that is looked at.
const ENDING: Duration = Duration::from_secs(3);
const LOOK_PAUSE: Duration = Duration::from_millis(20);

/// A session that was removed, or would be.
#[derive(Clone, Debug)]
pub struct Deleted {
    /// As it was.
    pub session: Session,
    /// How many events it had.
    pub events: u64,
}

impl Deleted {
    /// When the session ended.
    pub fn ended_at(&self) -> Timestamp {
        let session = &self.session;
        session.exit.as_ref().map_or(session.updated_at, |e| e.at)
    }
}

/// Who has sessions removed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Remover {
    Caller(Actor),
    /// The setting that says how long they are kept.
    Retention,
}

impl fmt::Display for Remover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caller(actor) => actor.fmt(f),
            Self::Retention => f.write_str("retention"),
        }
    }
}

impl SessionManager {
    /// Removes a session that has ended: its row, its events, its conversation as it was read here,
    /// the policies that are for it alone, its directory. The decisions stay in the audit, what it
    /// used stays in the analytics, and so does what its agent wrote.
    pub async fn delete(&self, id: SessionId, by: Actor) -> Result<Deleted, EngineError> {
        self.remove(id, Remover::Caller(by)).await
    }

    pub(super) async fn remove(&self, id: SessionId, by: Remover) -> Result<Deleted, EngineError> {
        // A caller that goes away must not leave half of it.
        let manager = self.clone();
        let removal = async move { manager.remove_whole(id, by).await };
        let removal = self.parts.tasks.spawn(removal);
        removal.await.map_err(EngineError::internal)?
    }

    async fn remove_whole(&self, id: SessionId, by: Remover) -> Result<Deleted, EngineError> {
        let stored = self.stored(id).await?;
        self.check_ended(&stored).await?;
        let at = self.parts.clock.now();
        let job = move |tx: &Transaction<'_>| {
            let Some(session) = sessions::get(tx, id)?.map(|stored| stored.session) else {
                return Ok(None);
            };
            let events = events::count(tx, id)?;
            if !sessions::delete_ended(tx, id)? {
                return Ok(None);
            }
            forget(tx, id)?;
            notifications::delete_of(tx, &id.to_string())?;
            let entries = transcripts::forget(tx, id)?;
            let facts = json!({
                "by": by.to_string(),
                "conversation": session.provider_session_id,
                "cwd": session.cwd,
                "entries": entries,
                "events": events,
                "name": session.name,
                "provider": session.provider,
                "sessionId": id,
            });
            audit::note(tx, EntryKind::SessionDeleted, &facts, at)?;
            let spared = sessions::transcripts(tx)?.into_iter();
            let spared = spared.chain(session.transcript_path.clone()).collect();
            Ok(Some((Deleted { session, events }, spared)))
        };
        let removed: Option<(Deleted, Vec<PathBuf>)> = self.parts.store.write(job).await?;
        let Some((deleted, spared)) = removed else {
            // Somebody was faster: it is gone, or runs again.
            return Err(is_live(&self.stored(id).await?.session));
        };
        self.has_changed(id);
        let dir = self.parts.config.session_dir(id);
        if let Err(error) = remove_all_but(&dir, &spared) {
            tracing::error!(session = %id, %error, "cannot remove a session's directory");
        }
        self.parts.turns.forget_gone();
        self.parts.policies.forget_deleted().await?;
        Ok(deleted)
    }

    /// Refuses what lives, and what may.
    async fn check_ended(&self, stored: &Stored) -> Result<(), EngineError> {
        let session = &stored.session;
        if session.status.is_live() {
            return Err(is_live(session));
        }
        self.cleared_up(session.id).await;
        let (tmux, name) = (self.tmux()?.clone(), session.id.tmux_name());
        let server = Server::new(tmux, stored.socket.clone(), name);
        let gone = async {
            while server.presence() != Presence::Absent {
                sleep(LOOK_PAUSE).await;
            }
        };
        if timeout(ENDING, gone).await.is_err() {
            let (id, socket) = (session.id, stored.socket.display());
            return Err(EngineError::conflict_with_hint(
                "server_left",
                format!("something still listens where the tmux server of session `{id}` did"),
                format!("`tmux -S {socket} list-sessions` shows what that is; end it first"),
            ));
        }
        server.remove_socket();
        Ok(())
    }
}

fn is_live(session: &Session) -> EngineError {
    let (id, status) = (session.id, session.status.as_str());
    EngineError::conflict_with_hint(
        super::resume::LIVE,
        format!("session `{id}` is {status}; only one that has ended can be deleted"),
        format!("stop it first: `codepiper delete --stop {id}` does both"),
    )
}

/// Removes a directory, but not the files in it that are `spared`.
fn remove_all_but(dir: &Path, spared: &[PathBuf]) -> std::io::Result<()> {
    let result = if spared.iter().any(|path| path.starts_with(dir)) {
        fs_err::read_dir(dir)?.try_for_each(|entry| {
            let path = entry?.path();
            if spared.contains(&path) {
                Ok(())
            } else if path.is_dir() && !path.is_symlink() {
                remove_all_but(&path, spared)
            } else {
                fs_err::remove_file(path)
            }
        })
    } else {
        fs_err::remove_dir_all(dir)
    };
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_agent_wrote_is_spared() {
        let root = tempfile::TempDir::new().unwrap();
        let dir = root.path().join("s");
        let (kept, gone) = (dir.join("a/b.jsonl"), dir.join("a/c"));
        std::fs::create_dir_all(dir.join("empty")).unwrap();
        std::fs::create_dir_all(dir.join("a")).unwrap();
        std::fs::write(&kept, "").unwrap();
        std::fs::write(&gone, "").unwrap();
        std::os::unix::fs::symlink(root.path(), dir.join("out")).unwrap();
        remove_all_but(&dir, std::slice::from_ref(&kept)).unwrap();
        assert!(kept.exists() && !gone.exists() && !dir.join("out").is_symlink());
        remove_all_but(&dir, &[]).unwrap();
        assert!(!dir.exists() && root.path().exists());
        remove_all_but(&dir, &[]).unwrap();
    }
}
