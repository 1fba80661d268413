//! What is told that is about no session. It is written in the transaction of what it tells of, so
//! that it is neither lost nor told twice.

use codepiper_model::{SignIn, Timestamp};
use codepiper_store::notifications::{self, NewNotification};
use codepiper_store::{StoreError, Transaction, devices};
use codepiper_workflow::{Effect, ExecutionStatus, State};
use serde_json::{Value, json};

use super::Notifications;
use super::kinds::{INPUT_NEEDED, SIGN_IN, WORKFLOW_DONE, WORKFLOW_FAILED};
use super::record::{Recorded, record};

/// The longest that is said of what went wrong or is asked.
const BODY_MAX: usize = 200;

/// How an execution has come further.
pub(crate) struct Further {
    news: Vec<NewNotification>,
    /// The steps that ask no more.
    answered: Vec<String>,
    execution: String,
}

impl Further {
    /// What one transition tells of.
    pub(crate) fn of(workflow: &str, id: &str, before: &State, after: &State) -> Self {
        let (was, is) = (questions(before), questions(after));
        let has = |all: &[(String, String, String)], effect: &str| {
            all.iter().any(|(name, ..)| name == effect)
        };
        let mut news = Vec::new();
        for (effect, step, message) in &is {
            if !has(&was, effect) {
                let body = format!("{workflow}: {message}");
                let payload = json!({ "executionId": id, "step": step });
                news.push(of_execution(
                    id,
                    INPUT_NEEDED,
                    "A workflow asks",
                    &body,
                    payload,
                ));
            }
        }
        if !before.status.is_final() {
            let payload = json!({ "executionId": id });
            news.extend(match after.status {
                ExecutionStatus::Completed => {
                    let title = "Workflow done";
                    Some(of_execution(id, WORKFLOW_DONE, title, workflow, payload))
                }
                ExecutionStatus::Failed => {
                    let why = after
                        .error
                        .as_ref()
                        .map_or_else(String::new, |error| format!(": {error}"));
                    let (title, body) = ("Workflow failed", format!("{workflow}{why}"));
                    Some(of_execution(id, WORKFLOW_FAILED, title, &body, payload))
                }
                // Who ends one knows.
                _ => None,
            });
        }
        let over = was.into_iter().filter(|(effect, ..)| !has(&is, effect));
        Self {
            news,
            answered: over.map(|(_, step, _)| step).collect(),
            execution: id.to_owned(),
        }
    }
}

/// What waits for a person: the name of the effect, the step and the words.
fn questions(state: &State) -> Vec<(String, String, String)> {
    let asked = state.outstanding().into_iter();
    asked
        .filter_map(|(effect, what)| match what {
            Effect::Ask { message } => {
                let step = effect.rsplit_once('#').map_or(&*effect, |(step, _)| step);
                let step = step.to_owned();
                Some((effect, step, message))
            }
            _ => None,
        })
        .collect()
}

fn of_execution(
    id: &str,
    kind: &'static str,
    title: &str,
    body: &str,
    mut payload: Value,
) -> NewNotification {
    payload["url"] = json!(format!("/workflows/executions/{id}"));
    of_nothing(kind, title, body, payload)
}

fn of_nothing(kind: &'static str, title: &str, body: &str, payload: Value) -> NewNotification {
    NewNotification {
        session_id: None,
        provider: None,
        kind,
        source_event_id: None,
        title: title.to_owned(),
        body: body.chars().take(BODY_MAX).collect(),
        payload,
        created_at: Timestamp::from_millis(0),
    }
}

impl Notifications {
    /// Writes down what a transition of an execution tells.
    pub(crate) fn record_further(
        &self,
        tx: &Transaction<'_>,
        further: &Further,
        at: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let mut recorded = Recorded::default();
        for step in &further.answered {
            let execution = &further.execution;
            recorded.read += notifications::mark_question(tx, execution, step, "answered", at)?;
        }
        for new in &further.news {
            recorded.made.extend(self.record_at(tx, new.clone(), at)?);
        }
        Ok(recorded)
    }

    /// Writes down that a browser has signed in, where it was never seen before.
    pub(crate) fn record_sign_in(
        &self,
        tx: &Transaction<'_>,
        sign_in: &SignIn,
        at: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let mut recorded = Recorded::default();
        if devices::note(tx, &sign_in.address, &sign_in.user_agent, at)? {
            let body = format!("{}: {}", sign_in.address, sign_in.user_agent);
            let payload = json!({
                "address": sign_in.address, "signIn": sign_in.id, "url": "/settings",
                "userAgent": sign_in.user_agent,
            });
            let new = of_nothing(SIGN_IN, "Sign-in from a new device", &body, payload);
            recorded.made.extend(self.record_at(tx, new, at)?);
        }
        Ok(recorded)
    }

    fn record_at(
        &self,
        tx: &Transaction<'_>,
        mut new: NewNotification,
        at: Timestamp,
    ) -> Result<Option<super::NotificationView>, StoreError> {
        new.created_at = at;
        record(tx, &new, &self.presence, at)
    }
}
