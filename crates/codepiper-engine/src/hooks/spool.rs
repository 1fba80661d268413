//! Reports that found no daemon.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use codepiper_model::{DecisionSource, SessionId, Timestamp};
use codepiper_providers::HookFact;
use codepiper_store::{Transaction, approvals, decisions, deliveries};
use serde::Deserialize;
use serde_json::Value;

use super::ingest::Ingested;
use super::request::request;
use super::{HookReport, Hooks, check};
use crate::EngineError;
use crate::audit::{self, Ruling};

/// The largest report that is read.
const REPORT_MAX: u64 = 70 * 1024 * 1024;

/// How old a report has to be before it is taken while hooks are served: a younger one belongs to a
/// hook that still tries.
const SETTLED: Duration = Duration::from_secs(10);

/// A report as its hook wrote it down.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spooled {
    session_id: SessionId,
    event: String,
    data: Value,
    delivery_id: String,
    at: Timestamp,
    /// What the agent was told without us: `none` or `blocked`.
    #[serde(default)]
    fallback: Option<String>,
}

impl Hooks {
    /// Takes up what hooks reported while no daemon was there, oldest first, each once. To be
    /// called when the socket is there and nobody is served yet: a hook that comes too late for
    /// the spool finds the socket.
    pub async fn take_spool(&self) -> Result<usize, EngineError> {
        self.take_older(Duration::ZERO).await
    }

    /// Takes up what hooks left because the daemon took too long, at a time when nobody waits for
    /// it: the end of a turn.
    pub(super) fn take_left_behind(&self) {
        let hooks = self.clone();
        tokio::spawn(async move {
            // One at a time; another one comes at the end of the next turn.
            let Ok(_guard) = hooks.parts.spooling.try_lock() else {
                return;
            };
            if let Err(error) = hooks.take_older(SETTLED).await {
                tracing::error!(%error, "cannot read the spool");
            }
        });
    }

    async fn take_older(&self, age: Duration) -> Result<usize, EngineError> {
        let dir = self.parts.config.spool_dir();
        let mut taken = 0;
        for path in waiting(&dir, age)? {
            match self.take(&path).await {
                Ok(()) => {
                    taken += 1;
                    fs_err::remove_file(&path)?;
                }
                Err(EngineError::Internal(error)) => return Err(EngineError::Internal(error)),
                // It will never be taken: it is put aside, for a person to look at.
                Err(error) => {
                    tracing::warn!(file = %path.display(), %error, "a spooled report is refused");
                    set_aside(&dir, &path);
                }
            }
        }
        Ok(taken)
    }

    async fn take(&self, path: &Path) -> Result<(), EngineError> {
        let unusable = |error: String| EngineError::invalid("body", error);
        let bytes = read_own(path).map_err(unusable)?;
        let spooled: Spooled =
            serde_json::from_slice(&bytes).map_err(|error| unusable(error.to_string()))?;
        let blocked = spooled.fallback.as_deref() == Some("blocked");
        let report = HookReport {
            session_id: spooled.session_id,
            event: spooled.event,
            data: spooled.data,
            size: bytes.len(),
            unreadable: false,
            delivery_id: spooled.delivery_id,
            at: Some(spooled.at),
        };
        check(&report)?;
        let subject = self.parts.sessions.subject(report.session_id).await?;
        let ingested = self.ingest(&subject, &report, true).await?;
        let Ingested::New {
            event_id, reading, ..
        } = ingested
        else {
            return self.note_fallback(report, blocked).await;
        };
        let HookFact::BeforeTool(call) = &reading.fact else {
            return Ok(());
        };
        let (_, asked) = request(&subject, &report, &reading, call);
        let ruling = Ruling::fallback(blocked);
        let job = move |tx: &Transaction<'_>| audit::record_before(tx, &asked, event_id, &ruling);
        Ok(self.parts.store.write(job).await?)
    }

    /// A report that was taken and decided, and whose hook had given up before it heard of that: what
    /// was decided was never told.
    async fn note_fallback(&self, report: HookReport, blocked: bool) -> Result<(), EngineError> {
        if report.event != "PreToolUse" {
            return Ok(());
        }
        let at = self.parts.clock.now();
        let job = move |tx: &Transaction<'_>| {
            let Some(delivery) = deliveries::get(tx, &report.delivery_id)? else {
                return Ok(());
            };
            let found = decisions::of_event(tx, report.session_id, delivery.event_id)?;
            if approvals::of_delivery(tx, &report.delivery_id)?.is_some() {
                // Its hook waits on for a person, and says no by itself when it gives up.
                return Ok(());
            }
            let told = |source| source != DecisionSource::Fallback;
            if let Some(found) = found.filter(|found| told(found.decision.source)) {
                let ruling = Ruling::fallback(blocked);
                audit::rule_again(tx, found, delivery.event_id, &ruling, at)?;
            }
            Ok(())
        };
        Ok(self.parts.store.write(job).await?)
    }
}

/// Reads a regular file of our own. Whatever else lies there is not waited for, followed or trusted.
fn read_own(path: &Path) -> Result<Vec<u8>, String> {
    use std::os::unix::fs::MetadataExt as _;

    use rustix::fs::OFlags;
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags, rustix::fs::Mode::empty());
    let file = std::fs::File::from(opened.map_err(|error| error.to_string())?);
    let meta = file.metadata().map_err(|error| error.to_string())?;
    if !meta.is_file() || meta.uid() != rustix::process::getuid().as_raw() {
        return Err("it is no regular file of this user".to_owned());
    }
    let mut bytes = Vec::new();
    let read = file.take(REPORT_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > REPORT_MAX {
        return Err(format!("it has more than {REPORT_MAX} bytes"));
    }
    Ok(bytes)
}

/// The files of the spool in the order of their names, which begin with the time.
fn waiting(dir: &Path, age: Duration) -> Result<Vec<PathBuf>, EngineError> {
    let entries = match fs_err::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let is_report = |path: &PathBuf| {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        name.is_some_and(|name| {
            !name.starts_with('.')
                && Path::new(&name)
                    .extension()
                    .is_some_and(|ext| ext == "json")
        })
    };
    let is_old = |path: &PathBuf| {
        let written = fs_err::symlink_metadata(path).and_then(|meta| meta.modified());
        let since = written.map(|written| SystemTime::now().duration_since(written));
        age.is_zero() || matches!(since, Ok(Ok(since)) if since >= age)
    };
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| is_report(path) && is_old(path))
        .collect();
    files.sort_unstable();
    Ok(files)
}

fn set_aside(dir: &Path, path: &Path) {
    let aside = dir.join("refused");
    let moved = crate::config::make_private(&aside).and_then(|()| {
        let name = path.file_name().unwrap_or_default();
        Ok(fs_err::rename(path, aside.join(name))?)
    });
    if let Err(error) = moved {
        tracing::error!(%error, "cannot put a spooled report aside");
    }
}
