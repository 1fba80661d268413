use std::collections::BTreeMap;
use std::path::PathBuf;

use codepiper_model::{BillingMode, PromptText, ProviderId, SessionId, Verdict, is_unseen};
use codepiper_providers::provider;
use serde_json::{Map, Value};

use super::prompt::check_farewell;
use crate::directories::{resolved, shown};
use crate::environment::check_variables;
use crate::policies::check_default_action;
use crate::{EngineError, NewWorktree};

/// What a new session is asked to be.
#[derive(Clone, Debug)]
pub struct CreateSession {
    /// The name it is to have, where its maker has to know it before it is made.
    pub id: Option<SessionId>,
    /// The agent.
    pub provider: ProviderId,
    /// Where it starts; absolute.
    pub cwd: PathBuf,
    /// Further arguments for it.
    pub args: Vec<String>,
    /// Further variables for it.
    pub env: BTreeMap<String, String>,
    /// The sets of variables that it gets under those, by their ids; the later win.
    pub env_set_ids: Vec<String>,
    /// Who pays.
    pub billing_mode: BillingMode,
    /// Run without asking.
    pub dangerous_mode: bool,
    /// Refuse tool calls while the daemon cannot be asked.
    pub fail_closed: bool,
    /// What becomes of a request that no rule matches; none: what the setting says.
    pub default_policy_action: Option<Verdict>,
    /// The policy sets that it gets, beside the one that every session gets.
    pub policy_set_ids: Vec<String>,
    /// The model to use.
    pub model: Option<String>,
    /// What people call the session.
    pub name: Option<String>,
    /// Width of its terminal; 120 by default.
    pub cols: Option<u16>,
    /// Height of its terminal; 30 by default.
    pub rows: Option<u16>,
    /// The first prompt.
    pub prompt: Option<String>,
    /// The conversation of the agent's own that it goes on with.
    pub provider_resume: Option<ProviderResume>,
    /// The git worktree of its own that it gets, where it is to have one.
    pub worktree: Option<NewWorktree>,
    /// Whatever its maker wants to remember.
    pub metadata: Map<String, Value>,
}

/// A conversation of an agent's own, by the agent's name for it.
#[derive(Clone, Debug)]
pub struct ProviderResume {
    /// The name.
    pub conversation: String,
    /// Whether a copy of it goes on, and it stays as it is.
    pub is_fork: bool,
}

/// A request that makes sense, with its directory resolved.
pub(crate) struct Checked {
    pub(crate) cwd: PathBuf,
    pub(crate) name: Option<String>,
    pub(crate) prompt: Option<PromptText>,
    pub(crate) size: (u16, u16),
}

impl CreateSession {
    /// Whether the agent is to ask nobody: said so, or in an argument of its own.
    pub fn is_dangerous(&self) -> bool {
        self.dangerous_mode || provider(self.provider).is_dangerous(&self.args)
    }

    /// Whether more may run unasked than in any other session: what stands in this request decides
    /// it, and not only what the owner has set up before.
    pub fn widens(&self) -> bool {
        self.is_dangerous()
            || self.default_policy_action == Some(Verdict::Allow)
            || !self.policy_set_ids.is_empty()
            || self.worktree.as_ref().is_some_and(NewWorktree::runs)
            || provider(self.provider).widens(&self.args)
    }

    /// Checks everything that can be checked before anything is made.
    pub(crate) fn check(&self) -> Result<Checked, EngineError> {
        check_size(self.cols, self.rows)?;
        check_default_action("defaultPolicyAction", self.default_policy_action)?;
        check_variables("env", &self.env)?;
        self.check_args()?;
        self.check_conversation_name()?;
        if let Some(model) = &self.model
            && (model.is_empty() || model.len() > 100 || model.chars().any(char::is_control))
        {
            let message = "`model` is 1 to 100 characters without control characters";
            return Err(EngineError::invalid("model", message));
        }
        if let Some(prompt) = &self.prompt {
            check_farewell("prompt", prompt, self.provider)?;
        }
        let prompt = self.prompt.as_deref().map(PromptText::literal).transpose();
        Ok(Checked {
            cwd: resolved(&self.cwd).map_err(|why| {
                let message = format!("directory `{}` {why}", shown(&self.cwd));
                EngineError::invalid("cwd", message)
            })?,
            name: self
                .name
                .as_deref()
                .map(checked_name)
                .transpose()?
                .flatten(),
            prompt: prompt.map_err(|e| EngineError::invalid("prompt", format!("`prompt`: {e}")))?,
            size: (self.cols.unwrap_or(120), self.rows.unwrap_or(30)),
        })
    }

    fn check_conversation_name(&self) -> Result<(), EngineError> {
        // It becomes part of a path, and an argument.
        let is_name = |name: &str| {
            let starts_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
            let is_part = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
            starts_well && name.len() <= 100 && name.chars().all(is_part)
        };
        match &self.provider_resume {
            Some(old) if !is_name(&old.conversation) => Err(EngineError::invalid(
                "providerResume.providerSessionId",
                "`providerResume.providerSessionId` is the agent's own name of a conversation, such as a UUID",
            )),
            _ => Ok(()),
        }
    }

    fn check_args(&self) -> Result<(), EngineError> {
        if self.args.len() > 100 {
            return Err(EngineError::invalid(
                "args",
                "`args` takes at most 100 arguments",
            ));
        }
        for (i, arg) in self.args.iter().enumerate() {
            if arg.len() > 10_240 || arg.contains('\0') {
                let message = format!("`args[{i}]` has a NUL or over 10240 bytes");
                return Err(EngineError::invalid(format!("args[{i}]"), message));
            }
        }
        Ok(())
    }
}

/// A name of at most 80 characters; a blank one is none.
pub(crate) fn checked_name(name: &str) -> Result<Option<String>, EngineError> {
    let name = name.trim();
    if name.chars().count() > 80 || name.chars().any(is_unseen) {
        let message = "`name` is at most 80 characters, all of which can be seen";
        return Err(EngineError::invalid("name", message));
    }
    Ok((!name.is_empty()).then(|| name.to_owned()))
}

/// A terminal that agents can draw in, and that costs tmux no fortune.
pub(crate) fn check_size(cols: Option<u16>, rows: Option<u16>) -> Result<(), EngineError> {
    for (field, value, least) in [("cols", cols, 10), ("rows", rows, 3)] {
        if value.is_some_and(|value| !(least..=500).contains(&value)) {
            let message = format!("`{field}` is a number from {least} to 500");
            return Err(EngineError::invalid(field, message));
        }
    }
    Ok(())
}
