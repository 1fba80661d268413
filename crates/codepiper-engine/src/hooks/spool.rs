//! Reports that found no daemon.

use std::path::{Path, PathBuf};

use codepiper_model::{DecisionKind, DecisionSource, SessionId, Timestamp};
use codepiper_providers::HookFact;
use codepiper_store::Transaction;
use serde::Deserialize;
use serde_json::Value;

use super::ingest::Ingested;
use super::{HookReport, Hooks, check, decide};
use crate::EngineError;
use crate::audit::{self, Ruling};

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
        let dir = self.parts.config.spool_dir();
        let mut taken = 0;
        for path in waiting(&dir)? {
            match self.take(&path).await {
                Ok(()) => {
                    taken += 1;
                    fs_err::remove_file(&path)?;
                }
                Err(EngineError::Internal(error)) => return Err(EngineError::Internal(error)),
                // It will never be taken: it is put aside, for a person to look at.
                Err(error) => {
                    tracing::warn!(file = %path.display(), %error, "a spooled report is refused");
                    set_aside(&dir, &path)?;
                }
            }
        }
        Ok(taken)
    }

    async fn take(&self, path: &Path) -> Result<(), EngineError> {
        let bytes = fs_err::read(path)?;
        let spooled: Spooled = serde_json::from_slice(&bytes)
            .map_err(|error| EngineError::invalid("body", error.to_string()))?;
        let report = HookReport {
            session_id: spooled.session_id,
            event: spooled.event,
            data: spooled.data,
            unreadable: false,
            delivery_id: spooled.delivery_id,
            at: Some(spooled.at),
        };
        check(&report)?;
        let subject = self.parts.sessions.subject(report.session_id).await?;
        let Ingested::New {
            event_id, reading, ..
        } = self.ingest(&subject, &report, true).await?
        else {
            return Ok(());
        };
        let HookFact::BeforeTool(call) = &reading.fact else {
            return Ok(());
        };
        let blocked = spooled.fallback.as_deref() == Some("blocked");
        let ruling = Ruling {
            decision: if blocked {
                DecisionKind::Deny
            } else {
                DecisionKind::None
            },
            source: DecisionSource::Fallback,
            matched: Vec::new(),
            reason: Some("the daemon could not be asked".to_owned()),
        };
        let (_, asked) = decide::request(&subject, &report, event_id, &reading, call);
        let job = move |tx: &Transaction<'_>| audit::record(tx, &asked, &ruling).map(drop);
        Ok(self.parts.store.write(job).await?)
    }
}

/// The files of the spool in the order of their names, which begin with the time.
fn waiting(dir: &Path) -> Result<Vec<PathBuf>, EngineError> {
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
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(is_report)
        .collect();
    files.sort_unstable();
    Ok(files)
}

fn set_aside(dir: &Path, path: &Path) -> Result<(), EngineError> {
    let aside = dir.join("refused");
    crate::config::make_private(&aside)?;
    let name = path.file_name().unwrap_or_default();
    Ok(fs_err::rename(path, aside.join(name))?)
}
