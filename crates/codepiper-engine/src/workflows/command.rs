//! Programs that workflows run. Each is run by a process of our own that outlives the daemon, so
//! that a daemon that died finds what became of it, and runs nothing twice.
//!
//! A run has a directory: `command.json` says what to run, `lock` is held while it runs, `began`
//! holds the process group, `stdout` and `stderr` what it wrote, and `ended.json` what came of it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use codepiper_model::{SessionId, ToolCall, Verdict};
use codepiper_workflow::{Command, Effect, Further, Outcome, Output, State};
use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::WorkflowExecutor;
use super::asked::Questions;
use crate::config::{make_private, write_private};
use crate::environment::session_environment;
use crate::{Config, EngineError};

/// What is kept of the end of each of its outputs.
const OUTPUT_MAX: u64 = 64 * 1024;
/// The largest file whose content is a result.
const FILE_MAX: u64 = 1024 * 1024;
/// Between two looks at a program that an earlier daemon began: it is no child of this one.
const LOOK: Duration = Duration::from_millis(200);
/// Between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(3);
/// How long git may take.
const GIT_TIME: Duration = Duration::from_secs(20);

/// What to run, as the process that runs it reads it.
#[derive(Serialize, Deserialize)]
struct Order {
    argv: Vec<String>,
    cwd: PathBuf,
    env: BTreeMap<String, String>,
}

/// What came of it.
#[derive(Serialize, Deserialize)]
struct Ended {
    exit_code: Option<i32>,
    /// Why it could not be run.
    error: Option<String>,
}

impl WorkflowExecutor {
    /// Runs a program if the rules allow it, unless an earlier daemon has begun that.
    pub(super) async fn run_command(
        &self,
        execution: &str,
        node: &str,
        command: Command,
        questions: &Questions,
    ) -> Result<Outcome, String> {
        let dir = dir(&self.parts.config, command.run);
        if !dir.join("command.json").exists() {
            let (rule, decision) = self.ask_rules(node, &command, questions).await?;
            let said = decision.as_ref().map_err(String::as_str).copied();
            let noted = self.note_command(execution, node, &command, rule.as_deref(), said);
            noted.await.map_err(|error| error.to_string())?;
            decision?;
            self.order(&dir, &command)
                .map_err(|error| error.to_string())?;
        }
        let ended = self.wait_for(&dir).await?;
        if let Some(error) = ended.error {
            return Err(error);
        }
        let cwd = Path::new(&command.cwd);
        Ok(Outcome::Ran(Output {
            exit_code: ended.exit_code,
            stdout: end_of(&dir.join("stdout")),
            stderr: end_of(&dir.join("stderr")),
            further: further(cwd, &command.files, command.diff_stat).await,
        }))
    }

    /// A rule may deny it, and one may want a person's yes: the rule, and whether it may be run. What
    /// no rule is about is what the person wrote into the workflow.
    async fn ask_rules(
        &self,
        node: &str,
        command: &Command,
        questions: &Questions,
    ) -> Result<(Option<String>, Result<(), String>), String> {
        let line = command.line();
        let call = ToolCall {
            tool_name: "Bash".to_owned(),
            tool_input: json!({ "command": line }),
            cwd: PathBuf::from(&command.cwd),
            session_id: None,
            provider: None,
            mode: None,
        };
        let (policies, cwd) = (self.parts.policies.clone(), call.cwd.clone());
        let check = move || policies.check(&call, Some(&cwd), None);
        let checked = tokio::task::spawn_blocking(check).await;
        let checked = checked.map_err(|error| error.to_string())?;
        let checked = checked.map_err(|error| error.to_string())?;
        let Some(rule) = checked.decided_by else {
            let denied = || format!("no rule allows `{line}`, and what none allows is denied here");
            let is_denied = checked.verdict == Verdict::Deny;
            return Ok((None, if is_denied { Err(denied()) } else { Ok(()) }));
        };
        let rule = format!("{}/{}", rule.policy_id, rule.rule_id);
        let decision = match checked.verdict {
            Verdict::Allow => Ok(()),
            Verdict::Deny => Err(format!("rule `{rule}` denies `{line}`")),
            Verdict::Ask => {
                let message = format!("rule `{rule}` asks before this is run: {line}");
                match questions.ask(node, message).await? {
                    Outcome::Said { yes: true, .. } => Ok(()),
                    Outcome::Said { by, .. } => Err(format!("`{line}` was refused by {by}")),
                    _ => Err("the answer is not what was asked for".to_owned()),
                }
            }
        };
        Ok((Some(rule), decision))
    }

