use std::collections::HashMap;

use codepiper_api::{Client, SessionsResponse};
use codepiper_model::SessionId;

use crate::error::CliError;

/// What people call the sessions.
#[derive(Default)]
pub(crate) struct SessionNames(HashMap<SessionId, Option<String>>);

impl SessionNames {
    pub(crate) async fn load(client: &Client) -> Result<Self, CliError> {
        let SessionsResponse { sessions } = serde_json::from_value(client.get("/sessions").await?)?;
        let named = sessions
            .into_iter()
            .map(|session| (session.id, session.name));
        Ok(Self(named.collect()))
    }

    /// Whether the session was there when the names were loaded.
    pub(crate) fn knows(&self, id: SessionId) -> bool {
        self.0.contains_key(&id)
    }

    /// The beginning of its id, and its name where it has one.
    pub(crate) fn short(&self, id: SessionId) -> String {
        let mut text = id.to_string();
        text.truncate(8);
        if let Some(Some(name)) = self.0.get(&id) {
            text.push(' ');
            text.push_str(name);
        }
        text
    }
}
