//! Taking changes of files back, and taking that back.

use std::path::Path;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::GitReview;
use super::names::checked_paths;
use super::repository::Repository;
use super::run::Call;
use crate::EngineError;

/// Where git keeps what was taken back, so that it is not swept away.
const KEPT: &str = "refs/codepiper/undo";

/// How many of these are kept; the oldest goes.
const KEPT_MAX: usize = 100;

/// Files that are as they were.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Discarded {
    /// What it is taken back with.
    pub undo_id: String,
}

impl GitReview {
    /// Makes files again what the index says they are; those that git does not know go. What they were
    /// is kept.
    pub async fn discard(&self, cwd: &Path, paths: &[String]) -> Result<Discarded, EngineError> {
        let paths = checked_paths(paths)?;
        let repository = self.open(cwd).await?;
        let undo_id = keep(&repository, &paths).await?;
        let known = within(&repository, &["ls-files", "-z", "--cached"], &paths).await?;
        if !known.is_empty() {
            let args = ["restore", "--worktree", "--"].map(str::to_owned);
            repository.ask(&[&args[..], &known[..]].concat()).await?;
        }
        let others = ["ls-files", "-z", "--others", "--exclude-standard"];
        let unknown = within(&repository, &others, &paths).await?;
        if !unknown.is_empty() {
            let args = ["clean", "--force", "--quiet", "-d", "--"].map(str::to_owned);
            repository.ask(&[&args[..], &unknown[..]].concat()).await?;
        }
        Ok(Discarded { undo_id })
    }

    /// Makes files again what they were before they were discarded. What they are now is kept too.
    pub async fn undo(&self, cwd: &Path, undo_id: &str) -> Result<Discarded, EngineError> {
        let repository = self.open(cwd).await?;
        let id = Uuid::try_parse(undo_id).map_err(|_| no_undo(undo_id))?;
        let name = format!("{KEPT}/{id}");
        let message = repository
            .line(&["log", "--max-count=1", "--format=%B", &name])
            .await?
            .ok_or_else(|| no_undo(undo_id))?;
        let paths: Vec<String> = serde_json::from_str(&message).map_err(|_| no_undo(undo_id))?;
        let paths = checked_paths(&paths)?;
        let undo_id = keep(&repository, &paths).await?;
        let list = ["ls-tree", "-r", "-z", "--name-only", &name];
        let then = within(&repository, &list, &paths).await?;
        if !then.is_empty() {
            let from = format!("--source={name}");
            let args = [
                "restore".to_owned(),
                from,
                "--worktree".to_owned(),
                "--".to_owned(),
            ];
            repository.ask(&[&args[..], &then[..]].concat()).await?;
        }
        for path in paths {
            // What was deleted before is deleted again.
            let is_gone = !then
                .iter()
                .any(|kept| kept == path || kept.starts_with(&format!("{path}/")));
            let path = repository.root.join(path);
            if is_gone && path.symlink_metadata().is_ok_and(|meta| !meta.is_dir()) {
                fs_err::remove_file(path)?;
            }
        }
        Ok(Discarded { undo_id })
    }
}

/// Keeps what files are now, in a commit that no branch has.
async fn keep(repository: &Repository<'_>, paths: &[&str]) -> Result<String, EngineError> {
    let id = Uuid::now_v7().to_string();
    let dir = repository
        .line(&["rev-parse", "--absolute-git-dir"])
        .await?;
    let index = Path::new(&dir.unwrap_or_default()).join(format!("codepiper-{id}.index"));
    let with = Call {
        index: Some(&index),
        ..Call::default()
    };
    let kept = async {
        repository.call(&["read-tree", "--empty"], with).await?;
        let there: Vec<&str> = paths
            .iter()
            .copied()
            .filter(|path| repository.root.join(path).symlink_metadata().is_ok())
            .collect();
        if !there.is_empty() {
            let args = ["add", "--all", "--force", "--"].into_iter().chain(there);
            repository.call(&args.collect::<Vec<_>>(), with).await?;
        }
        let tree = repository.call(&["write-tree"], with).await?.text();
        let paths = serde_json::to_string(paths).map_err(EngineError::internal)?;
        let commit = [
            "-c",
            "user.name=CodePiper",
            "-c",
            "user.email=codepiper@localhost",
            "commit-tree",
            "-F",
            "-",
            &tree,
        ];
        let message = Call {
            input: paths.as_bytes(),
            ..Call::default()
        };
        let commit = repository.call(&commit, message).await?.text();
        let name = format!("{KEPT}/{id}");
        repository.ask(&["update-ref", &name, &commit]).await?;
        forget_oldest(repository).await
    };
    let kept = kept.await;
    drop(fs_err::remove_file(&index));
    kept.map(|()| id)
}

async fn forget_oldest(repository: &Repository<'_>) -> Result<(), EngineError> {
    // Their names begin with when they were made.
    let list = [
        "for-each-ref",
        "--sort=-refname",
        "--format=%(refname)",
        KEPT,
    ];
    let names = repository.ask(&list).await?.text();
    for name in names.lines().skip(KEPT_MAX) {
        repository.ask(&["update-ref", "-d", name]).await?;
    }
    Ok(())
}

/// What git lists of these paths.
async fn within(
    repository: &Repository<'_>,
    list: &[&str],
    paths: &[&str],
) -> Result<Vec<String>, EngineError> {
    let args = list
        .iter()
        .copied()
        .chain(["--"])
        .chain(paths.iter().copied());
    let listed = repository.ask(&args.collect::<Vec<_>>()).await?.text();
    let names = listed.split('\0').filter(|name| !name.is_empty());
    Ok(names.map(str::to_owned).collect())
}

fn no_undo(id: &str) -> EngineError {
    let shown: String = id.chars().take(64).collect();
    EngineError::NotFound {
        code: "undo_not_found",
        message: format!("nothing was discarded under `{shown}` here, or too long ago"),
    }
}
