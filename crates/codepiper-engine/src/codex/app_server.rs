//! What may be wanted of a session's app-server by others than whoever follows it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use codepiper_model::Actor;
use codepiper_providers::codex::rpc::{
    Prompt, Request, thread_settings, turn_interrupt, turn_start, turn_steer,
};
use tokio::sync::watch;
use tokio::time::timeout;

use super::connection::{Connection, ConnectionError};

/// How long one that is away may take to come back.
const BACK_MAX: Duration = Duration::from_secs(5);

/// How long it may take to tell what came of a request.
const TOLD_MAX: Duration = Duration::from_secs(10);

/// How long the beginning of a turn that the screen shows may take to be told.
const TURN_MAX: Duration = Duration::from_secs(2);

/// The app-server of a session. Where the session has none, nothing is known and all fails.
#[derive(Debug, Default)]
pub(crate) struct AppServer {
    connection: watch::Sender<Option<Connection>>,
    /// The turn of the session's own conversation that goes on.
    pub(super) turn: watch::Sender<Option<String>>,
    /// The model of that conversation.
    pub(super) model: watch::Sender<Option<String>>,
    /// Who wants which model.
    wanted: Mutex<Option<(String, Actor)>>,
    /// Held while the model is switched.
    switching: tokio::sync::Mutex<()>,
}

impl AppServer {
    pub(super) fn set_connection(&self, connection: Option<Connection>) {
        self.connection.send_replace(connection);
    }

    /// Whether there is one to be asked at this moment.
    pub(crate) fn is_connected(&self) -> bool {
        self.connection.borrow().is_some()
    }

    /// Gives the conversation another model. Done is done once the server has told so, and that is
    /// stored.
    pub(crate) async fn switch_model(
        &self,
        thread_id: &str,
        name: &str,
        by: Actor,
    ) -> Result<(), ConnectionError> {
        let _guard = self.switching.lock().await;
        let mut model = self.model.subscribe();
        let mut connection = self.connection.subscribe();
        // What is known of one that is away may be wrong.
        let back = timeout(BACK_MAX, connection.wait_for(Option::is_some)).await;
        drop(back.map_err(|_| ConnectionError::Closed)?);
        if model.borrow().as_deref() == Some(name) {
            return Ok(());
        }
        self.set_wanted(Some((name.to_owned(), by)));
        let switched = async {
            self.request(thread_settings(thread_id, name)).await?;
            let told = model.wait_for(|model| model.as_deref() == Some(name));
            told.await.map_err(|_| ConnectionError::Closed).map(drop)
        };
        let switched = timeout(TOLD_MAX, switched).await;
        self.set_wanted(None);
        switched.map_err(|_| ConnectionError::Silent)?
    }

    /// Who wanted this model, if it is not the person at the terminal.
    pub(super) fn wanted_by(&self, model: &str) -> Option<Actor> {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let (name, by) = wanted.as_ref()?;
        (name == model).then_some(*by)
    }

    /// The turn that goes on, where there is one or the screen already `shows` it.
    pub(crate) async fn turn(&self, shows: bool) -> Option<String> {
        let mut turn = self.turn.subscribe();
        let patience = if shows { TURN_MAX } else { Duration::ZERO };
        let told = timeout(patience, turn.wait_for(Option::is_some)).await;
        told.ok()?.ok()?.clone()
    }

    /// Ends a turn, and returns once it is over.
    pub(crate) async fn interrupt(
        &self,
        thread_id: &str,
        turn_id: &str,
    ) -> Result<(), ConnectionError> {
        let mut turn = self.turn.subscribe();
        let ended = async {
            self.request(turn_interrupt(thread_id, turn_id)).await?;
            let over = turn.wait_for(|turn| turn.as_deref() != Some(turn_id));
            over.await.map_err(|_| ConnectionError::Closed).map(drop)
        };
        let ended = timeout(TOLD_MAX, ended).await;
        ended.map_err(|_| ConnectionError::Silent)?
    }

    /// Says something, into the turn that goes on or as the beginning of one. The terminal shows it as
    /// if it had been typed there.
    pub(crate) async fn say(
        &self,
        thread_id: &str,
        prompt: Prompt<'_>,
    ) -> Result<(), ConnectionError> {
        let request = match self.turn(false).await {
            Some(turn_id) => turn_steer(thread_id, &turn_id, prompt),
            None => turn_start(thread_id, prompt),
        };
        let said = timeout(TOLD_MAX, self.request(request)).await;
        said.map_err(|_| ConnectionError::Silent)?
    }

    async fn request(&self, request: Request) -> Result<(), ConnectionError> {
        let connection = self.connection.borrow().clone();
        let connection = connection.ok_or(ConnectionError::Closed)?;
        connection.request(request).await.map(drop)
    }

    fn set_wanted(&self, wanted: Option<(String, Actor)>) {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = wanted;
    }
}
