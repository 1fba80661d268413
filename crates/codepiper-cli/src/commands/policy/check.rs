use codepiper_api::CheckPolicyRequest;
use codepiper_model::{Matched, Risk, Verdict};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{Context, launch};
use super::json_argument;
use crate::cli::CheckPolicy;
use crate::error::CliError;
use crate::{output, resolve, tool_line};

/// The verdict, as far as people are told.
#[derive(Deserialize)]
struct Checked {
    verdict: Verdict,
    /// Strictest first: the first one decides.
    matched: Vec<Matched>,
    risk: Risk,
}

pub(super) async fn run(context: &Context, args: CheckPolicy) -> Result<(), CliError> {
    let tool_input = match (&args.command, &args.input) {
        (Some(command), _) => json!({ "command": command }),
        (None, Some(text)) => json_argument::value("--input", text)?,
        (None, None) => Value::Null,
    };
    let rules = args
        .rules
        .as_deref()
        .map(json_argument::rules)
        .transpose()?;
    let session = match &args.session {
        Some(text) => Some(resolve::session(&context.client, text).await?),
        None => None,
    };
    let cwd = match (&args.cwd, &session) {
        (Some(dir), _) => launch::directory(dir)?,
        (None, Some(session)) => session.cwd.clone(),
        (None, None) => std::env::current_dir()?,
    };
    let request = CheckPolicyRequest {
        tool_name: args.tool,
        tool_input,
        cwd,
        session_id: session.as_ref().map(|session| session.id),
        provider: session.map(|session| session.provider.to_string()),
        mode: args.mode,
        rules,
    };
    let answer = context.client.post("/policies/check", &request).await?;
    if context.json {
        return output::json(&answer);
    }
    print(&serde_json::from_value(answer)?)
}

fn print(checked: &Checked) -> Result<(), CliError> {
    output::line(format!("{:<10} {}", "verdict", checked.verdict.as_str()))?;
    let by = match checked.matched.first() {
        Some(rule) => described(rule),
        None => "the default, which counts where the agent would ask: no rule matches".to_owned(),
    };
    output::line(format!("{:<10} {by}", "decided by"))?;
    for rule in &checked.matched {
        let action = rule.action.as_str();
        output::line(format!("{:<10} {action}: {}", "matched", described(rule)))?;
    }
    let class = serde_json::to_value(checked.risk.class)?;
    let reasons = tool_line::visible(&checked.risk.reasons.join("; "));
    let class = class.as_str().unwrap_or_default();
    output::line(format!("{:<10} {class}: {reasons}", "risk"))
}

fn described(rule: &Matched) -> String {
    let mut text = format!("rule `{}` of policy `{}`", rule.rule_id, rule.policy_id);
    if let Some(reason) = &rule.reason {
        text.push_str(": ");
        text.push_str(reason);
    }
    tool_line::visible(&text)
}
