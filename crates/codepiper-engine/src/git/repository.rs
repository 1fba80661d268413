use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::run::{Call, Done, Git};
use crate::EngineError;

/// A worktree of a repository. All paths are relative to its root.
pub(super) struct Repository<'a> {
    git: &'a Git,
    pub(super) root: PathBuf,
    /// Whether there is a commit.
    pub(super) has_head: bool,
}

impl<'a> Repository<'a> {
    pub(super) async fn open(git: &'a Git, cwd: &Path) -> Result<Self, EngineError> {
        if !cwd.is_dir() {
            let message = format!("directory `{}` is gone", cwd.display());
            return Err(EngineError::conflict("no_directory", message));
        }
        let root = git.line(cwd, &["rev-parse", "--show-toplevel"]).await?;
        let Some(root) = root.map(PathBuf::from) else {
            let message = format!("`{}` is in no git repository", cwd.display());
            return Err(EngineError::conflict("not_a_repository", message));
        };
        let head = git.line(&root, &["rev-parse", "--verify", "--quiet", "HEAD"]);
        let has_head = head.await?.is_some();
        Ok(Self {
            git,
            root,
            has_head,
        })
    }

    /// Asks git; its refusal is told in its own words.
    pub(super) async fn ask<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Done, EngineError> {
        let done = self.git.ask(&self.root, args).await?;
        done.or_refused("git_refused")
    }

    /// Asks git, whatever its exit code says.
    pub(super) async fn whatever<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Done, EngineError> {
        self.git.ask(&self.root, args).await
    }

    /// Asks git in another way.
    pub(super) async fn call<S: AsRef<OsStr>>(
        &self,
        args: &[S],
        call: Call<'_>,
    ) -> Result<Done, EngineError> {
        let done = self.git.call(&self.root, args, call).await?;
        done.or_refused("git_refused")
    }

    /// One line, where git says one.
    pub(super) async fn line<S: AsRef<OsStr>>(
        &self,
        args: &[S],
    ) -> Result<Option<String>, EngineError> {
        self.git.line(&self.root, args).await
    }

    /// What there is to compare with: the last commit, or nothing at all.
    pub(super) fn head(&self) -> &'static str {
        // The empty tree has the same name in every repository of SHA-1.
        if self.has_head {
            "HEAD"
        } else {
            "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
        }
    }
}
