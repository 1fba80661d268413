use std::path::{Path, PathBuf};

use codepiper_model::{Capabilities, ProviderId};
use codepiper_providers::{Home, Provider, provider};
use serde::Serialize;

use crate::Config;

/// What can be said of a provider on this machine.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderStatus {
    /// Its name.
    pub id: ProviderId,
    /// What people call it.
    pub label: &'static str,
    /// What its sessions run in.
    pub runtime: &'static str,
    /// What works with it.
    pub capabilities: Capabilities,
    /// Whether its program is there.
    pub installed: bool,
    /// Where.
    pub program: Option<PathBuf>,
    /// Whether somebody is signed in.
    pub signed_in: bool,
    /// How to get it, or how to sign in, where that is needed.
    pub hint: Option<&'static str>,
}

/// Looks for every provider on this machine.
pub(crate) fn statuses(config: &Config) -> Vec<ProviderStatus> {
    ProviderId::ALL
        .into_iter()
        .map(|id| status(config, provider(id)))
        .collect()
}

fn status(config: &Config, provider: &dyn Provider) -> ProviderStatus {
    let program = find(provider, config, &config.var("PATH").unwrap_or_default());
    let home = Home {
        var: &|name| config.var(name),
        file: &|path| fs_err::read_to_string(path).ok(),
    };
    let signed_in = provider.signed_in(home);
    let hint = match (&program, signed_in) {
        (None, _) => Some(provider.install_hint()),
        (_, false) => Some(provider.sign_in_hint()),
        _ => None,
    };
    ProviderStatus {
        id: provider.id(),
        label: provider.label(),
        runtime: "tmux",
        capabilities: provider.capabilities(),
        installed: program.is_some(),
        program,
        signed_in,
        hint,
    }
}

/// The provider's program, looked for in `path`.
pub(crate) fn find(provider: &dyn Provider, config: &Config, path: &str) -> Option<PathBuf> {
    let Some(name) = provider.program() else {
        return Some(config.program.clone());
    };
    std::env::split_paths(path)
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(name))
        .find(|candidate| is_executable(candidate))
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}
