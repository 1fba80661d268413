//! The programs that a person wants run in each new worktree and before one is removed. A repository
//! that was only cloned runs nothing: what is run was named by the person.

use std::path::Path;
use std::time::Duration;

use codepiper_store::worktrees::StoredWorktree;
use serde_json::{Value, json};
use tokio::process::Command;

use super::git::{Git, run};
use super::{Made, Worktrees};
use crate::EngineError;

const SCRIPT_MAX: Duration = Duration::from_mins(10);

/// How much of what it says is kept, from the end.
const KEPT_MAX: usize = 8000;

/// How many lines of that a refusal has.
const LINES_MAX: usize = 5;

impl Worktrees {
    /// Runs what prepares a worktree, and returns what came of it, for the session's events; nothing
    /// where there is nothing to run.
    pub(crate) async fn set_up(&self, made: &Made) -> Option<(Value, Result<(), EngineError>)> {
        let script = made.setup_script.as_deref()?;
        let (said, done) = match self.script(script, &made.stored).await {
            Ok((said, true)) => (said, Ok(())),
            Ok((said, false)) => {
                let error = failed("setup_failed", "the setup script", script, &said);
                (said, Err(error))
            }
            Err(error) => (error.to_string(), Err(error)),
        };
        let told = json!({ "script": script, "succeeded": done.is_ok(), "output": said });
        Some((told, done))
    }

    pub(super) async fn tear_down(&self, stored: &StoredWorktree) -> Result<(), EngineError> {
        let Some(script) = &stored.teardown_script else {
            return Ok(());
        };
        match self.script(script, stored).await? {
            (_, true) => Ok(()),
            (said, false) => Err(failed(
                "teardown_failed",
                "the teardown script",
                script,
                &said,
            )),
        }
    }

    async fn script(
        &self,
        script: &str,
        stored: &StoredWorktree,
    ) -> Result<(String, bool), EngineError> {
        // As it is where the person works: an agent's branch may have another one.
        let mut program = stored.repo_root.join(script);
        if !program.is_file() && stored.repo_root.join("HEAD").is_file() {
            // A bare repository has no files of its own.
            program = stored.path.join(script);
        }
        let is_program =
            program.is_file() && rustix::fs::access(&program, rustix::fs::Access::EXEC_OK).is_ok();
        if !is_program {
            let shown = program.display();
            return Err(EngineError::conflict_with_hint(
                "script_missing",
                format!("`{shown}` is no program that can be run"),
                "a script needs its `#!` line and `chmod +x`",
            ));
        }
        let git = Git::find(&self.config)?;
        let mut command = Command::new(&program);
        command.env_clear().envs(git.environment());
        let variables: [(&str, &Path); 3] = [
            ("CODEPIPER_WORKTREE", &stored.path),
            ("CODEPIPER_REPOSITORY", &stored.repo_root),
            ("CODEPIPER_BRANCH", Path::new(&stored.branch)),
        ];
        command.envs(variables);
        let said = run(command, &stored.path, SCRIPT_MAX).await?;
        Ok((said.end(KEPT_MAX), said.is_ok))
    }
}

fn failed(code: &'static str, what: &str, script: &str, said: &str) -> EngineError {
    let lines: Vec<&str> = said.lines().collect();
    let last = lines.split_at(lines.len().saturating_sub(LINES_MAX)).1;
    EngineError::conflict_with_hint(
        code,
        format!("{what} `{script}` failed: {}", last.join("\n")),
        "the worktree is kept; `codepiper worktree list` shows it",
    )
}
