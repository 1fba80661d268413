//! Runs git for worktrees: explicit arguments, a listed environment, a deadline, bounded output.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use codepiper_model::{BillingMode, is_unseen};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;
use tokio::time::timeout;

use crate::environment::session_environment;
use crate::programs::in_path;
use crate::{Config, EngineError};

/// How long a question may take, also in a large repository on a slow disk.
const QUESTION_MAX: Duration = Duration::from_mins(1);

/// How long a change may take: a checkout may fetch what is kept elsewhere.
const CHANGE_MAX: Duration = Duration::from_mins(10);

/// How long after git's end somebody whom a hook left behind may hold its output open.
const REST_MAX: Duration = Duration::from_secs(2);

const OUTPUT_MAX: u64 = 16 * 1024 * 1024;
const WORDS_MAX: u64 = 64 * 1024;

/// The longest that git's own words are told on.
const TOLD_MAX: usize = 2000;

/// What git said.
pub(super) struct Said {
    pub(super) is_ok: bool,
    pub(super) out: Vec<u8>,
    words: Vec<u8>,
}

impl Said {
    /// Its output as a text without the line's end; a path may be no UTF-8, and is then refused.
    pub(super) fn text(&self) -> Result<&str, EngineError> {
        let text = std::str::from_utf8(&self.out);
        let text = text.map_err(|_| refused("git names a path that is not UTF-8"))?;
        Ok(text.strip_suffix('\n').unwrap_or(text))
    }

    /// The refusal in git's own words.
    pub(super) fn refusal(&self) -> EngineError {
        // A merge tells its conflicts as its result.
        let words = [&self.out, &self.words].map(|bytes| String::from_utf8_lossy(bytes));
        refused(&words.join(""))
    }

    /// The end of all that was said.
    pub(super) fn end(&self, most: usize) -> String {
        let said = [&self.out, &self.words].map(|bytes| String::from_utf8_lossy(bytes));
        let said: Vec<char> = said.join("").trim().chars().collect();
        said[said.len().saturating_sub(most)..].iter().collect()
    }

    /// Itself, or the refusal.
    pub(super) fn ok(self) -> Result<Self, EngineError> {
        if self.is_ok {
            Ok(self)
        } else {
            Err(EngineError::conflict(
                REFUSED,
                told(&String::from_utf8_lossy(&self.words)),
            ))
        }
    }
}

const REFUSED: &str = "worktree_refused";

/// Something that cannot be done, in words that are git's where it said some.
pub(super) fn refused(words: &str) -> EngineError {
    EngineError::conflict(REFUSED, told(words))
}

fn told(words: &str) -> String {
    let shown = words.trim().chars();
    let shown = shown.map(|c| if c != '\n' && is_unseen(c) { ' ' } else { c });
    let shown: String = shown.take(TOLD_MAX).collect();
    if shown.is_empty() {
        return "git refused without a word".to_owned();
    }
    shown
}

/// The git program of this machine.
#[derive(Clone)]
pub(super) struct Git {
    program: PathBuf,
    environment: BTreeMap<OsString, OsString>,
}

impl Git {
    pub(super) fn find(config: &Config) -> Result<Self, EngineError> {
        let path = config.var("PATH").unwrap_or_default();
        let program = in_path("git", &path).ok_or_else(|| {
            EngineError::conflict_with_hint(
                "git_missing",
                "there is no `git` in the daemon's PATH",
                "install it, then run `codepiper daemon restart`",
            )
        })?;
        // What a hook of the repository needs, an agent there needs as well.
        let (mut environment, _) = session_environment(
            &config.environment,
            &BTreeMap::new(),
            BillingMode::Subscription,
            true,
        );
        for (name, value) in [("LC_ALL", "C"), ("GIT_TERMINAL_PROMPT", "0")] {
            environment.insert(name.into(), value.into());
        }
        Ok(Self {
            program,
            environment,
        })
    }

    /// Asks something that changes nothing. What the repository's configuration would run for it is
    /// not run: an agent may have written that, and we are not in its sandbox.
    pub(super) async fn ask<A: AsRef<OsStr>>(
        &self,
        dir: &Path,
        args: impl IntoIterator<Item = A>,
    ) -> Result<Said, EngineError> {
        let mut command = Command::new(&self.program);
        command.args([
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.hooksPath=/dev/null",
        ]);
        command.args(args).env_clear().envs(&self.environment);
        command.env("GIT_OPTIONAL_LOCKS", "0");
        run(command, dir, QUESTION_MAX).await
    }

    /// Changes something, with the hooks that the person has in the repository.
    pub(super) async fn change<A: AsRef<OsStr>>(
        &self,
        dir: &Path,
        args: impl IntoIterator<Item = A>,
    ) -> Result<Said, EngineError> {
        let mut command = Command::new(&self.program);
        command.args(args).env_clear().envs(&self.environment);
        run(command, dir, CHANGE_MAX).await
    }

    /// The listed environment, for scripts of the person's own.
    pub(super) const fn environment(&self) -> &BTreeMap<OsString, OsString> {
        &self.environment
    }
}

/// Runs a command to its end, in a process group of its own, all of which ends at the deadline.
pub(super) async fn run(
    mut command: Command,
    dir: &Path,
    deadline: Duration,
) -> Result<Said, EngineError> {
    command.current_dir(dir).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let message = format!("directory `{}` is gone", dir.display());
            return Err(refused(&message));
        }
        Err(error) => return Err(error.into()),
    };
    let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    let out = tokio::spawn(bounded(child.stdout.take(), OUTPUT_MAX));
    let words = tokio::spawn(bounded(child.stderr.take(), WORDS_MAX));
    let Ok(status) = timeout(deadline, child.wait()).await else {
        if let Some(group) = group {
            // One that has just ended is as good.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let seconds = deadline.as_secs();
        return Err(refused(&format!("it was not done after {seconds} s")));
    };
    let rest = async {
        (
            out.await.unwrap_or_default(),
            words.await.unwrap_or_default(),
        )
    };
    let (out, words) = timeout(REST_MAX, rest).await.unwrap_or_default();
    if out.1 {
        return Err(refused("there is more of it than can be read"));
    }
    Ok(Said {
        is_ok: status?.success(),
        out: out.0,
        words: words.0,
    })
}

/// The beginning of what is said, and whether there was more; that is read too, so that nobody waits
/// for it to be.
async fn bounded(stream: Option<impl AsyncRead + Unpin>, most: u64) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let Some(stream) = stream else {
        return (bytes, false);
    };
    let mut limited = stream.take(most);
    drop(limited.read_to_end(&mut bytes).await);
    let mut rest = limited.into_inner();
    let more = tokio::io::copy(&mut rest, &mut tokio::io::sink()).await;
    (bytes, more.is_ok_and(|more| more > 0))
}
