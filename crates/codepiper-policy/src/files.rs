//! What a verdict may be told of the machine, by whoever asks for it.

use std::fmt;
use std::path::{Component, Path, PathBuf};

/// Where paths really lead. The caller looks at the file system, this crate does not.
pub trait Files {
    /// The file that `path` names, which is absolute but may contain `..`: with every link
    /// followed, part by part, also where it leads to what does not exist, and in the case that
    /// the file system keeps. None where that cannot be told: links that lead in a circle.
    fn real(&self, path: &Path) -> Option<PathBuf>;
}

/// Paths by their letters: no links are followed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lexical;

impl Files for Lexical {
    fn real(&self, path: &Path) -> Option<PathBuf> {
        Some(plain(path))
    }
}

/// Where a call would happen, beyond what it says itself.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The home directory; without it paths below `~` are not known.
    pub home: Option<&'a Path>,
    /// The roots of the workspace, the session's own directory first. Where there are none, the
    /// call's working directory is it.
    pub roots: &'a [PathBuf],
    /// Where paths really lead.
    pub files: &'a dyn Files,
}

impl Default for Context<'_> {
    fn default() -> Self {
        Self {
            home: None,
            roots: &[],
            files: &Lexical,
        }
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("home", &self.home)
            .field("roots", &self.roots)
            .finish_non_exhaustive()
    }
}

/// A path without `.` and `..`.
pub(crate) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}
