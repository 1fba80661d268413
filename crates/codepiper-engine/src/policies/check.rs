use std::path::Path;

use codepiper_model::{Matched, Risk, Scope, ToolCall, Verdict};
use codepiper_policy::{Policy, Scoped, explain, risk};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::view::{parsed_rules, wrong};
use super::{PolicyEngine, Workspace};
use crate::EngineError;

/// What the rules say of a tool call, and whether a rule said it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CheckPolicyResponse)]
pub struct Checked {
    /// What would become of it where the agent itself would ask.
    pub verdict: Verdict,
    /// `rule` or `default`.
    pub source: &'static str,
    /// The rule that decides.
    pub decided_by: Option<DecidedBy>,
    /// Every rule that matched, strictest first.
    pub matched: Vec<Matched>,
    /// The simple commands of a shell line, where it is one that can be read.
    pub commands: Vec<CheckedCommand>,
    /// What the call could do at worst.
    pub risk: Risk,
}

/// The rule that decides.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecidedBy {
    /// Its policy.
    pub policy_id: String,
    /// Its name.
    pub rule_id: String,
}

/// One simple command of a shell line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckedCommand {
    /// Its words.
    pub argv: Vec<String>,
    /// What the rules say of it, or else the default action.
    pub verdict: Verdict,
}

impl PolicyEngine {
    /// Says what would become of a tool call; nothing is recorded. With `rules` only those are
    /// asked, as one policy. `directory` is where the call's session was started.
    pub fn check(
        &self,
        call: &ToolCall,
        directory: Option<&Path>,
        rules: Option<Value>,
    ) -> Result<Checked, EngineError> {
        let workspace = Workspace::of(directory);
        let context = workspace.context();
        let evaluation = match rules {
            None => explain(&self.current().scoped(call.session_id), call, &context),
            Some(rules) => {
                let draft = Policy {
                    id: "draft".to_owned(),
                    name: "draft".to_owned(),
                    description: None,
                    enabled: true,
                    priority: 0,
                    session_id: None,
                    rules: parsed_rules(rules).map_err(wrong)?,
                };
                let draft = draft.compile().map_err(wrong)?;
                let scope = Scope::Global;
                explain(
                    &[Scoped {
                        policy: &draft,
                        scope,
                    }],
                    call,
                    &context,
                )
            }
        };
        let default = self.default_action(call.session_id);
        let decided_by = evaluation.decided_by();
        let verdict = decided_by.map_or(default, |rule| rule.action);
        let commands = evaluation.commands.iter().map(|command| CheckedCommand {
            argv: command.argv.clone(),
            verdict: command.verdict.unwrap_or(default),
        });
        let commands = commands.collect();
        Ok(Checked {
            verdict,
            source: if decided_by.is_some() {
                "rule"
            } else {
                "default"
            },
            decided_by: decided_by.map(|rule| DecidedBy {
                policy_id: rule.policy_id.clone(),
                rule_id: rule.rule_id.clone(),
            }),
            commands,
            risk: risk(call, &context),
            matched: evaluation.matched,
        })
    }
}
