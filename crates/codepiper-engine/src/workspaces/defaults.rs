use std::path::Path;

use codepiper_model::{BillingMode, ProviderId, is_unseen};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CreateSession, EngineError, NewWorktree};

const MODEL_MAX: usize = 100;
const SCRIPT_MAX: usize = 1000;
const SETS_MAX: usize = 50;

/// Whether new sessions in a workspace get a git worktree of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WorktreeChoice {
    /// They work in the directory itself.
    Never,
    /// Whoever starts one is asked.
    #[default]
    Ask,
    /// They do.
    Always,
}

/// What new sessions in a workspace are, where nothing else is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkspaceDefaults {
    /// The agent.
    pub provider: Option<ProviderId>,
    /// The model to use.
    pub model: Option<String>,
    /// Who pays.
    pub billing_mode: Option<BillingMode>,
    /// The policy sets that they get.
    #[schema(required)]
    pub policy_set_ids: Vec<String>,
    /// The sets of variables that they get.
    #[schema(required)]
    pub env_set_ids: Vec<String>,
    /// Whether they get a git worktree of their own.
    #[schema(required)]
    pub worktree: WorktreeChoice,
    /// A program that is run in each new worktree before the agent starts; where it is no absolute
    /// path, it is one in the workspace.
    pub setup_script: Option<String>,
    /// A program that is run in a worktree before it is removed.
    pub teardown_script: Option<String>,
}

impl WorkspaceDefaults {
    pub(super) fn checked(mut self) -> Result<Self, EngineError> {
        let texts = [
            ("model", &mut self.model, MODEL_MAX),
            ("setupScript", &mut self.setup_script, SCRIPT_MAX),
            ("teardownScript", &mut self.teardown_script, SCRIPT_MAX),
        ];
        for (field, text, most) in texts {
            *text = text.take().filter(|text| !text.trim().is_empty());
            let Some(text) = text else { continue };
            if text.chars().count() > most || text.chars().any(is_unseen) {
                let message =
                    format!("`{field}` takes {most} characters, all of which can be seen");
                return Err(EngineError::invalid(field, message));
            }
        }
        let lists = [
            ("policySetIds", &self.policy_set_ids),
            ("envSetIds", &self.env_set_ids),
        ];
        for (field, ids) in lists {
            if ids.len() > SETS_MAX {
                let message = format!("`{field}` takes at most {SETS_MAX} sets");
                return Err(EngineError::invalid(field, message));
            }
        }
        Ok(self)
    }

    /// Adds what a request does not say. Of variables, what it says wins.
    pub(super) fn fill(&self, path: &Path, request: &mut CreateSession) {
        let more = |own: &[String], asked: &mut Vec<String>| {
            let own = own.iter().filter(|id| !asked.contains(id));
            let own: Vec<String> = own.cloned().collect();
            asked.splice(..0, own);
        };
        more(&self.policy_set_ids, &mut request.policy_set_ids);
        more(&self.env_set_ids, &mut request.env_set_ids);
        request.model = request.model.take().or_else(|| self.model.clone());
        if self.worktree == WorktreeChoice::Always {
            request.worktree.get_or_insert_with(NewWorktree::default);
        }
        if let Some(worktree) = &mut request.worktree {
            let (setup, teardown) = (&mut worktree.setup_script, &mut worktree.teardown_script);
            // Wherever the session is: no other repository may bring a program of that name along.
            let own = |script: &Option<String>| {
                let script = script.as_ref().map(|script| path.join(script));
                script.map(|script| script.display().to_string())
            };
            *setup = setup.take().or_else(|| own(&self.setup_script));
            *teardown = teardown.take().or_else(|| own(&self.teardown_script));
        }
    }
}
