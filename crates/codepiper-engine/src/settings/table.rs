//! Every setting there is: what it is for, what it is where nobody says anything, and who may say it.

use serde_json::{Value, json};

use super::DaemonSettings;

/// What is known of a setting beside its value.
#[derive(Debug)]
pub(crate) struct Described {
    /// Its name, in the API, on the command line and in `config.toml`.
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    /// What it may be, where that are a few words.
    pub(crate) choices: &'static [&'static str],
    pub(crate) unit: Option<&'static str>,
    pub(crate) description: &'static str,
    pub(crate) takes_effect: TakesEffect,
    /// The variable of the daemon's environment that sets it.
    pub(crate) variable: Option<&'static str>,
    /// The flag of `codepiper daemon` that sets it.
    pub(crate) flag: Option<&'static str>,
    /// What it is where a variable sets it and does not.
    pub(crate) fallback: &'static str,
}

/// When a change counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TakesEffect {
    /// At once.
    AtOnce,
    /// In the sessions that start from then on.
    NewSessions,
    /// When the daemon starts again.
    Restart,
}

impl Described {
    /// Whether it is kept in the database, and so can be changed while the daemon runs.
    pub(crate) fn is_stored(&self) -> bool {
        self.variable.is_none()
    }

    /// What it is where nobody says anything.
    pub(crate) fn default(&self) -> Value {
        if self.is_stored() {
            json!(DaemonSettings::default())[self.name].clone()
        } else {
            json!(self.fallback)
        }
    }
}

const STORED: Described = Described {
    name: "",
    kind: "boolean",
    choices: &[],
    unit: None,
    description: "",
    takes_effect: TakesEffect::AtOnce,
    variable: None,
    flag: None,
    fallback: "",
};

const START: Described = Described {
    kind: "text",
    takes_effect: TakesEffect::Restart,
    ..STORED
};

/// All settings, those that are changed while the daemon runs first.
pub(crate) const SETTINGS: [Described; 19] = [
    Described {
        name: "preserveSessions",
        description: "Whether sessions live on when the daemon stops.",
        ..STORED
    },
    Described {
        name: "restoreAfterReboot",
        description: "Whether the sessions that ran come back by themselves after the machine was \
                      switched off.",
        takes_effect: TakesEffect::Restart,
        ..STORED
    },
    Described {
        name: "forwardSshAuthSock",
        description: "Whether agents get the SSH_AUTH_SOCK of the daemon.",
        takes_effect: TakesEffect::NewSessions,
        ..STORED
    },
    Described {
        name: "detachKey",
        kind: "text",
        description: "The key that leaves an attached terminal; every other key reaches the agent.",
        ..STORED
    },
    Described {
        name: "defaultPolicyAction",
        kind: "choice",
        choices: &["ask", "deny"],
        description: "What becomes of a request that no rule matches, where the agent itself would \
                      ask.",
        ..STORED
    },
    Described {
        name: "retentionDays",
        kind: "number",
        unit: Some("days"),
        description: "After how long sessions that have ended are removed; null: never.",
        ..STORED
    },
    Described {
        name: "codexAppServer",
        description: "Whether Codex gets an app-server, where its version has one; without, hooks \
                      have to do.",
        takes_effect: TakesEffect::NewSessions,
        ..STORED
    },
    Described {
        name: "codexHostAccessProfileEnabled",
        description: "Whether new sessions of Codex work without a sandbox, where nothing else is \
                      asked for.",
        takes_effect: TakesEffect::NewSessions,
        ..STORED
    },
    Described {
        name: "statusLine",
        description: "Whether Claude Code's status line goes through CodePiper, so that its context, \
                      cost and limits are known; your own is drawn as before.",
        takes_effect: TakesEffect::NewSessions,
        ..STORED
    },
    Described {
        name: "worktreePlace",
        kind: "text",
        description: "The directory below which git worktrees of sessions go, such as ~/worktrees; \
                      null: beside their repositories.",
        takes_effect: TakesEffect::NewSessions,
        ..STORED
    },
    Described {
        name: "timeZone",
        kind: "text",
        description: "The time zone in which the days of sums begin, such as Europe/Berlin; null: \
                      that of the machine.",
        ..STORED
    },
    Described {
        name: "httpPort",
        kind: "number",
        description: "The port of the dashboard.",
        variable: Some("CODEPIPER_HTTP_PORT"),
        flag: Some("--port"),
        fallback: "3000",
        ..START
    },
    Described {
        name: "wsPort",
        kind: "number",
        description: "The port of `/ws` alone, on this machine.",
        variable: Some("CODEPIPER_WS_PORT"),
        fallback: "9999",
        ..START
    },
    Described {
        name: "allowedOrigins",
        description: "Names under which the dashboard may be asked for beside addresses and \
                      localhost, with commas between them.",
        variable: Some("CODEPIPER_ALLOWED_ORIGINS"),
        ..START
    },
    Described {
        name: "trustProxyHeaders",
        description: "Whose word is taken for where a request comes from: 1 for a proxy on this \
                      machine, or the addresses of proxies.",
        variable: Some("CODEPIPER_TRUST_PROXY_HEADERS"),
        fallback: "0",
        ..START
    },
    Described {
        name: "forceSecureCookies",
        description: "Whether cookies are for TLS only, whatever a connection looks like: 1 or 0.",
        variable: Some("CODEPIPER_FORCE_SECURE_COOKIES"),
        fallback: "0",
        ..START
    },
    Described {
        name: "apiRateLimitMax",
        kind: "number",
        unit: Some("calls"),
        description: "The most calls of the API by one address in each stretch of time.",
        variable: Some("CODEPIPER_API_RATE_LIMIT_MAX"),
        fallback: "300",
        ..START
    },
    Described {
        name: "apiRateLimitWindowMs",
        kind: "number",
        unit: Some("milliseconds"),
        description: "How long such a stretch is.",
        variable: Some("CODEPIPER_API_RATE_LIMIT_WINDOW_MS"),
        fallback: "10000",
        ..START
    },
    Described {
        name: "keyFile",
        description: "Where the key is that secrets are sealed with; empty: beside the database.",
        variable: Some("CODEPIPER_KEY_FILE"),
        ..START
    },
];

/// The setting of that name.
pub(crate) fn described(name: &str) -> Option<&'static Described> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_of_the_daemon_is_described() {
        let settings = json!(DaemonSettings::default());
        let mut names: Vec<_> = settings.as_object().unwrap().keys().cloned().collect();
        names.sort_unstable();
        let stored = SETTINGS.iter().filter(|setting| setting.is_stored());
        let mut described: Vec<_> = stored.map(|setting| setting.name.to_owned()).collect();
        described.sort_unstable();
        assert_eq!(described, names);
    }
}
