//! Which session somebody means.

use codepiper_api::{Client, ClientError, ErrorBody, SessionResponse, SessionsResponse};
use codepiper_model::{Session, SessionId};

use crate::error::CliError;

/// Finds the one session whose name, or the beginning of whose id, is `text`.
///
/// A whole id is asked for directly: an agent may see its own session, and no list.
pub(crate) async fn session(client: &Client, text: &str) -> Result<Session, CliError> {
    if let Ok(id) = text.parse::<SessionId>() {
        match client.get(&format!("/sessions/{id}")).await {
            Ok(answer) => return Ok(serde_json::from_value::<SessionResponse>(answer)?.session),
            // Something may be called like that.
            Err(ClientError::Refused { status: 404, .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let response: SessionsResponse = serde_json::from_value(client.get("/sessions").await?)?;
    pick(&response.sessions, text)
}

/// A whole id decides, then a whole name, then the beginning of an id; among several, the only one
/// that lives.
fn pick(sessions: &[Session], text: &str) -> Result<Session, CliError> {
    let lower = text.to_ascii_lowercase();
    let tests: [&dyn Fn(&Session) -> bool; 3] = [
        &|session| session.id.to_string() == lower,
        &|session| session.name.as_deref() == Some(text),
        &|session| !lower.is_empty() && session.id.to_string().starts_with(&lower),
    ];
    let decisive = tests.iter().find(|test| sessions.iter().any(test));
    let is_meant = |session: &Session| decisive.is_some_and(|test| test(session));
    let mut meant: Vec<Session> = sessions.iter().filter(|s| is_meant(s)).cloned().collect();
    if meant
        .iter()
        .filter(|session| session.status.is_live())
        .count()
        == 1
    {
        meant.retain(|session| session.status.is_live());
    }
    match (meant.pop(), meant.is_empty()) {
        (Some(session), true) => Ok(session),
        (None, _) => {
            let body = ErrorBody::new("session_not_found", format!("there is no session `{text}`"));
            Err(CliError::NotFound(
                body.with_hint("`codepiper sessions` lists them"),
            ))
        }
        (Some(last), false) => {
            meant.push(last);
            let candidates: Vec<String> = meant
                .iter()
                .map(|s| {
                    format!(
                        "{} {} {}",
                        s.id,
                        s.status.as_str(),
                        s.name.as_deref().unwrap_or("")
                    )
                })
                .collect();
            let message = format!("`{text}` could be {} sessions", candidates.len());
            let body = ErrorBody::new("ambiguous_session", message);
            Err(CliError::NotFound(body.with_hint(candidates.join("\n  "))))
        }
    }
}
