//! What repositories keep of turns, and how that goes again.

use std::path::Path;

use codepiper_model::SessionId;
use codepiper_store::{StoreError, turn_snapshots};

use super::Turns;
use crate::EngineError;
use crate::git::run::Call;

/// Where git keeps the trees, so that they are not swept away.
const KEPT: &str = "refs/codepiper/turns";

/// How many turns of a session are kept; the oldest goes.
const TURNS_MAX: u32 = 50;

impl Turns {
    /// Has a repository keep a tree.
    pub(super) async fn keep(
        &self,
        git_dir: &str,
        session: SessionId,
        name: &str,
        tree: &str,
    ) -> Result<(), EngineError> {
        let update = format!("update {KEPT}/{session}/{name} {tree}\n");
        self.update(Path::new(git_dir), &update).await
    }

    /// Lets a repository forget one turn of a session, or all.
    pub(super) async fn let_go(
        &self,
        git_dir: &Path,
        session: SessionId,
        turn: Option<u32>,
    ) -> Result<(), EngineError> {
        if !git_dir.is_dir() {
            return Ok(());
        }
        let all = format!("{KEPT}/{session}");
        let list = [
            "--git-dir=.",
            "for-each-ref",
            "--format=delete %(refname)",
            &all,
        ];
        let listed = self.git.git.ask(git_dir, &list).await?;
        let of_turn = turn.map(|turn| format!("{all}/{turn}-"));
        let is_wanted = |line: &&str| {
            let name = line.trim_start_matches("delete ");
            of_turn.as_ref().is_none_or(|turn| name.starts_with(turn))
        };
        let text = listed.or_refused("git_refused")?.text();
        let lines = text.lines().filter(is_wanted);
        let deletions: String = lines.flat_map(|line| [line, "\n"]).collect();
        if deletions.is_empty() {
            return Ok(());
        }
        self.update(git_dir, &deletions).await
    }

    async fn update(&self, git_dir: &Path, updates: &str) -> Result<(), EngineError> {
        // No log and no hook of the repository says that these names came or went.
        let settings = [("core.logAllRefUpdates".to_owned(), "false")];
        let call = Call {
            input: updates.as_bytes(),
            settings: &settings,
            ..Call::default()
        };
        let args = ["--git-dir=.", "update-ref", "--stdin"];
        let done = self.git.git.call(git_dir, &args, call).await?;
        done.or_refused("git_refused").map(drop)
    }

    /// Forgets the oldest turns of a session.
    pub(super) async fn forget_oldest(&self, session: SessionId) -> Result<(), EngineError> {
        let read = move |db: &codepiper_store::Connection| {
            let turns = turn_snapshots::all(db, session)?;
            Ok::<_, StoreError>((turns, turn_snapshots::git_dirs(db, session)?))
        };
        let (turns, git_dirs) = self.store.read(read).await?;
        let newest = turns.first().map_or(0, |turn| turn.turn);
        let old = turns.iter().map(|turn| turn.turn);
        let old = old.filter(|turn| turn + TURNS_MAX <= newest);
        for turn in old {
            for git_dir in &git_dirs {
                self.let_go(git_dir, session, Some(turn)).await?;
            }
            let write = move |tx: &codepiper_store::Transaction<'_>| {
                turn_snapshots::delete(tx, session, turn)
            };
            self.store.write(write).await?;
        }
        Ok(())
    }

    /// Forgets the turns of sessions that are gone, their repositories first.
    pub(super) async fn sweep(&self) -> Result<(), EngineError> {
        for session in self.store.read(turn_snapshots::of_gone).await? {
            let read =
                move |db: &codepiper_store::Connection| turn_snapshots::git_dirs(db, session);
            let mut is_gone = true;
            for git_dir in self.store.read(read).await? {
                if let Err(error) = self.let_go(&git_dir, session, None).await {
                    tracing::warn!(%session, %error, "a repository still keeps turns of a session that is gone");
                    is_gone = false;
                }
            }
            if is_gone {
                let write = move |tx: &codepiper_store::Transaction<'_>| {
                    turn_snapshots::delete_of(tx, session)
                };
                self.store.write(write).await?;
            }
        }
        Ok(())
    }
}