    fn order(&self, dir: &Path, command: &Command) -> Result<(), EngineError> {
        let daemon = &self.parts.config.environment;
        let (env, _) = session_environment(daemon, &command.env, command.billing_mode, true);
        let env = env.into_iter().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let order = Order {
            argv: command.argv.clone(),
            cwd: PathBuf::from(&command.cwd),
            env: env.collect(),
        };
        make_private(&runs(&self.parts.config))?;
        make_private(dir)?;
        let text = serde_json::to_vec(&order).map_err(EngineError::internal)?;
        write_private(&dir.join("command.json"), &text)
    }

    async fn wait_for(&self, dir: &Path) -> Result<Ended, String> {
        if !dir.join("began").exists() {
            let mut runner = tokio::process::Command::new(&self.parts.program);
            runner.arg("workflow-command").arg(dir);
            runner
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            let mut child = runner.spawn().map_err(|error| {
                format!("`{}` cannot be run: {error}", self.parts.program.display())
            })?;
            child.wait().await.map_err(|error| error.to_string())?;
        }
        while is_running(dir) {
            sleep(LOOK).await;
        }
        let text = fs_err::read(dir.join("ended.json"));
        let ended = text
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok());
        ended.ok_or_else(|| {
            "it was ended from outside before it was done; how far it came is not known".to_owned()
        })
    }
}

/// Runs what a directory orders, once, and writes down what came of it.
pub fn run(dir: &Path) -> std::io::Result<()> {
    // It outlives the daemon, and is ended as a group.
    let _ = rustix::process::setsid();
    let lock = private(&dir.join("lock"), false)?;
    if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        return Ok(());
    }
    let mut began = match private(&dir.join("began"), true) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
        began => began?,
    };
    write!(began, "{}", std::process::id())?;
    let ended = match start(dir) {
        Ok(status) => Ended {
            exit_code: status
                .code()
                .or_else(|| status.signal().map(|signal| 128 + signal)),
            error: None,
        },
        Err(error) => Ended {
            exit_code: None,
            error: Some(error.to_string()),
        },
    };
    let text = serde_json::to_vec(&ended)?;
    let draft = dir.join("ended.draft");
    private(&draft, false)?.write_all(&text)?;
    fs_err::rename(draft, dir.join("ended.json"))
}

fn start(dir: &Path) -> std::io::Result<std::process::ExitStatus> {
    let order: Order = serde_json::from_slice(&fs_err::read(dir.join("command.json"))?)?;
    let Some((program, args)) = order.argv.split_first() else {
        return Err(std::io::Error::other("no program to run"));
    };
    if !order.cwd.is_dir() {
        let message = format!("directory `{}` is not there", order.cwd.display());
        return Err(std::io::Error::other(message));
    }
    let mut command = std::process::Command::new(program);
    command.args(args).current_dir(&order.cwd);
    command.env_clear().envs(&order.env);
    command.stdin(Stdio::null());
    command.stdout(private(&dir.join("stdout"), false)?);
    command.stderr(private(&dir.join("stderr"), false)?);
    // The lock is ours alone: what it leaves running in the background must not hold it.
    command.process_group(0);
    let status = command.spawn().and_then(|mut child| {
        let group = child.id().to_string();
        private(&dir.join("group"), false)?.write_all(group.as_bytes())?;
        child.wait()
    });
    status.map_err(|error| std::io::Error::other(format!("`{program}` cannot be run: {error}")))
}

fn private(path: &Path, must_be_new: bool) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).mode(0o600);
    if must_be_new {
        options.create_new(true);
    } else {
        options.create(true).truncate(true);
    }
    options.open(path)
}

/// Whether the process that runs it is there.
fn is_running(dir: &Path) -> bool {
    let Ok(lock) = File::open(dir.join("lock")) else {
        return false;
    };
    flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err()
}

