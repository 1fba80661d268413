use codepiper_model::{Actor, Session, SessionId};

use super::{CreateSession, ProviderResume, SessionManager};
use crate::EngineError;

impl SessionManager {
    /// Makes a new session that goes on where the conversation of another one is now; that one
    /// stays as it is.
    pub async fn fork(
        &self,
        id: SessionId,
        name: Option<String>,
        prompt: Option<String>,
        by: Actor,
    ) -> Result<Session, EngineError> {
        let session = self.stored(id).await?.session;
        let kept = self.kept(id)?;
        let conversation = session.provider_session_id.ok_or_else(|| {
            EngineError::conflict_with_hint(
                "no_conversation",
                format!(
                    "nobody has said anything in session `{id}` yet, so there is nothing to copy"
                ),
                "start a new session, or `codepiper send` it a prompt first",
            )
        })?;
        let request = CreateSession {
            id: None,
            provider: session.provider,
            cwd: session.cwd,
            args: kept.args,
            env: kept.env,
            env_set_ids: kept.env_sets,
            billing_mode: session.billing_mode,
            dangerous_mode: session.dangerous_mode,
            fail_closed: session.fail_closed,
            default_policy_action: session.default_policy_action,
            policy_set_ids: Vec::new(),
            model: session.model,
            name,
            cols: Some(session.pty_cols),
            rows: Some(session.pty_rows),
            prompt,
            provider_resume: Some(ProviderResume {
                conversation,
                is_fork: true,
            }),
            worktree: None,
            metadata: session.metadata,
        };
        self.make(request, Some(id), by).await
    }
}
