use std::io::Read as _;
use std::path::Path;

use serde::Serialize;
use utoipa::ToSchema;

use super::GitReview;
use super::names::{checked_path, checked_ref};
use crate::EngineError;

/// The name of no commit: the files as they are.
const WORKING_TREE: &str = "WORKING_TREE";

/// The largest file that is handed out; bytes.
const RAW_MAX: u64 = 50 * 1024 * 1024;

/// The longest text that is shown; bytes.
const TEXT_MAX: usize = 2 * 1024 * 1024;

/// A file's text.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileContent {
    /// The text; none of a file that is none.
    pub content: String,
    /// How long the file is; bytes.
    pub size: usize,
    /// Whether it is no text.
    pub is_binary: bool,
    /// Whether it goes on behind what is there.
    pub truncated: bool,
}

/// A file as it is.
#[derive(Clone, Debug)]
pub struct RawFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What picture it is, by its content; none: something else.
    pub picture: Option<&'static str>,
}

impl GitReview {
    /// A file's text: as it is (`WORKING_TREE`), or in a commit.
    pub async fn file(
        &self,
        cwd: &Path,
        commit: &str,
        path: &str,
    ) -> Result<FileContent, EngineError> {
        let mut bytes = self.bytes(cwd, commit, path).await?;
        let size = bytes.len();
        let is_binary = bytes.iter().take(8000).any(|byte| *byte == 0);
        if is_binary {
            bytes.clear();
        }
        bytes.truncate(TEXT_MAX);
        Ok(FileContent {
            content: String::from_utf8_lossy(&bytes).into_owned(),
            size,
            is_binary,
            truncated: !is_binary && size > TEXT_MAX,
        })
    }

    /// A file's bytes.
    pub async fn file_raw(
        &self,
        cwd: &Path,
        commit: &str,
        path: &str,
    ) -> Result<RawFile, EngineError> {
        let bytes = self.bytes(cwd, commit, path).await?;
        let picture = crate::picture::kind(&bytes).map(|kind| kind.mime);
        Ok(RawFile { bytes, picture })
    }

    async fn bytes(&self, cwd: &Path, commit: &str, path: &str) -> Result<Vec<u8>, EngineError> {
        let path = checked_path("path", path)?;
        let repository = self.open(cwd).await?;
        if commit == WORKING_TREE {
            let (root, name) = (repository.root.clone(), path.to_owned());
            let read = tokio::task::spawn_blocking(move || read_beneath(&root, &name));
            return read.await.map_err(EngineError::internal)?;
        }
        let name = format!("{}:{path}", checked_ref("ref", commit)?);
        let size = repository.line(&["cat-file", "-s", &name]).await?;
        let size = size.and_then(|size| size.parse::<u64>().ok());
        match size {
            None => return Err(no_file(path)),
            Some(size) if size > RAW_MAX => return Err(too_large(path)),
            Some(_) => {}
        }
        Ok(repository.ask(&["cat-file", "blob", &name]).await?.stdout)
    }
}

/// Reads a file below a directory; no link leads out of it.
fn read_beneath(root: &Path, path: &str) -> Result<Vec<u8>, EngineError> {
    let file = open_beneath(root, path).map_err(|_| no_file(path))?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(no_file(path));
    }
    if meta.len() > RAW_MAX {
        return Err(too_large(path));
    }
    let mut bytes = Vec::new();
    file.take(RAW_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(target_os = "linux")]
fn open_beneath(root: &Path, path: &str) -> std::io::Result<std::fs::File> {
    use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
    let root = fs_err::File::open(root)?;
    // A pipe is not waited for.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    Ok(openat2(&root, path, flags, Mode::empty(), ResolveFlags::BENEATH)?.into())
}

#[cfg(not(target_os = "linux"))]
fn open_beneath(root: &Path, path: &str) -> std::io::Result<std::fs::File> {
    let root = fs_err::canonicalize(root)?;
    let path = fs_err::canonicalize(root.join(path))?;
    if path.starts_with(&root) {
        return Ok(fs_err::File::open(path)?.into_file());
    }
    Err(std::io::ErrorKind::PermissionDenied.into())
}

fn no_file(path: &str) -> EngineError {
    EngineError::NotFound {
        code: "file_not_found",
        message: format!("there is no file `{path}` in the repository"),
    }
}

fn too_large(path: &str) -> EngineError {
    let message = format!("`{path}` has more than {} MiB", RAW_MAX >> 20);
    EngineError::conflict("file_too_large", message)
}
