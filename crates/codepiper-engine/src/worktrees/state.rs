use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use codepiper_model::{Session, SessionId, Timestamp};
use codepiper_store::sessions;
use codepiper_store::worktrees::{self, StoredWorktree};
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use utoipa::ToSchema;

use super::git::Git;
use super::repo::word;
use super::{Worktrees, size};
use crate::EngineError;

/// How many worktrees are looked at at a time.
const ABREAST: usize = 4;

/// What git is in the middle of, by the files that say so.
const UNDER_WAY: [(&str, &str); 6] = [
    ("MERGE_HEAD", "a merge"),
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
    ("BISECT_LOG", "a bisection"),
];

/// A worktree that was made for a session, as it is now.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Worktree)]
pub struct WorktreeView {
    /// Where it is.
    #[schema(value_type = String)]
    pub path: PathBuf,
    /// The main worktree of its repository, or the directory of a bare one.
    #[schema(value_type = String)]
    pub repo_root: PathBuf,
    /// The branch that it is on now, where it is on one.
    pub branch: Option<String>,
    /// The branch that it was made for.
    pub made_for: String,
    /// Whether that branch was made with it.
    pub created_branch: bool,
    /// What its branch is to be merged into.
    pub base: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The sessions in it, newest first.
    pub session_ids: Vec<SessionId>,
    /// Whether one of them has an agent.
    pub in_use: bool,
    /// Whether its directory is gone.
    pub missing: bool,
    /// Whether somebody locked it with git.
    pub locked: bool,
    /// Files with changes that are in no commit; null where that is not known.
    pub uncommitted: Option<u64>,
    /// New files that git does not ignore.
    pub untracked: Option<u64>,
    /// Commits that are neither in the base nor in any remote branch.
    pub unmerged: Option<u64>,
    /// Commits that the branch's upstream has not.
    pub ahead: Option<u64>,
    /// Commits of the upstream that the branch has not.
    pub behind: Option<u64>,
    /// What it takes of the disk, where that is found out soon enough.
    pub size_bytes: Option<u64>,
    /// Why it is not removed as it is; empty: it may be.
    pub kept_because: Vec<String>,
}

/// What git's status says.
#[derive(Default)]
pub(super) struct Status {
    pub(super) branch: Option<String>,
    has_commit: bool,
    pub(super) uncommitted: u64,
    untracked: u64,
    ahead: Option<u64>,
    behind: Option<u64>,
}

impl Worktrees {
    /// Every worktree that was made for a session, newest first.
    pub async fn list(&self) -> Result<Vec<WorktreeView>, EngineError> {
        let stored = self.store.read(worktrees::all).await?;
        let sessions = self.sessions().await?;
        let abreast = Arc::new(Semaphore::new(ABREAST));
        let mut looking = JoinSet::new();
        for (place, worktree) in stored.into_iter().enumerate() {
            let (this, abreast) = (self.clone(), Arc::clone(&abreast));
            let own = of(&sessions, &worktree.path);
            looking.spawn(async move {
                let _turn = abreast.acquire_owned().await;
                (place, this.look(&worktree, &own).await)
            });
        }
        let mut views = looking.join_all().await;
        views.sort_by_key(|(place, _)| *place);
        Ok(views.into_iter().map(|(_, view)| view).collect())
    }

    pub(super) async fn sessions(&self) -> Result<Vec<Session>, EngineError> {
        let stored = self.store.read(sessions::all).await?;
        Ok(stored.into_iter().map(|stored| stored.session).collect())
    }

    /// A worktree as it is now. What cannot be found out is a reason to keep it.
    pub(super) async fn look(&self, stored: &StoredWorktree, sessions: &[Session]) -> WorktreeView {
        let path = stored.path.clone();
        let size = tokio::task::spawn_blocking(move || size::of(&path));
        let mut view = WorktreeView {
            path: stored.path.clone(),
            repo_root: stored.repo_root.clone(),
            branch: None,
            made_for: stored.branch.clone(),
            created_branch: stored.created_branch,
            base: stored.base.clone(),
            created_at: stored.created_at,
            session_ids: sessions.iter().map(|session| session.id).collect(),
            in_use: sessions.iter().any(|session| session.status.is_live()),
            missing: is_missing(&stored.path),
            locked: false,
            uncommitted: None,
            untracked: None,
            unmerged: None,
            ahead: None,
            behind: None,
            size_bytes: None,
            kept_because: Vec::new(),
        };
        if let Err(error) = self.look_in(stored, &mut view).await {
            let why = format!("its state is not known: {error}");
            view.kept_because.push(why);
        }
        if !view.missing {
            view.size_bytes = size.await.ok().flatten();
        }
        if view.in_use {
            let live = sessions.iter().find(|session| session.status.is_live());
            let live = live.map(|session| session.id.to_string());
            let live = live.unwrap_or_default();
            view.kept_because
                .insert(0, format!("session `{live}` is in it"));
        }
        view
    }

