use std::cmp::Ordering;
use std::path::PathBuf;

use codepiper_model::{Capabilities, Channel, Native, ProviderId};
use codepiper_providers::{Home, LaunchHints, Provider, Support, provider};
use serde::Serialize;
use utoipa::ToSchema;

use crate::programs::{Programs, find};
use crate::{Config, DaemonSettings};

/// What can be said of a provider on this machine.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Provider)]
pub struct ProviderStatus {
    /// Its name.
    pub id: ProviderId,
    /// What people call it.
    pub label: &'static str,
    /// What its sessions run in.
    pub runtime: &'static str,
    /// What works with it.
    pub capabilities: Offered,
    /// What people type to do the same without us.
    pub launch_hints: LaunchHints,
    /// Whether its program is there.
    pub installed: bool,
    /// Where.
    #[schema(value_type = Option<String>)]
    pub program: Option<PathBuf>,
    /// Its version, where it says one.
    pub version: Option<String>,
    /// The version that all this was seen with.
    pub seen_version: &'static str,
    /// How a session that is started now would be heard and answered.
    pub channel: Channel,
    /// How each thing is done over that channel.
    pub support: Support,
    /// What may not be as it is said here.
    pub warnings: Vec<String>,
    /// Whether somebody is signed in.
    pub signed_in: bool,
    /// How to get it, or how to sign in, where that is needed.
    pub hint: Option<&'static str>,
}

/// What works with a provider, also in the words of the existing CodePiper.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProviderCapabilities)]
pub struct Offered {
    /// In our own words.
    #[serde(flatten)]
    pub ours: Capabilities,
    /// Whether it reports by hooks.
    pub native_hooks: bool,
    /// Whether a session can be given another model.
    pub supports_model_switch: bool,
    /// Whether what is said in it can be read.
    pub supports_transcript_tailing: bool,
    /// Whether a session is taken up by the next daemon.
    pub supports_tmux_adoption: bool,
    /// Where rules are asked: `native-hooks`, or `input-preflight` for typed text only.
    pub policy_channel: &'static str,
    /// Where tokens are counted: `native`, or `none`.
    pub metrics_channel: &'static str,
}

/// Looks for every provider on this machine.
pub(crate) async fn statuses(
    config: &Config,
    programs: &Programs,
    settings: &DaemonSettings,
) -> Vec<ProviderStatus> {
    let mut found = Vec::new();
    for id in ProviderId::ALL {
        found.push(status(config, programs, settings, provider(id)).await);
    }
    found
}

async fn status(
    config: &Config,
    programs: &Programs,
    settings: &DaemonSettings,
    provider: &dyn Provider,
) -> ProviderStatus {
    let program = find(provider, config, &config.var("PATH").unwrap_or_default());
    let installed = match &program {
        Some(program) => {
            let found = programs.ask(provider, program, &config.environment).await;
            Some(found)
        }
        None => None,
    };
    let best = installed.as_ref().map(|found| found.channel);
    let best = best.unwrap_or_else(|| provider.installed(&[]).channel);
    let channel = settings.channel(best);
    let version = installed.and_then(|found| found.version);
    let signed_in = provider.signed_in(Home {
        var: &|name| config.var(name),
        file: &|path| fs_err::read_to_string(path).ok(),
    });
    let hint = match (&program, signed_in) {
        (None, _) => Some(provider.install_hint()),
        (_, false) => Some(provider.sign_in_hint()),
        _ => None,
    };
    let support = provider.support(channel);
    ProviderStatus {
        id: provider.id(),
        label: provider.label(),
        runtime: "tmux",
        capabilities: Offered::of(provider.capabilities(channel), support),
        launch_hints: provider.launch_hints(),
        installed: program.is_some(),
        warnings: warnings(provider, version.as_deref(), best, channel),
        program,
        version,
        seen_version: provider.seen(),
        channel,
        support,
        signed_in,
        hint,
    }
}

impl Offered {
    fn of(ours: Capabilities, support: Support) -> Self {
        let is_there = |native: Native| native != Native::None;
        let has_hooks = is_there(support.hooks);
        Self {
            ours,
            native_hooks: has_hooks,
            supports_model_switch: is_there(support.model_switch),
            supports_transcript_tailing: is_there(support.transcript),
            supports_tmux_adoption: true,
            policy_channel: if has_hooks {
                "native-hooks"
            } else {
                "input-preflight"
            },
            metrics_channel: if is_there(support.usage) {
                "native"
            } else {
                "none"
            },
        }
    }
}

fn warnings(
    provider: &dyn Provider,
    version: Option<&str>,
    best: Channel,
    channel: Channel,
) -> Vec<String> {
    let mut warnings = Vec::new();
    let seen = provider.seen();
    if let Some(version) = version {
        let differs = match compared(version, seen) {
            Ordering::Less => Some("older"),
            Ordering::Greater => Some("newer"),
            Ordering::Equal => None,
        };
        warnings.extend(differs.map(|than| {
            format!("version {version} is {than} than {seen}, with which this was seen to work")
        }));
    }
    let could_be_shared = provider.installed(&[]).channel == Channel::AppServer;
    let lacks = match (best, channel) {
        (Channel::AppServer, Channel::Hooks) => {
            Some("it runs without its app-server, for the setting `codexAppServer` is off")
        }
        (Channel::Screen, _) => Some(
            "this version has no hooks: no rule on its tool calls is asked, and conversations \
             cannot be resumed",
        ),
        (Channel::Hooks, _) if could_be_shared => {
            Some("this version has no app-server that a terminal can share")
        }
        _ => None,
    };
    warnings.extend(lacks.map(str::to_owned));
    warnings
}

/// Compares versions number by number.
fn compared(one: &str, other: &str) -> Ordering {
    let numbers = |version: &str| {
        let parts = version.split(|c: char| !c.is_ascii_digit());
        parts
            .map(|part| part.parse::<u64>().unwrap_or_default())
            .collect::<Vec<_>>()
    };
    numbers(one).cmp(&numbers(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert_eq!(compared("0.98.0", "0.169.0"), Ordering::Less);
        assert_eq!(compared("2.1.200", "2.1.197"), Ordering::Greater);
        assert_eq!(compared("1.2.3", "1.2.3"), Ordering::Equal);
    }
}
