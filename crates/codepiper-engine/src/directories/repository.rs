//! The git repository that a directory is in, found without starting a program.

use std::path::Path;

/// The nearest directory, from this one up, that git would take for the root of a worktree.
pub(crate) fn root(directory: &Path) -> Option<&Path> {
    directory.ancestors().find(|directory| is_root(directory))
}

/// Whether a directory holds the file of a worktree, or a repository with a head. Sandboxes leave
/// empty directories of that name where they forbid writing (Codex CLI 0.169).
pub(crate) fn is_root(directory: &Path) -> bool {
    let git = directory.join(".git");
    git.is_file() || git.join("HEAD").symlink_metadata().is_ok()
}
