//! A terminal that waits: our own binary in the pane reads what to run from a pipe, and so begins
//! at the moment when there is a conversation to show.

use std::path::{Path, PathBuf};
use std::time::Duration;

use codepiper_model::AgentSpec;
use rustix::fs::{CWD, FileType, Mode};
use tokio::io::AsyncWriteExt as _;
use tokio::net::unix::pipe;
use tokio::time::{Instant, sleep, timeout};

use crate::EngineError;

/// How long our own binary may take to be there, and to read.
const READER_MAX: Duration = Duration::from_secs(10);
const READER_PAUSE: Duration = Duration::from_millis(5);

/// Makes the pipe in the place of the launch file.
pub(crate) fn make_waiting(path: &Path) -> Result<(), EngineError> {
    if let Err(error) = fs_err::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error.into());
    }
    let mode = Mode::RUSR | Mode::WUSR;
    rustix::fs::mknodat(CWD, path, FileType::Fifo, mode, 0).map_err(EngineError::internal)
}

/// Whether the terminal still waits there.
pub(crate) fn is_waiting(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    fs_err::symlink_metadata(path).is_ok_and(|file| file.file_type().is_fifo())
}

/// Tells the terminal what to run.
pub(crate) async fn let_begin(
    path: &Path,
    argv: Vec<String>,
    cwd: &Path,
    failure_file: PathBuf,
) -> Result<(), EngineError> {
    let spec = AgentSpec {
        argv,
        cwd: cwd.to_owned(),
        failure_file,
    };
    let spec = serde_json::to_vec(&spec).map_err(EngineError::internal)?;
    let mut pipe = reader(path).await?;
    let written = timeout(READER_MAX, pipe.write_all(&spec)).await;
    written.map_err(|_| silent())??;
    drop(pipe);
    fs_err::remove_file(path)?;
    Ok(())
}

async fn reader(path: &Path) -> Result<pipe::Sender, EngineError> {
    let deadline = Instant::now() + READER_MAX;
    loop {
        match pipe::OpenOptions::new().open_sender(path) {
            Ok(pipe) => return Ok(pipe),
            Err(error) if error.raw_os_error() != Some(rustix::io::Errno::NXIO.raw_os_error()) => {
                return Err(error.into());
            }
            Err(_) if Instant::now() > deadline => return Err(silent()),
            Err(_) => sleep(READER_PAUSE).await,
        }
    }
}

fn silent() -> EngineError {
    EngineError::internal("the terminal does not read what to run")
}
