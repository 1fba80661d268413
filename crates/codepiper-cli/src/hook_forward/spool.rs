use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use fs_err::os::unix::fs::OpenOptionsExt as _;
use serde::Serialize;

/// What the agent was told instead of the daemon's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Fallback {
    /// Nothing, so its own rules apply.
    None,
    /// That the tool call is blocked.
    Blocked,
}

/// The directory where events wait for a daemon. Its files hold no secret: that only their owner
/// can have written them is what the daemon believes them for.
#[derive(Debug)]
pub(super) struct Spool {
    dir: PathBuf,
}

impl Spool {
    pub(super) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
        }
    }

    /// Puts a file there as a whole; an earlier one of this name is replaced.
    pub(super) fn put(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut dir = std::fs::DirBuilder::new();
        dir.recursive(true).mode(0o700).create(&self.dir)?;
        // Readers of the spool leave names with a dot alone.
        let unfinished = self.dir.join(format!(".{name}"));
        write_private(&unfinished, content)
            .and_then(|()| fs_err::rename(&unfinished, self.dir.join(name)))
            .inspect_err(|_| drop(std::fs::remove_file(&unfinished)))
    }

    /// Takes a file away; the daemon may have done so already.
    pub(super) fn take_away(&self, name: &str) {
        drop(std::fs::remove_file(self.dir.join(name)));
    }
}

fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path)?.write_all(content)
}
