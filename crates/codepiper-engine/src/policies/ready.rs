use codepiper_policy::READY_SETS;
use serde::Serialize;
use utoipa::ToSchema;

use super::PolicyEngine;
use super::file::PolicyFile;
use crate::EngineError;

/// A set that needs nothing but to be applied.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReadySet)]
pub struct ReadyView {
    /// The id of its set.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its file, as [`PolicyEngine::apply`] takes it.
    pub text: &'static str,
}

impl PolicyEngine {
    /// The ready sets, the most careful first.
    pub fn ready_sets(&self) -> Result<Vec<ReadyView>, EngineError> {
        let mut views = Vec::new();
        for ready in READY_SETS {
            for set in PolicyFile::parse(ready.text)?.sets {
                views.push(ReadyView {
                    id: set.id,
                    name: set.name,
                    description: set.description,
                    text: ready.text,
                });
            }
        }
        Ok(views)
    }
}
