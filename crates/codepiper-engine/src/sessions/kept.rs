use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::plan::Blueprint;
use crate::EngineError;
use crate::config::{make_private, write_private};

const FILE: &str = "request.json";

/// What a session was asked to be and its row does not say, for when its agent is started again.
/// It may hold secrets, so it is a file that only its owner can read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) args: Vec<String>,
    pub(super) env: BTreeMap<String, String>,
}

impl Kept {
    pub(super) fn of(blueprint: &Blueprint<'_>) -> Self {
        Self {
            args: blueprint.args.to_vec(),
            env: blueprint.env.clone(),
        }
    }

    pub(super) fn write(&self, dir: &Path) -> Result<(), EngineError> {
        make_private(dir)?;
        let text = serde_json::to_vec(self).map_err(EngineError::internal)?;
        write_private(&dir.join(FILE), &text)
    }

    /// What is kept in a session's directory; nothing for sessions of early versions.
    pub(super) fn read(dir: &Path) -> Result<Self, EngineError> {
        match fs_err::read(dir.join(FILE)) {
            Ok(text) => serde_json::from_slice(&text).map_err(EngineError::internal),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }
}