    async fn look_in(
        &self,
        stored: &StoredWorktree,
        view: &mut WorktreeView,
    ) -> Result<(), EngineError> {
        let git = Git::find(&self.config)?;
        let (root, path) = (&stored.repo_root, &stored.path);
        view.locked = is_locked(&git, root, path).await?;
        if view.locked {
            let why = "it is locked (`git worktree unlock` ends that)";
            view.kept_because.push(why.to_owned());
        }
        if view.missing {
            return Ok(());
        }
        let dir = own_dir(&git, path).await?;
        for (file, what) in UNDER_WAY {
            if dir.join(file).exists() {
                view.kept_because.push(format!("{what} is under way in it"));
            }
        }
        let status = status(&git, path).await?;
        view.branch = status.branch;
        (view.ahead, view.behind) = (status.ahead, status.behind);
        view.uncommitted = Some(status.uncommitted);
        view.untracked = Some(status.untracked);
        let mut unmerged = 0;
        if status.has_commit {
            unmerged = left_out(&git, stored, path, "HEAD").await?;
        }
        view.unmerged = Some(unmerged);
        let base = stored.base.as_deref().unwrap_or("its base");
        let counts = [
            (
                status.uncommitted,
                "with changes that are in no commit",
                "file",
            ),
            (status.untracked, "that git does not know", "file"),
        ];
        for (count, what, noun) in counts {
            if count > 0 {
                view.kept_because
                    .push(format!("{} {what}", some(count, noun)));
            }
        }
        if unmerged > 0 {
            let commits = some(unmerged, "commit");
            let why = format!("{commits} neither in `{base}` nor in a remote branch");
            view.kept_because.push(why);
        }
        Ok(())
    }
}

/// Whether there is nothing at a path: what was begun and not made is an empty directory.
fn is_missing(path: &Path) -> bool {
    match std::fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    }
}

/// The sessions that are in a worktree.
pub(super) fn of(sessions: &[Session], path: &Path) -> Vec<Session> {
    let own = sessions
        .iter()
        .filter(|session| session.cwd.starts_with(path));
    own.cloned().collect()
}

/// How many commits of `tip` are neither in the base nor in a remote branch.
pub(super) async fn left_out(
    git: &Git,
    stored: &StoredWorktree,
    dir: &Path,
    tip: &str,
) -> Result<u64, EngineError> {
    let mut asked = ["rev-list", "--count", tip, "--not", "--remotes"]
        .map(str::to_owned)
        .to_vec();
    if let Some(base) = &stored.base {
        let named = format!("refs/heads/{base}^{{commit}}");
        let find = ["rev-parse", "--quiet", "--verify", &named];
        asked.extend(word(git, dir, &find).await?);
    }
    // What a branch of our own began with was there before.
    asked.extend(stored.base_commit.clone().filter(|_| stored.created_branch));
    let said = git.ask(dir, &asked).await?.ok()?;
    said.text()?.trim().parse().map_err(EngineError::internal)
}

/// Where git keeps what is of this worktree alone. What has become part of another one, its own link
/// being gone, is nobody's to remove.
pub(super) async fn own_dir(git: &Git, path: &Path) -> Result<PathBuf, EngineError> {
    let asked = [
        "rev-parse",
        "--path-format=absolute",
        "--git-dir",
        "--show-toplevel",
    ];
    let said = git.ask(path, asked).await?.ok()?;
    match said.text()?.split_once('\n') {
        Some((dir, top)) if Path::new(top) == path => Ok(PathBuf::from(dir)),
        _ => Err(super::git::refused("the directory is no worktree any more")),
    }
}

async fn is_locked(git: &Git, root: &Path, path: &Path) -> Result<bool, EngineError> {
    let said = git
        .ask(root, ["worktree", "list", "--porcelain", "-z"])
        .await?
        .ok()?;
    let mut is_it = false;
    for line in said.out.split(|byte| *byte == 0) {
        let line = String::from_utf8_lossy(line);
        if let Some(named) = line.strip_prefix("worktree ") {
            is_it = Path::new(named) == path;
        } else if is_it && (line == "locked" || line.starts_with("locked ")) {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) async fn status(git: &Git, path: &Path) -> Result<Status, EngineError> {
    let asked = [
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        "--untracked-files=all",
        "--ignore-submodules=none",
    ];
    let said = git.ask(path, asked).await?.ok()?;
    let mut status = Status::default();
    let mut parts = said.out.split(|byte| *byte == 0);
    while let Some(part) = parts.next() {
        let text = String::from_utf8_lossy(part);
        if let Some(head) = text.strip_prefix("# branch.head ") {
            status.branch = Some(head.to_owned()).filter(|head| head != "(detached)");
        } else if let Some(commit) = text.strip_prefix("# branch.oid ") {
            status.has_commit = commit != "(initial)";
        } else if let Some(counts) = text.strip_prefix("# branch.ab +") {
            let (ahead, behind) = counts.split_once(" -").unwrap_or_default();
            (status.ahead, status.behind) = (ahead.parse().ok(), behind.parse().ok());
        } else if text.starts_with("? ") {
            status.untracked += 1;
        } else if ["1 ", "2 ", "u "].iter().any(|kind| text.starts_with(kind)) {
            status.uncommitted += 1;
            if text.starts_with('2') {
                // The name that it had before.
                parts.next();
            }
        }
    }
    Ok(status)
}

pub(super) fn some(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
