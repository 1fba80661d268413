use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;
use tokio::time::timeout;

use crate::{Config, EngineError};

/// How long git may take to tell something.
const READ_TIME: Duration = Duration::from_secs(30);

/// How long git may take to change something: a checkout of a large repository takes its time.
const WRITE_TIME: Duration = Duration::from_mins(5);

/// The most that is taken of what it prints; bytes.
const OUTPUT_MAX: u64 = 50 * 1024 * 1024;

/// What holds for every call.
const ALWAYS: [&str; 6] = [
    "--no-pager",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.quotePath=false",
];

/// An agent may write to a repository's hooks, and what is only looked at must not run what it wrote.
const NO_HOOKS: [&str; 2] = ["-c", "core.hooksPath=/dev/null"];

/// Runs git, with a deadline, without a terminal, and never through a shell.
#[derive(Clone, Debug)]
pub(super) struct Git {
    program: Option<PathBuf>,
    environment: BTreeMap<OsString, OsString>,
}

/// How git is called, where that is not as usual.
#[derive(Clone, Copy, Default)]
pub(super) struct Call<'a> {
    /// What it reads from its standard input.
    pub(super) input: &'a [u8],
    /// Another index than the person's.
    pub(super) index: Option<&'a Path>,
    /// Settings that go before those of the repository, whatever characters their names have.
    pub(super) settings: &'a [(String, &'static str)],
    /// Whether the repository's hooks are called, as they are in a terminal.
    pub(super) with_hooks: bool,
}

/// What came of a call.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) success: bool,
    pub(super) stdout: Vec<u8>,
    /// What it said, in its own words.
    pub(super) stderr: String,
    /// Whether it printed more than is taken.
    pub(super) is_cut: bool,
}

