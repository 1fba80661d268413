use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use codepiper_model::{Channel, ProviderId, Session, SessionId};
use codepiper_providers::{Home, provider};
use codepiper_store::sessions::Stored;

use super::SessionManager;
use crate::EngineError;
use crate::ancestry::Ancestry;
use crate::audit::Redactor;
use crate::hooks::Credential;

/// What has to be known of a session to take the reports of its hooks.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) provider: ProviderId,
    pub(crate) cwd: PathBuf,
    /// How its agent is heard and answered.
    pub(crate) channel: Channel,
    pub(crate) credential: Credential,
    /// Whether a tool call is refused while the daemon cannot be asked.
    pub(crate) fail_closed: bool,
    /// Whether there is, or should be, an agent.
    pub(crate) is_live: bool,
    /// Knows the session's secrets as long as the session lives.
    pub(crate) redactor: Redactor,
    /// Where its agent keeps transcripts.
    transcripts: Option<PathBuf>,
    conversation: Mutex<Conversation>,
}

/// Which conversation of its own the agent has, and where it writes that down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Conversation {
    id: Option<String>,
    transcript: Option<PathBuf>,
}

impl Subject {
    /// The variables whose names are in `secret` came out of sets of secrets.
    pub(super) fn new(
        stored: &Stored,
        environment: &BTreeMap<OsString, OsString>,
        secret: &BTreeSet<String>,
    ) -> Self {
        let session = &stored.session;
        let transcript = session.transcript_path.clone();
        Self {
            provider: session.provider,
            cwd: session.cwd.clone(),
            channel: session.channel,
            credential: Credential::of_hash(stored.secret_hash.clone()),
            fail_closed: session.fail_closed,
            is_live: session.status.is_live(),
            redactor: Redactor::new(environment, secret),
            transcripts: transcripts(session, environment),
            conversation: Mutex::new(Conversation {
                id: session.provider_session_id.clone(),
                transcript,
            }),
        }
    }

    /// The agent's own name of its present conversation.
    pub(crate) fn conversation(&self) -> Option<String> {
        let conversation = self.conversation.lock();
        conversation
            .unwrap_or_else(PoisonError::into_inner)
            .id
            .clone()
    }

    /// Where the agent writes its present conversation down.
    pub(super) fn transcript(&self) -> Option<PathBuf> {
        let conversation = self.conversation.lock();
        conversation
            .unwrap_or_else(PoisonError::into_inner)
            .transcript
            .clone()
    }

    /// Whether the agent has begun another conversation, in a file that is a transcript. A hook
    /// could name any file, and what it names will be read.
    pub(crate) fn is_new_conversation(&self, id: &str, path: &Path) -> bool {
        let new = Conversation {
            id: Some(id.to_owned()),
            transcript: Some(path.to_owned()),
        };
        let known = self.conversation.lock();
        *known.unwrap_or_else(PoisonError::into_inner) != new && self.is_transcript(path)
    }

    fn is_transcript(&self, path: &Path) -> bool {
        let Some(root) = &self.transcripts else {
            return false;
        };
        let is_plain = path.is_absolute()
            && !path.components().any(|part| part == Component::ParentDir)
            && path
                .extension()
                .is_some_and(|extension| extension == "jsonl");
        // A link inside the root could still lead out of it.
        let really = |path: &Path| fs_err::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        is_plain && really(path).starts_with(really(root))
    }
}

/// The folder below which its agent's transcripts are.
fn transcripts(session: &Session, environment: &BTreeMap<OsString, OsString>) -> Option<PathBuf> {
    let provider = provider(session.provider);
    let known = session.transcript_path.as_deref();
    if let Some(root) = known.and_then(|path| provider.transcript_root(path)) {
        return Some(root.to_owned());
    }
    let var = |name: &str| {
        environment
            .get(OsStr::new(name))?
            .to_str()
            .map(str::to_owned)
    };
    let folders = provider.transcript_folders(Home {
        var: &var,
        file: &|_| None,
    });
    folders.into_iter().next()
}

impl SessionManager {
    /// What has to be known of a session to take the reports of its hooks.
    pub(crate) async fn subject(&self, id: SessionId) -> Result<Arc<Subject>, EngineError> {
        let live = self
            .live_map()
            .get(&id)
            .map(|live| Arc::clone(&live.subject));
        if let Some(subject) = live {
            return Ok(subject);
        }
        // Ended, or not there yet, or out of reach: what is stored has to do.
        let stored = self.stored(id).await?;
        Ok(Arc::new(Subject::new(
            &stored,
            &BTreeMap::new(),
            &BTreeSet::new(),
        )))
    }

    /// Whether there is, or was, such a session here.
    pub(crate) async fn is_known(&self, id: SessionId) -> Result<bool, EngineError> {
        match self.stored(id).await {
            Ok(_) => Ok(true),
            Err(EngineError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The session that a process came out of, by what it shares with the session's processes.
    pub(crate) fn session_of(&self, ancestry: &Ancestry) -> Option<SessionId> {
        let live: Vec<_> = self.live_map().values().cloned().collect();
        let found = live.iter().find(|live| {
            let roots = [live.pane.pid(), live.pane.server_pid()];
            roots
                .into_iter()
                .flatten()
                .any(|pid| ancestry.leads_to(pid))
                || live
                    .pane
                    .pid()
                    .is_some_and(|pid| ancestry.shares_terminal(pid))
        });
        found.map(|live| live.id)
    }

    /// Takes over that the agent has begun another conversation; that is stored.
    pub(crate) fn note_conversation(&self, session_id: SessionId, id: &str, path: &Path) {
        let Some(live) = self.live_map().get(&session_id).cloned() else {
            return;
        };
        if live.subject.is_new_conversation(id, path) {
            let conversation = Conversation {
                id: Some(id.to_owned()),
                transcript: Some(path.to_owned()),
            };
            *live
                .subject
                .conversation
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = conversation;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(root: &Path) -> Subject {
        Subject {
            provider: ProviderId::ClaudeCode,
            cwd: "/w".into(),
            channel: Channel::Hooks,
            credential: Credential::default(),
            fail_closed: false,
            is_live: true,
            redactor: Redactor::default(),
            transcripts: Some(root.join("projects")),
            conversation: Mutex::default(),
        }
    }

    #[test]
    fn only_a_transcript_is_taken_for_one() {
        let dir = tempfile::TempDir::new().unwrap();
        let root = dir.path();
        std::fs::create_dir_all(root.join("projects/-w")).unwrap();
        std::fs::write(root.join("secret.jsonl"), "").unwrap();
        std::os::unix::fs::symlink(root, root.join("projects/out")).unwrap();
        let subject = subject(root);
        let accepts = |path: &str| subject.is_new_conversation("c", &root.join(path));
        assert!(accepts("projects/-w/new.jsonl"));
        assert!(!accepts("secret.jsonl"));
        assert!(!accepts("projects/../secret.jsonl"));
        assert!(!accepts("projects/out/secret.jsonl"));
        assert!(!accepts("projects/-w/key.pem"));
        assert!(!subject.is_new_conversation("c", Path::new("/etc/passwd")));
    }
}
