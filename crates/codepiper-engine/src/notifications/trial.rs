use codepiper_store::push_subscriptions;
use futures_util::future::join_all;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::Notifications;
use super::message::{PushMessage, push};
use super::post::Outcome;
use super::settings::Kept;
use crate::EngineError;

const TITLE_MAX: usize = 120;
const BODY_MAX: usize = 500;

/// What became of a message that only tries whether it arrives.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct PushTrial {
    /// Browsers that it was sent to.
    pub attempted: usize,
    /// Of which push services have taken it.
    pub delivered: usize,
    /// Of which are gone, and were removed.
    pub expired: usize,
    /// Of which did not take it.
    pub failed: usize,
    /// Of which it was not sent to, since it could not be sealed for them.
    pub skipped: usize,
    /// Why not all have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
}

impl Notifications {
    /// Sends a message to every browser that is told, once.
    pub async fn try_push(
        &self,
        title: Option<String>,
        body: Option<String>,
        session_id: Option<String>,
    ) -> Result<PushTrial, EngineError> {
        let title = checked("title", title, TITLE_MAX)?;
        let body = checked("body", body, BODY_MAX)?;
        let session_id = checked("sessionId", session_id, TITLE_MAX)?;
        let key = self.vapid().await?;
        let (all, kept) = self
            .store
            .read(|db| Ok((push_subscriptions::all(db)?, Kept::read(db)?)))
            .await?;
        let url = session_id.as_ref().map(|id| format!("/sessions/{id}"));
        let message = PushMessage {
            payload: json!({
                "body": body.unwrap_or_else(|| "Notifications arrive in this browser.".to_owned()),
                "eventType": "test",
                "sessionId": session_id,
                "tag": "test",
                "title": title.unwrap_or_else(|| "CodePiper".to_owned()),
                "url": url.unwrap_or_else(|| "/".to_owned()),
            }),
            tag: "test".to_owned(),
            is_urgent: true,
        };
        let now = self.clock.now();
        let mut trial = PushTrial::default();
        let mut sent = Vec::new();
        for to in all {
            match push(&message, &to.wanted, &key, kept.contact(), now) {
                Ok(post) => sent.push(async { (to.wanted.endpoint, self.poster.post(post).await) }),
                Err(why) => {
                    trial.skipped += 1;
                    trial.reason = Some(why.to_owned());
                }
            }
        }
        trial.attempted = sent.len();
        if trial.attempted + trial.skipped == 0 {
            trial.reason = Some("no browser has asked to be told".to_owned());
        }
        for (endpoint, outcome) in join_all(sent).await {
            match outcome {
                Outcome::Delivered => trial.delivered += 1,
                Outcome::Gone(why) => {
                    trial.expired += 1;
                    trial.reason = Some(why);
                    let remove = move |tx: &codepiper_store::Transaction<'_>| {
                        push_subscriptions::remove(tx, &endpoint)
                    };
                    self.store.write(remove).await?;
                }
                Outcome::Refused(why) | Outcome::Later(why, _) => {
                    trial.failed += 1;
                    trial.reason = Some(why);
                }
            }
        }
        Ok(trial)
    }
}

fn checked(field: &str, text: Option<String>, max: usize) -> Result<Option<String>, EngineError> {
    let is_good = |text: &String| (1..=max).contains(&text.chars().count());
    if text.as_ref().is_none_or(is_good) {
        return Ok(text);
    }
    let message = format!("`{field}` has 1 to {max} characters");
    Err(EngineError::invalid(field, message))
}
