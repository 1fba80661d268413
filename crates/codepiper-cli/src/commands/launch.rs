use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use codepiper_api::CreateSessionRequest;
use codepiper_model::BillingMode;

use crate::cli::{Action, Billing, Launch};
use crate::error::CliError;

/// Turns the flags of a launch into a request.
pub(super) fn request(
    provider: String,
    dir: &Path,
    prompt: Option<String>,
    args: Vec<String>,
    launch: Launch,
) -> Result<CreateSessionRequest, CliError> {
    Ok(CreateSessionRequest {
        provider,
        cwd: directory(dir)?,
        args,
        env: environment(&launch.env, &launch.env_from)?,
        billing_mode: match launch.billing {
            Billing::Subscription => BillingMode::Subscription,
            Billing::Api => BillingMode::Api,
        },
        dangerous_mode: launch.dangerous,
        fail_closed: launch.fail_closed,
        default_policy_action: launch.default_action.map(Action::verdict),
        model: launch.model,
        name: launch.name,
        cols: launch.cols,
        rows: launch.rows,
        prompt,
        metadata: serde_json::Map::default(),
    })
}

/// The directory with links resolved where it exists; the daemon says what is wrong with others.
pub(super) fn directory(dir: &Path) -> Result<PathBuf, CliError> {
    Ok(fs_err::canonicalize(dir).or_else(|_| std::path::absolute(dir))?)
}

fn environment(set: &[String], from: &[String]) -> Result<BTreeMap<String, String>, CliError> {
    let mut variables = BTreeMap::new();
    for pair in set {
        let Some((name, value)) = pair.split_once('=') else {
            // It may be a secret whose name was forgotten: it is not repeated.
            return Err(CliError::usage(
                "`--env` takes NAME=VALUE; for a variable that is set here use `--env-from NAME`",
            ));
        };
        variables.insert(name.to_owned(), value.to_owned());
    }
    for name in from {
        match std::env::var(name) {
            Ok(value) => variables.insert(name.clone(), value),
            Err(std::env::VarError::NotPresent) => {
                return Err(CliError::usage(format!(
                    "`--env-from {name}`: `{name}` is not set here"
                )));
            }
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(CliError::usage(format!(
                    "`--env-from {name}`: its value is not UTF-8"
                )));
            }
        };
    }
    Ok(variables)
}
