//! The conversations in an app-server: the session's own, and those of its sub-agents.

use std::collections::{HashMap, HashSet};

use codepiper_providers::codex::rpc::{
    LatestTurn, loaded, model_of, thread_resume, thread_settings, thread_turns, threads_loaded,
};

use super::connection::{Connection, ConnectionError};
use super::follow::Follower;

/// The conversations that one connection has heard of.
#[derive(Default)]
pub(super) struct Threads {
    /// Those that it has joined, and the model of each as far as it is known.
    joined: HashMap<String, Option<String>>,
    /// Those that cannot be joined.
    closed: HashSet<String>,
}

impl Threads {
    /// Those that it has joined: all that is asked in them is heard.
    pub(super) fn joined(&self) -> impl Iterator<Item = &str> {
        self.joined.keys().map(String::as_str)
    }

    pub(super) fn model(&self, thread_id: &str) -> Option<&str> {
        self.joined.get(thread_id)?.as_deref()
    }
}

impl Follower {
    /// Whether it is the session's own conversation.
    pub(super) fn is_own(&self, thread_id: &str) -> bool {
        self.live.subject.conversation().as_deref() == Some(thread_id)
    }

    /// Joins a conversation, and takes in what it is in the middle of.
    pub(super) async fn join(
        &self,
        thread_id: &str,
        connection: &Connection,
        threads: &mut Threads,
    ) -> Result<(), ConnectionError> {
        let joined = connection.request(thread_resume(thread_id)).await?;
        threads.joined.insert(thread_id.to_owned(), None);
        if let Some(model) = model_of(&joined) {
            self.model_told(thread_id, model, threads).await;
        }
        self.take_in_turn(thread_id, connection, threads).await
    }

    /// Joins the conversation that the person has begun anew. The model belongs to the session,
    /// while the terminal begins with the one that it was started with.
    pub(super) async fn join_new(
        &self,
        thread_id: &str,
        connection: &Connection,
        threads: &mut Threads,
    ) -> Result<(), ConnectionError> {
        let joined = connection.request(thread_resume(thread_id)).await?;
        let known = self.live.app_server.model.borrow().clone();
        let mut model = model_of(&joined);
        if let Some(known) = known.filter(|known| model.as_ref() != Some(known)) {
            let request = thread_settings(thread_id, &known);
            connection.request(request).await?;
            model = Some(known);
        }
        threads.joined.insert(thread_id.to_owned(), model);
        self.take_in_turn(thread_id, connection, threads).await
    }

    async fn take_in_turn(
        &self,
        thread_id: &str,
        connection: &Connection,
        threads: &Threads,
    ) -> Result<(), ConnectionError> {
        if self.is_own(thread_id) {
            self.live.app_server.turn.send_replace(None);
        }
        match connection.request(thread_turns(thread_id)).await {
            Ok(turns) => match LatestTurn::read(&turns) {
                Some(LatestTurn::UnderWay(turn)) => {
                    self.turn_began(thread_id, &turn, threads).await;
                }
                Some(LatestTurn::Over(end)) => self.turn_was_over(thread_id, &end, threads).await,
                None => {}
            },
            Err(ConnectionError::Refused(failure)) => {
                tracing::warn!(session = %self.live.id, ?failure, "no turns to be seen");
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Joins every conversation that is loaded: what a sub-agent asks is asked of those who have
    /// joined it.
    pub(super) async fn join_loaded(
        &self,
        connection: &Connection,
        threads: &mut Threads,
    ) -> Result<(), ConnectionError> {
        let list = match connection.request(threads_loaded()).await {
            Ok(list) => list,
            Err(ConnectionError::Refused(failure)) => {
                tracing::warn!(session = %self.live.id, ?failure, "no conversations to be seen");
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        for thread in loaded(&list) {
            self.join_inner(&thread, connection, threads).await?;
        }
        Ok(())
    }

    /// Joins a sub-agent's conversation, unless it is joined. One that nobody can join goes on
    /// without us.
    pub(super) async fn join_inner(
        &self,
        thread_id: &str,
        connection: &Connection,
        threads: &mut Threads,
    ) -> Result<(), ConnectionError> {
        if threads.joined.contains_key(thread_id) || threads.closed.contains(thread_id) {
            return Ok(());
        }
        match self.join(thread_id, connection, threads).await {
            Err(ConnectionError::Refused(failure)) => {
                tracing::warn!(session = %self.live.id, ?failure, "a conversation is not joined");
                threads.closed.insert(thread_id.to_owned());
                Ok(())
            }
            joined => joined,
        }
    }

    /// Takes in which model a conversation has.
    pub(super) async fn model_told(&self, thread_id: &str, model: String, threads: &mut Threads) {
        if model.is_empty() || threads.model(thread_id) == Some(&model) {
            return;
        }
        if self.is_own(thread_id) {
            let by = self.live.app_server.wanted_by(&model);
            let sessions = &self.hooks.parts.sessions;
            if let Err(error) = sessions.note_model(self.live.id, &model, by).await {
                tracing::error!(session = %self.live.id, %error, "cannot store a model");
                return;
            }
            self.live.app_server.model.send_replace(Some(model.clone()));
        }
        threads.joined.insert(thread_id.to_owned(), Some(model));
    }
}
