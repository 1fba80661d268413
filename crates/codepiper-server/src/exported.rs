//! How an export writes the rows of the audit.

use std::io;

use codepiper_api::{ExportFormat, ExportedLine};
use codepiper_engine::{StoredDecision, StoredEntry};
use codepiper_model::escape_unseen;

use crate::csv;

/// A row of the audit, to be exported as a line.
pub(crate) trait Exported: Sized {
    /// The names of the columns.
    const HEAD: &[&str];

    /// The line as JSON.
    fn json(self) -> serde_json::Result<String>;

    /// The values of the columns.
    fn cells(self) -> Vec<String>;

    fn write(self, out: &mut Vec<u8>, format: ExportFormat) -> io::Result<()> {
        match format {
            ExportFormat::Jsonl => {
                out.extend(escape_unseen(&self.json()?).as_bytes());
                out.push(b'\n');
            }
            ExportFormat::Csv => csv::write_row(out, &self.cells()),
        }
        Ok(())
    }
}

impl Exported for StoredDecision {
    const HEAD: &[&str] = &[
        "timestamp",
        "id",
        "sessionId",
        "agentId",
        "toolName",
        "toolInput",
        "decision",
        "source",
        "policyId",
        "ruleId",
        "reason",
        "actor",
        "outcome",
        "hash",
        "prevHash",
    ];

    fn json(self) -> serde_json::Result<String> {
        let (row, sealed) = (self.decision, self.sealed);
        serde_json::to_string(&ExportedLine { row, sealed })
    }

    fn cells(self) -> Vec<String> {
        let it = self.decision;
        vec![
            it.timestamp.to_string(),
            it.id,
            it.session_id.to_string(),
            it.agent_id.unwrap_or_default(),
            it.tool_name,
            it.tool_input.to_string(),
            it.decision.as_str().to_owned(),
            it.source.as_str().to_owned(),
            it.policy_id.unwrap_or_default(),
            it.rule_id.unwrap_or_default(),
            it.reason.unwrap_or_default(),
            it.actor,
            it.outcome.as_str().to_owned(),
            it.hash,
            it.prev_hash,
        ]
    }
}

impl Exported for StoredEntry {
    const HEAD: &[&str] = &[
        "timestamp",
        "seq",
        "kind",
        "decisionId",
        "facts",
        "hash",
        "prevHash",
    ];

    fn json(self) -> serde_json::Result<String> {
        let (row, sealed) = (self.entry, self.sealed);
        serde_json::to_string(&ExportedLine { row, sealed })
    }

    fn cells(self) -> Vec<String> {
        let it = self.entry;
        vec![
            it.timestamp.to_string(),
            it.seq.to_string(),
            it.kind,
            it.decision_id.unwrap_or_default(),
            it.facts.to_string(),
            it.hash,
            it.prev_hash,
        ]
    }
}
