//! Programs that a repository's configuration has git run on files that are only looked at. An agent
//! may have written it, and we are not in the agent's sandbox.

use std::ffi::OsStr;

use super::repository::Repository;
use super::run::{Call, Done};
use crate::EngineError;

impl Repository<'_> {
    /// Looks at the files of the worktree. The filters that the person has for every repository are
    /// run, as Git LFS is; those of this repository are not, so that what they change is shown as
    /// different.
    pub(super) async fn look<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Done, EngineError> {
        let settings = self.filters_off().await?;
        let call = Call {
            settings: &settings,
            ..Call::default()
        };
        self.call(args, call).await
    }

    async fn filters_off(&self) -> Result<Vec<(String, &'static str)>, EngineError> {
        let list = [
            "config",
            "-z",
            "--show-scope",
            "--name-only",
            "--get-regexp",
            "^filter\\.",
        ];
        let listed = self.whatever(&list).await?.text();
        let mut parts = listed.split('\0');
        let mut off = Vec::new();
        while let (Some(scope), Some(name)) = (parts.next(), parts.next()) {
            let is_own = !["system", "global"].contains(&scope);
            if let Some((filter, _)) = name.rsplit_once('.').filter(|_| is_own) {
                for (name, value) in [("clean", ""), ("process", ""), ("required", "false")] {
                    off.push((format!("{filter}.{name}"), value));
                }
            }
        }
        Ok(off)
    }
}
