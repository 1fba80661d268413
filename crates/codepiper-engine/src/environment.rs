use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use codepiper_model::BillingMode;

use crate::EngineError;

type Variables = BTreeMap<OsString, OsString>;

/// What an agent gets of the daemon's environment, whoever pays.
const INHERITED: [&str; 17] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TERM",
    "COLORTERM",
    "LANG",
    "TMPDIR",
    "TZ",
    "EDITOR",
    "VISUAL",
    "CLAUDE_CONFIG_DIR",
    "CODEX_HOME",
    "IS_SANDBOX",
    "SSL_CERT_FILE",
    "NODE_EXTRA_CA_CERTS",
];

const INHERITED_PREFIXES: [&str; 2] = ["LC_", "XDG_"];

const PROXIES: [&str; 8] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
];

/// What pays by the call: given with `api`, kept away with `subscription`.
const API_KEYS: [&str; 5] = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
];

/// The most variables that a session, or a set of them, may have.
pub(crate) const VARIABLES_MAX: usize = 1000;

const CLOUD_SWITCHES: [&str; 2] = ["CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX"];

/// The environment of a session's agent, and what its billing mode kept away from it.
pub(crate) fn session_environment(
    daemon: &Variables,
    requested: &BTreeMap<String, String>,
    billing: BillingMode,
    forward_ssh_agent: bool,
) -> (Variables, Vec<String>) {
    let is_inherited = |name: &OsStr| {
        name.to_str().is_some_and(|name| {
            INHERITED.contains(&name)
                || PROXIES.contains(&name)
                || INHERITED_PREFIXES
                    .iter()
                    .any(|prefix| name.starts_with(prefix))
                || (forward_ssh_agent && ["SSH_AUTH_SOCK", "SSH_AGENT_PID"].contains(&name))
                || (billing == BillingMode::Api && API_KEYS.contains(&name))
        })
    };
    let mut variables: Variables = daemon
        .iter()
        .filter(|(name, _)| is_inherited(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    variables.extend(
        requested
            .iter()
            .map(|(name, value)| (name.into(), value.into())),
    );

    let mut scrubbed = Vec::new();
    if billing == BillingMode::Subscription {
        for name in API_KEYS.into_iter().chain(CLOUD_SWITCHES) {
            let given = variables.remove(OsStr::new(name)).is_some();
            if given || daemon.contains_key(OsStr::new(name)) {
                scrubbed.push(name.to_owned());
            }
        }
    }
    (variables, scrubbed)
}

/// Checks variables that somebody gave in `field`. A value may be a secret: messages name the
/// variable only.
pub(crate) fn check_variables(
    field: &str,
    variables: &BTreeMap<String, String>,
) -> Result<(), EngineError> {
    if variables.len() > VARIABLES_MAX {
        let message = format!("`{field}` takes at most {VARIABLES_MAX} variables");
        return Err(EngineError::invalid(field, message));
    }
    for (name, value) in variables {
        let shown: String = name.chars().take(64).collect();
        let field = format!("{field}.{shown}");
        let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let fits = name.len() <= 256 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !starts_well || !fits {
            let message = format!("`{shown}` is no name of a variable");
            return Err(EngineError::invalid(field, message));
        }
        if name.starts_with("CODEPIPER_") || name.starts_with("TMUX") {
            let message = format!("`{shown}` is set by CodePiper itself");
            return Err(EngineError::invalid(field, message));
        }
        if value.len() > 65_536 || value.contains('\0') {
            let message = format!("the value of `{shown}` has a NUL or over 65536 bytes");
            return Err(EngineError::invalid(field, message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn daemon() -> Variables {
        [
            ("PATH", "/bin"),
            ("LC_ALL", "C.UTF-8"),
            ("ANTHROPIC_API_KEY", "daemon's"),
            ("SSH_AUTH_SOCK", "/agent"),
            ("CLAUDECODE", "1"),
            ("TMUX", "x"),
            ("no_proxy", "localhost"),
        ]
        .map(|(name, value)| (name.into(), value.into()))
        .into()
    }

    fn names(variables: &Variables) -> Vec<&str> {
        variables.keys().filter_map(|name| name.to_str()).collect()
    }

    #[test]
    fn a_subscription_session_has_no_key_and_says_which_were_kept_away() {
        let requested = BTreeMap::from([("OPENAI_API_KEY".to_owned(), "mine".to_owned())]);
        let (variables, scrubbed) =
            session_environment(&daemon(), &requested, BillingMode::Subscription, false);
        assert_eq!(names(&variables), ["LC_ALL", "PATH", "no_proxy"]);
        assert_eq!(scrubbed, ["ANTHROPIC_API_KEY", "OPENAI_API_KEY"]);
    }

    #[test]
    fn an_api_session_has_the_requests_key_over_the_daemons() {
        let requested = BTreeMap::from([("ANTHROPIC_API_KEY".to_owned(), "mine".to_owned())]);
        let (variables, scrubbed) =
            session_environment(&daemon(), &requested, BillingMode::Api, true);
        assert_eq!(variables[OsStr::new("ANTHROPIC_API_KEY")], "mine");
        assert!(variables.contains_key(OsStr::new("SSH_AUTH_SOCK")));
        assert!(!variables.contains_key(OsStr::new("CLAUDECODE")));
        assert!(scrubbed.is_empty());
    }
}