/// Ends a program that nobody waits for any more.
pub(super) fn end(config: &Config, run: SessionId) {
    let dir = dir(config, run);
    tokio::spawn(async move {
        signal(&dir, Signal::TERM);
        for _ in 0..GRACE.as_millis() / LOOK.as_millis() {
            if !is_running(&dir) {
                break;
            }
            sleep(LOOK).await;
        }
        signal(&dir, Signal::KILL);
        drop(fs_err::remove_dir_all(&dir));
    });
}

/// Signals the group of a program, as long as the one who leads it is watched.
fn signal(dir: &Path, signal: Signal) {
    if !is_running(dir) {
        return;
    }
    let group = fs_err::read_to_string(dir.join("group")).unwrap_or_default();
    if let Some(group) = group.trim().parse().ok().and_then(Pid::from_raw) {
        // It may be gone by now.
        let _ = rustix::process::kill_process_group(group, signal);
    }
}

/// What came of it is stored: the files are not needed any more.
pub(super) fn forget(config: &Config, run: SessionId) {
    drop(fs_err::remove_dir_all(dir(config, run)));
}

/// The runs that a state waits for.
pub(super) fn runs_of(state: &State) -> Vec<SessionId> {
    let outstanding = state.outstanding().into_values();
    let runs = outstanding.filter_map(|effect| match effect {
        Effect::Run(command) => Some(command.run),
        _ => None,
    });
    runs.collect()
}

/// Ends and forgets every run that nobody waits for.
pub(super) fn forget_others(config: &Config, wanted: &[SessionId]) {
    let Ok(entries) = fs_err::read_dir(runs(config)) else {
        return;
    };
    let names = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok());
    for id in names.filter_map(|name| name.parse::<SessionId>().ok()) {
        if !wanted.contains(&id) {
            end(config, id);
        }
    }
}

fn runs(config: &Config) -> PathBuf {
    config.state_dir().join("runs")
}

fn dir(config: &Config, run: SessionId) -> PathBuf {
    runs(config).join(run.to_string())
}

fn end_of(path: &Path) -> String {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(OUTPUT_MAX)))?;
        let mut bytes = Vec::new();
        file.take(OUTPUT_MAX).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}

/// What else is wanted of a directory: files in it, and what has changed there.
pub(super) async fn further(cwd: &Path, files: &[String], diff_stat: bool) -> Further {
    let (dir, wanted) = (cwd.to_owned(), files.to_vec());
    let read = move || -> BTreeMap<String, Option<String>> {
        let contents = wanted.into_iter().map(|file| {
            let content = content_of(&dir, &file);
            (file, content)
        });
        contents.collect()
    };
    Further {
        files: tokio::task::spawn_blocking(read).await.unwrap_or_default(),
        diff_stat: if diff_stat { changed(cwd).await } else { None },
        cost: None,
    }
}

/// A file's content; nothing where it is none of the directory's, too large or no text.
fn content_of(dir: &Path, file: &str) -> Option<String> {
    let dir = fs_err::canonicalize(dir).ok()?;
    let path = fs_err::canonicalize(dir.join(file)).ok()?;
    let metadata = fs_err::metadata(&path).ok()?;
    let is_ours = path.starts_with(&dir) && metadata.is_file() && metadata.len() <= FILE_MAX;
    is_ours
        .then(|| fs_err::read_to_string(&path).ok())
        .flatten()
}

/// How much differs from the last commit.
async fn changed(cwd: &Path) -> Option<Value> {
    let mut git = tokio::process::Command::new("git");
    git.args([
        "--no-optional-locks",
        "-c",
        "core.fsmonitor=false",
        "diff",
        "--no-ext-diff",
    ]);
    git.args(["--no-textconv", "--numstat", "-z", "HEAD", "--"])
        .current_dir(cwd);
    git.stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let output = timeout(GIT_TIME, git.output()).await.ok()?.ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let (mut files, mut added, mut removed) = (0_u64, 0_u64, 0_u64);
    for line in text.split('\0').filter(|line| line.contains('\t')) {
        let mut counts = line
            .split('\t')
            .map(|count| count.parse::<u64>().unwrap_or(0));
        files += 1;
        added += counts.next().unwrap_or(0);
        removed += counts.next().unwrap_or(0);
    }
    let is_repository = output.status.success();
    is_repository.then(|| json!({ "files": files, "added": added, "removed": removed }))
}
