//! One file per command of `policy`.

mod apply;
mod check;
mod create;
mod default;
mod delete;
mod export;
mod file_argument;
mod get;
mod json_argument;
mod list;
mod test;
mod toggle;
mod update;

use codepiper_model::SessionId;
use serde::Deserialize;
use serde_json::Value;

use super::Context;
use crate::cli::PolicyCommand;
use crate::error::CliError;
use crate::{output, url};

pub(super) use apply::apply;

/// A policy, as the daemon shows it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Policy {
    id: String,
    name: String,
    description: Option<String>,
    enabled: bool,
    priority: i64,
    session_id: Option<SessionId>,
    rules: Vec<Value>,
    created_at: String,
    updated_at: String,
    #[serde(default)]
    broken: Option<String>,
}

/// The body of an answer that is one policy.
#[derive(Deserialize)]
struct PolicyResponse {
    policy: Policy,
}

pub(super) async fn run(context: &Context, command: PolicyCommand) -> Result<(), CliError> {
    match command {
        PolicyCommand::List(args) => list::run(context, &args).await,
        PolicyCommand::Get(args) => get::run(context, &args).await,
        PolicyCommand::Create(args) => create::run(context, args).await,
        PolicyCommand::Update(args) => update::run(context, args).await,
        PolicyCommand::Delete(args) => delete::run(context, &args).await,
        PolicyCommand::Toggle(args) => toggle::run(context, &args).await,
        PolicyCommand::Default(args) => default::run(context, &args).await,
        PolicyCommand::Check(args) => check::run(context, args).await,
        PolicyCommand::Apply(args) => apply::run(context, &args).await,
        PolicyCommand::Export(args) => export::run(context, args).await,
        PolicyCommand::Test(args) => test::run(context, args).await,
    }
}

fn path_of(id: &str) -> String {
    format!("/policies/{}", url::encode(id))
}

/// Says what was done to a policy.
fn report(context: &Context, answer: &Value, what: &str) -> Result<(), CliError> {
    if context.json {
        return output::json(answer);
    }
    let PolicyResponse { policy } = PolicyResponse::deserialize(answer)?;
    let Policy { id, name, .. } = &policy;
    output::line(format!("policy {id} ({}) {what}", output::harmless(name)))
}

const fn status(enabled: bool) -> &'static str {
    if enabled { "enabled" } else { "disabled" }
}
