//! What workflows do that has to be accounted for: who ran them, what programs they ran by which
//! rule, and who said yes.

use std::collections::BTreeSet;

use codepiper_model::{Actor, EntryKind};
use codepiper_store::Transaction;
use codepiper_workflow::Command;
use serde_json::{Value, json};

use super::WorkflowExecutor;
use super::execution::Answered;
use crate::EngineError;
use crate::audit::{Redactor, note};

impl WorkflowExecutor {
    /// Somebody has begun an execution.
    pub(super) async fn note_begun(
        &self,
        workflow: &str,
        execution: &str,
        by: Actor,
    ) -> Result<(), EngineError> {
        let facts = json!({ "by": by.to_string(), "workflow": workflow, "execution": execution });
        self.note(EntryKind::WorkflowRun, facts).await
    }

    /// It was decided whether a program is run: by a rule, by a person whom a rule asks, or, where
    /// no rule speaks of it, by who wrote the workflow.
    pub(super) async fn note_command(
        &self,
        execution: &str,
        step: &str,
        command: &Command,
        rule: Option<&str>,
        decision: Result<(), &str>,
    ) -> Result<(), EngineError> {
        let facts = json!({
            "execution": execution,
            "step": step,
            "command": command.line(),
            "cwd": command.cwd,
            "decision": if decision.is_ok() { "allow" } else { "deny" },
            "reason": decision.err(),
            "rule": rule,
        });
        self.note(EntryKind::WorkflowCommand, facts).await
    }

    /// A person answers what a step asks.
    pub(super) async fn note_answer(
        &self,
        execution: &str,
        step: &str,
        question: &str,
        answer: &Answered,
    ) -> Result<(), EngineError> {
        let facts = json!({
            "execution": execution,
            "step": step,
            "question": question,
            "decision": if answer.yes { "allow" } else { "deny" },
            "by": answer.by,
            "note": answer.note,
        });
        self.note(EntryKind::WorkflowAnswered, facts).await
    }

    async fn note(&self, kind: EntryKind, facts: Value) -> Result<(), EngineError> {
        let facts = Redactor::new(&self.parts.config.environment, &BTreeSet::new()).redact(&facts);
        let now = self.parts.clock.now();
        let write = move |tx: &Transaction<'_>| note(tx, kind, &facts, now);
        Ok(self.parts.store.write(write).await?)
    }
}
