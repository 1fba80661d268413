//! The agents' programs on this machine, and what they say of themselves.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use codepiper_model::ProviderId;
use codepiper_providers::{Installed, Provider};
use tokio::process::Command;
use tokio::time::timeout;

use crate::Config;

/// How long a program may take to say its version: 0.1 s, more for the first time after a boot.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// What programs have said of themselves, asked again when they have changed.
#[derive(Clone, Default)]
pub(crate) struct Programs {
    known: Arc<Mutex<HashMap<(ProviderId, PathBuf), Known>>>,
}

struct Known {
    file: Option<(SystemTime, u64)>,
    installed: Installed,
}

impl Programs {
    /// What the program says of itself.
    pub(crate) async fn ask(
        &self,
        provider: &dyn Provider,
        program: &Path,
        environment: &BTreeMap<OsString, OsString>,
    ) -> Installed {
        let key = (provider.id(), program.to_owned());
        let file = fingerprint(program);
        if let Some(known) = self.known().get(&key).filter(|known| known.file == file) {
            return known.installed.clone();
        }
        let mut answers = Vec::new();
        for question in provider.questions() {
            answers.push(said(program, question, environment, Path::new("/")).await);
        }
        let installed = provider.installed(&answers);
        // One that was too busy to answer is asked again.
        if answers.iter().all(Option::is_some) {
            let installed = installed.clone();
            self.known().insert(key, Known { file, installed });
        }
        installed
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<(ProviderId, PathBuf), Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a program prints, where it ends well and soon.
pub(crate) async fn said(
    program: &Path,
    args: &[&str],
    environment: &BTreeMap<OsString, OsString>,
    cwd: &Path,
) -> Option<String> {
    let mut command = Command::new(program);
    command.args(args).env_clear().envs(environment);
    command.current_dir(cwd).stdin(Stdio::null());
    command.stderr(Stdio::null()).kill_on_drop(true);
    let output = timeout(ANSWER_MAX, command.output()).await.ok()?.ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

/// The provider's program, looked for in `path`.
pub(crate) fn find(provider: &dyn Provider, config: &Config, path: &str) -> Option<PathBuf> {
    let Some(name) = provider.program() else {
        return Some(config.program.clone());
    };
    in_path(name, path)
}

/// The program of that name, looked for in `path`.
pub(crate) fn in_path(name: &str, path: &str) -> Option<PathBuf> {
    std::env::split_paths(path)
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(name))
        .find(|candidate| is_executable(candidate))
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

fn fingerprint(program: &Path) -> Option<(SystemTime, u64)> {
    let file = fs_err::metadata(program).ok()?;
    Some((file.modified().ok()?, file.len()))
}
