use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use codepiper_workflow::Outcome;
use tokio::sync::{broadcast, oneshot};

/// The questions of an execution that wait for a person.
#[derive(Clone)]
pub(super) struct Questions {
    execution: String,
    open: Arc<Mutex<BTreeMap<String, Question>>>,
    changes: broadcast::Sender<String>,
}

struct Question {
    message: String,
    answer: oneshot::Sender<Outcome>,
}

/// Takes a question back when nobody waits for its answer any more.
struct Open<'a> {
    questions: &'a Questions,
    node: &'a str,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.questions.open().remove(self.node);
        self.questions.tell();
    }
}

impl Questions {
    /// Those of an execution, which is named where changes are told.
    pub(super) fn new(execution: &str, changes: &broadcast::Sender<String>) -> Self {
        Self {
            execution: execution.to_owned(),
            open: Arc::default(),
            changes: changes.clone(),
        }
    }

    /// Waits for an answer, however long that takes.
    pub(super) async fn ask(&self, node: &str, message: String) -> Result<Outcome, String> {
        let (answer, answered) = oneshot::channel();
        let question = Question { message, answer };
        self.open().insert(node.to_owned(), question);
        let _open = Open {
            questions: self,
            node,
        };
        self.tell();
        answered.await.map_err(|_| "nobody answers".to_owned())
    }

    /// Answers a question. `false` where there is none.
    pub(super) fn answer(&self, node: &str, outcome: Outcome) -> bool {
        let question = self.open().remove(node);
        question.is_some_and(|question| question.answer.send(outcome).is_ok())
    }

    /// What is asked for a step.
    pub(super) fn of(&self, node: &str) -> Option<String> {
        self.open()
            .get(node)
            .map(|question| question.message.clone())
    }

    /// Every step that asks, with what it asks.
    pub(super) fn all(&self) -> Vec<(String, String)> {
        let open = self.open();
        let asked = open.iter();
        asked
            .map(|(node, question)| (node.clone(), question.message.clone()))
            .collect()
    }

    pub(super) fn count(&self) -> usize {
        self.open().len()
    }

    /// Nobody may be listening.
    fn tell(&self) {
        drop(self.changes.send(self.execution.clone()));
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<String, Question>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
