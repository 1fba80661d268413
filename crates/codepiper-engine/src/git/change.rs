use std::path::Path;

use serde::Serialize;
use utoipa::ToSchema;

use super::GitReview;
use super::names::checked_paths;
use super::run::Call;
use crate::EngineError;

/// The longest message of a commit; bytes.
const MESSAGE_MAX: usize = 64 * 1024;

/// A commit that was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Committed {
    /// Its name.
    pub hash: String,
}

impl GitReview {
    /// Puts files into the next commit.
    pub async fn stage(&self, cwd: &Path, paths: &[String]) -> Result<(), EngineError> {
        let paths = checked_paths(paths)?;
        let repository = self.open(cwd).await?;
        let args = ["add", "--all", "--"].into_iter().chain(paths);
        repository.ask(&args.collect::<Vec<_>>()).await.map(drop)
    }

    /// Takes files out of the next commit.
    pub async fn unstage(&self, cwd: &Path, paths: &[String]) -> Result<(), EngineError> {
        let paths = checked_paths(paths)?;
        let repository = self.open(cwd).await?;
        let verb = if repository.has_head {
            &["restore", "--staged", "--"][..]
        } else {
            &["rm", "--cached", "--quiet", "-r", "--"]
        };
        let args = verb.iter().copied().chain(paths);
        repository.ask(&args.collect::<Vec<_>>()).await.map(drop)
    }

    /// Commits what is staged, as a person does in a terminal: with the repository's hooks.
    pub async fn commit(
        &self,
        cwd: &Path,
        message: &str,
        amend: bool,
    ) -> Result<Committed, EngineError> {
        let is_good = !message.trim().is_empty() && message.len() <= MESSAGE_MAX;
        if !is_good || message.contains('\0') {
            let message = format!("`message` takes 1 to {MESSAGE_MAX} bytes");
            return Err(EngineError::invalid("message", message));
        }
        let repository = self.open(cwd).await?;
        let mut args = vec!["commit", "--quiet", "--cleanup=strip", "--file=-"];
        if amend {
            args.push("--amend");
        }
        let call = Call {
            input: message.as_bytes(),
            with_hooks: true,
            ..Call::default()
        };
        repository.call(&args, call).await?;
        let hash = repository.line(&["rev-parse", "HEAD"]).await?;
        Ok(Committed {
            hash: hash.unwrap_or_default(),
        })
    }
}
