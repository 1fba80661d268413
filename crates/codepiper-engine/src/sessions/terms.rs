use codepiper_model::{Channel, ProviderId, Session};
use codepiper_providers::codex::Mode;
use codepiper_providers::{Support, provider};
use serde::Serialize;
use utoipa::ToSchema;

use super::SessionManager;

/// How a session's agent is heard and answered, and what it may do.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SessionTerms)]
pub struct Terms {
    /// Over what.
    pub channel: Channel,
    /// How each thing is done over that.
    pub support: Support,
    /// What keeps it in, in the words of Codex; none of other agents.
    pub sandbox: Option<&'static str>,
    /// When a person may be asked for more, in the words of Codex; none of other agents.
    pub approvals: Option<&'static str>,
}

impl SessionManager {
    pub(super) fn terms(&self, session: &Session) -> Terms {
        let mode = (session.provider == ProviderId::Codex)
            .then(|| self.kept(session.id).ok())
            .flatten()
            .and_then(|kept| Mode::asked_for(session.dangerous_mode, &kept.args).ok());
        Terms {
            channel: session.channel,
            support: provider(session.provider).support(session.channel),
            sandbox: mode.map(Mode::sandbox),
            approvals: mode.map(Mode::approvals),
        }
    }
}