impl Git {
    pub(super) fn new(config: &Config) -> Self {
        const KEPT: [&str; 8] = [
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "TMPDIR",
            "XDG_CONFIG_HOME",
            "SSH_AUTH_SOCK",
            "GIT_CONFIG_GLOBAL",
        ];
        let path = config.var_os("PATH");
        let program = std::env::split_paths(&path)
            .filter(|dir| dir.is_absolute())
            .map(|dir| dir.join("git"))
            .find(|program| program.is_file());
        let kept = KEPT.into_iter().map(|name| (name, config.var_os(name)));
        let mut environment: BTreeMap<OsString, OsString> = kept
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.into(), value))
            .collect();
        for (name, value) in [
            ("LC_ALL", "C"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("GIT_EDITOR", "true"),
        ] {
            environment.insert(name.into(), value.into());
        }
        Self {
            program,
            environment,
        }
    }

    /// Asks something, or has something done by which no hook is meant to be called.
    pub(super) async fn ask<S: AsRef<OsStr>>(
        &self,
        dir: &Path,
        own: &[S],
    ) -> Result<Done, EngineError> {
        let args = NO_HOOKS.map(OsStr::new).into_iter();
        let args = args.chain(own.iter().map(AsRef::as_ref)).collect();
        self.run(dir, args, Call::default()).await
    }

    /// The same, in another way.
    pub(super) async fn call<S: AsRef<OsStr>>(
        &self,
        dir: &Path,
        own: &[S],
        call: Call<'_>,
    ) -> Result<Done, EngineError> {
        let hooks = if call.with_hooks {
            &[][..]
        } else {
            &NO_HOOKS[..]
        };
        let args = hooks.iter().map(OsStr::new);
        let args = args.chain(own.iter().map(AsRef::as_ref)).collect();
        self.run(dir, args, call).await
    }

    /// Asks something that is one line of text; none where git says no.
    pub(super) async fn line<S: AsRef<OsStr>>(
        &self,
        dir: &Path,
        args: &[S],
    ) -> Result<Option<String>, EngineError> {
        let done = self.ask(dir, args).await?;
        let text = String::from_utf8(done.stdout).ok();
        let line = text.map(|text| text.trim_end_matches('\n').to_owned());
        Ok(line.filter(|line| done.success && !line.is_empty()))
    }

    async fn run(
        &self,
        dir: &Path,
        args: Vec<&OsStr>,
        call: Call<'_>,
    ) -> Result<Done, EngineError> {
        let Call {
            input,
            index,
            settings,
            with_hooks: _,
        } = call;
        let time = if index.is_some() || call.with_hooks {
            WRITE_TIME
        } else {
            READ_TIME
        };
        let program = self.program.as_ref().ok_or_else(no_git)?;
        let mut command = Command::new(program);
        command.args(ALWAYS).args(&args).current_dir(dir);
        command.env_clear().envs(&self.environment);
        if let Some(index) = index {
            command.env("GIT_INDEX_FILE", index);
        }
        if !settings.is_empty() {
            command.env("GIT_CONFIG_COUNT", settings.len().to_string());
        }
        for (i, (name, value)) in settings.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{i}"), name);
            command.env(format!("GIT_CONFIG_VALUE_{i}"), value);
        }
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        // What it starts itself ends with it.
        command.process_group(0).kill_on_drop(true);
        let mut child = command.spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok());
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let talk = async {
            let write = async {
                use tokio::io::AsyncWriteExt as _;
                if let Some(mut stdin) = stdin {
                    // It may have ended without reading all of it; what it says tells why.
                    drop(stdin.write_all(input).await);
                }
            };
            let ((), out, err) = tokio::join!(write, taken(stdout), taken(stderr));
            Ok::<_, std::io::Error>((child.wait().await?, out?, err?))
        };
        let Ok(talked) = timeout(time, talk).await else {
            if let Some(group) = group.and_then(rustix::process::Pid::from_raw) {
                let kill = rustix::process::Signal::KILL;
                // One that has just ended is as good.
                let _ = rustix::process::kill_process_group(group, kill);
            }
            let verb = args
                .iter()
                .find(|arg| !arg.as_encoded_bytes().starts_with(b"-"));
            let verb = verb.map(|arg| arg.to_string_lossy());
            let message = format!(
                "`git {}` took more than {} seconds in `{}`",
                verb.unwrap_or_default(),
                time.as_secs(),
                dir.display()
            );
            return Err(EngineError::conflict("git_slow", message));
        };
        let (status, (stdout, is_cut), (stderr, _)) = talked?;
        Ok(Done {
            success: status.success(),
            stdout,
            stderr: String::from_utf8_lossy(&stderr).trim().to_owned(),
            is_cut,
        })
    }
}

impl Done {
    /// Itself, where it did what it should; else git's own words.
    pub(super) fn or_refused(self, code: &'static str) -> Result<Self, EngineError> {
        if self.success {
            return Ok(self);
        }
        Err(EngineError::conflict(code, self.words()))
    }

    /// What it printed, as a text without the end of its last line.
    pub(super) fn text(self) -> String {
        let text = String::from_utf8_lossy(&self.stdout);
        text.trim_end_matches('\n').to_owned()
    }

    /// Why it did not do it.
    fn words(self) -> String {
        let printed = String::from_utf8_lossy(&self.stdout).trim().to_owned();
        match (self.stderr.is_empty(), printed.is_empty()) {
            (false, true) => self.stderr,
            (false, false) => format!("{printed}\n{}", self.stderr),
            (true, false) => printed,
            (true, true) => "git says no, and not why".to_owned(),
        }
    }
}

/// The beginning of what is printed, and whether there was more; all of it is read.
async fn taken(from: Option<impl AsyncRead + Unpin>) -> std::io::Result<(Vec<u8>, bool)> {
    let mut taken = Vec::new();
    let Some(mut from) = from else {
        return Ok((taken, false));
    };
    (&mut from).take(OUTPUT_MAX).read_to_end(&mut taken).await?;
    let more = tokio::io::copy(&mut from, &mut tokio::io::sink()).await?;
    Ok((taken, more > 0))
}

fn no_git() -> EngineError {
    EngineError::conflict_with_hint(
        "git_missing",
        "there is no `git` in PATH",
        "install git, and restart the daemon",
    )
}
