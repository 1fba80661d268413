use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use codepiper_model::SessionId;
use codepiper_providers::Conversation;
use serde::{Deserialize, Serialize};

use super::SessionManager;
use super::plan::Blueprint;
use crate::EngineError;
use crate::config::{make_private, write_private};

const FILE: &str = "request.sealed";

/// What a session was asked to be and its row does not say, for when its agent is started again. It
/// may hold secrets, so it is sealed.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) args: Vec<String>,
    pub(super) env: BTreeMap<String, String>,
    /// The sets of variables under those, whose values are read anew.
    #[serde(default)]
    pub(super) env_sets: Vec<String>,
    /// The conversation that it goes on with a copy of.
    #[serde(default)]
    pub(super) fork_of: Option<String>,
}

impl SessionManager {
    pub(super) async fn keep(&self, blueprint: &Blueprint<'_>) -> Result<(), EngineError> {
        let kept = Kept {
            args: blueprint.args.to_vec(),
            env: blueprint.env.clone(),
            env_sets: blueprint.env_sets.to_vec(),
            fork_of: match blueprint.conversation {
                Conversation::Fork { from, .. } => Some(from.to_owned()),
                Conversation::New(_) | Conversation::Resume(_) => None,
            },
        };
        let text = serde_json::to_vec(&kept).map_err(EngineError::internal)?;
        let _hold = self.parts.key.hold().await;
        let sealed = self.parts.key.seal(&place(blueprint.id), &text)?;
        let dir = self.parts.config.session_dir(blueprint.id);
        make_private(&dir)?;
        write_private(&dir.join(FILE), &sealed)
    }

    /// What was kept of a session; nothing of those of early versions.
    pub(super) fn kept(&self, id: SessionId) -> Result<Kept, EngineError> {
        let path = self.parts.config.session_dir(id).join(FILE);
        let sealed = match fs_err::read(&path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Kept::default());
            }
            Err(error) => return Err(error.into()),
        };
        let text = self.parts.key.open(&place(id), &sealed).map_err(|error| {
            let what = path.display();
            EngineError::conflict_with_hint(
                "sealed",
                format!("the arguments and variables of session `{id}` (`{what}`): {error}"),
                "put the key back with which this installation was made, or start a new session",
            )
        })?;
        serde_json::from_slice(&text).map_err(EngineError::internal)
    }
}

/// The files of all sessions, each with what it was sealed for.
pub(crate) fn kept_files(sessions_dir: &Path) -> Result<Vec<(PathBuf, String)>, EngineError> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(sessions_dir)? {
        let entry = entry?;
        let id = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        let path = entry.path().join(FILE);
        if let Some(id) = id.filter(|_| path.is_file()) {
            found.push((path, place(id)));
        }
    }
    Ok(found)
}

/// What is kept of one session says nothing of another.
fn place(id: SessionId) -> String {
    format!("request of {id}")
}
