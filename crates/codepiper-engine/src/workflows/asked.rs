use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use codepiper_workflow::Outcome;
use tokio::sync::oneshot;

/// The questions of an execution that wait for a person.
#[derive(Clone, Default)]
pub(super) struct Questions {
    open: Arc<Mutex<BTreeMap<String, Question>>>,
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
    }
}

impl Questions {
    /// Waits for an answer, however long that takes.
    pub(super) async fn ask(&self, node: &str, message: String) -> Result<Outcome, String> {
        let (answer, answered) = oneshot::channel();
        let question = Question { message, answer };
        self.open().insert(node.to_owned(), question);
        let _open = Open {
            questions: self,
            node,
        };
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

    pub(super) fn count(&self) -> usize {
        self.open().len()
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<String, Question>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
