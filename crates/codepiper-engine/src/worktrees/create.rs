use std::path::{Path, PathBuf};

use codepiper_model::SessionId;
use codepiper_store::worktrees::{self, StoredWorktree};

use super::git::{Git, refused};
use super::include;
use super::repo::{Repo, word};
use super::{Made, NewWorktree, Worktrees};
use crate::EngineError;

const BRANCH_MAX: usize = 200;
const SLUG_MAX: usize = 50;

/// The branch of a new worktree.
struct Branch {
    name: String,
    /// Whether it is made with the worktree.
    is_new: bool,
    /// Whether git is to find it in the repository's only remote that has it.
    is_remote: bool,
}

impl Worktrees {
    /// Makes a worktree of the repository that `cwd` is in. It is written down first, and what was
    /// begun is taken back when git refuses.
    pub(crate) async fn create(
        &self,
        cwd: &Path,
        asked: &NewWorktree,
        name: Option<&str>,
        id: SessionId,
    ) -> Result<Made, EngineError> {
        let git = Git::find(&self.config)?;
        check(asked)?;
        let repo = Repo::at(&git, cwd).await?;
        let branch = choose(&git, cwd, asked, name, id).await?;
        let base = match &asked.start_point {
            Some(point) => is_branch(&git, cwd, point).await?.then(|| point.clone()),
            None => repo.branch.clone(),
        };
        let begins_at = asked.start_point.as_deref().unwrap_or("HEAD");
        let begins_at = format!("{begins_at}^{{commit}}");
        let asked_commit = [
            "rev-parse",
            "--quiet",
            "--verify",
            "--end-of-options",
            &begins_at,
        ];
        let path = take_path(&self.place(&repo)?, &branch.name, id)?;
        let stored = StoredWorktree {
            path: path.clone(),
            repo_root: repo.root.clone(),
            base: base.filter(|base| *base != branch.name),
            base_commit: word(&git, cwd, &asked_commit)
                .await?
                .filter(|_| branch.is_new),
            created_branch: branch.is_new || branch.is_remote,
            branch: branch.name.clone(),
            original_cwd: cwd.to_owned(),
            teardown_script: asked.teardown_script.clone(),
            created_at: self.clock.now(),
        };
        let row = stored.clone();
        self.store.write(move |tx| worktrees::put(tx, &row)).await?;
        let mut made = Made {
            cwd: path.clone(),
            setup_script: asked.setup_script.clone(),
            stored,
        };
        let is_unborn = repo.commit.is_none() && asked.start_point.is_none();
        let added = async {
            let args = add(&branch, &path, asked, is_unborn);
            git.change(cwd, &args).await?.ok()?;
            if !repo.is_bare {
                include::copy(&git, &repo.root, &path).await?;
            }
            Ok(())
        };
        if let Err(error) = added.await {
            self.undo(&made).await;
            return Err(error);
        }
        let same = path.join(&repo.prefix);
        if same.is_dir() {
            made.cwd = same;
        }
        made.cwd = fs_err::canonicalize(&made.cwd)?;
        Ok(made)
    }

    /// Where the setting says, or beside the repository.
    fn place(&self, repo: &Repo) -> Result<PathBuf, EngineError> {
        let Some(wanted) = self.settings.get().worktree_place else {
            return Ok(repo.place.clone());
        };
        let below = match wanted.strip_prefix("~/") {
            Some(rest) => Path::new(&self.config.var("HOME").unwrap_or_default()).join(rest),
            None => PathBuf::from(&wanted),
        };
        if below.starts_with(&repo.root) && !repo.is_bare {
            let message = format!(
                "the setting `worktreePlace` is `{wanted}`, in the repository itself: a worktree \
                 would be new files there"
            );
            return Err(EngineError::conflict("worktree_refused", message));
        }
        let own = repo.place.file_name().unwrap_or_default();
        Ok(below.join(own))
    }

    /// Takes a worktree back that nobody has worked in yet.
    pub(crate) async fn undo(&self, made: &Made) {
        let stored = &made.stored;
        let (root, path) = (&stored.repo_root, &stored.path);
        let taken = async {
            let git = Git::find(&self.config)?;
            let remove = ["worktree", "remove", "--force", "--force", "--"];
            let remove = remove.iter().map(AsRef::as_ref);
            let remove = remove.chain([path.as_os_str()]);
            // Where git refused to make it, there is none.
            git.change(root, remove).await?;
            if stored.created_branch
                && let Some(commit) = &stored.base_commit
            {
                let name = format!("refs/heads/{}", stored.branch);
                // Only while it is where it was made: anything else is somebody's.
                git.change(root, ["update-ref", "-d", &name, commit])
                    .await?;
            }
            let gone = path.clone();
            let forget = move |tx: &codepiper_store::Transaction<'_>| worktrees::delete(tx, &gone);
            self.store.write(forget).await?;
            Ok::<_, EngineError>(())
        };
        if let Err(error) = taken.await {
            tracing::error!(path = %path.display(), %error, "cannot take a worktree back");
        }
        // Both only while they are empty.
        drop(std::fs::remove_dir(path));
        if let Some(place) = path.parent() {
            drop(std::fs::remove_dir(place));
        }
    }
}

fn check(asked: &NewWorktree) -> Result<(), EngineError> {
    let texts = [
        ("worktree.branch", &asked.branch),
        ("worktree.startPoint", &asked.start_point),
        ("worktree.setupScript", &asked.setup_script),
        ("worktree.teardownScript", &asked.teardown_script),
    ];
    for (field, text) in texts {
        let Some(text) = text else { continue };
        let is_good = (1..=BRANCH_MAX).contains(&text.len()) && !text.starts_with('-');
        if !is_good || text.chars().any(char::is_control) {
            let message = format!("`{field}` takes 1 to {BRANCH_MAX} bytes and begins with no `-`");
            return Err(EngineError::invalid(field, message));
        }
    }
    if asked.create_branch == Some(false) && asked.branch.is_none() {
        let message = "`worktree.branch` names the branch that is not to be made";
        return Err(EngineError::invalid("worktree.branch", message));
    }
    Ok(())
}

/// The branch that was asked for, or one named after the session.
async fn choose(
    git: &Git,
    cwd: &Path,
    asked: &NewWorktree,
    session: Option<&str>,
    id: SessionId,
) -> Result<Branch, EngineError> {
    let Some(name) = &asked.branch else {
        let short = id.short();
        let slug = session.map(slug).filter(|slug| !slug.is_empty());
        let mut name = format!("codepiper/{}", slug.as_deref().unwrap_or(&short));
        if exists(git, cwd, &format!("refs/heads/{name}")).await? {
            name = format!("{name}-{short}");
        }
        return Ok(Branch {
            name,
            is_new: true,
            is_remote: false,
        });
    };
    let said = git.ask(cwd, ["check-ref-format", "--branch", name]).await?;
    if !said.is_ok || said.text()? != name {
        let message = format!("`{name}` is no name of a branch");
        return Err(EngineError::invalid("worktree.branch", message));
    }
    let is_there = exists(git, cwd, &format!("refs/heads/{name}")).await?;
    let is_new = asked.create_branch.unwrap_or(!is_there);
    if is_new && is_there {
        // Known before anything is made, so that nobody takes it for ours to take back.
        return Err(refused(&format!("a branch named `{name}` already exists")));
    }
    if !is_new && asked.start_point.is_some() {
        let message =
            format!("branch `{name}` is there already, so that it cannot begin elsewhere");
        return Err(refused(&message));
    }
    let is_remote =
        !is_there && asked.create_branch != Some(true) && asked.start_point.is_none() && {
            let pattern = format!("refs/remotes/*/{name}");
            let asked = ["for-each-ref", "--format=%(refname)", &pattern];
            word(git, cwd, &asked).await?.is_some()
        };
    Ok(Branch {
        name: name.clone(),
        is_new: is_new && !is_remote,
        is_remote,
    })
}

/// Whether that is a branch, here or in a remote: only such can be merged into.
async fn is_branch(git: &Git, cwd: &Path, name: &str) -> Result<bool, EngineError> {
    Ok(exists(git, cwd, &format!("refs/heads/{name}")).await?
        || exists(git, cwd, &format!("refs/remotes/{name}")).await?)
}

async fn exists(git: &Git, cwd: &Path, reference: &str) -> Result<bool, EngineError> {
    let asked = ["show-ref", "--verify", "--quiet", reference];
    Ok(git.ask(cwd, asked).await?.is_ok)
}

fn add(branch: &Branch, path: &Path, asked: &NewWorktree, is_unborn: bool) -> Vec<PathBuf> {
    let mut args: Vec<PathBuf> = ["worktree", "add"].map(PathBuf::from).into();
    if is_unborn && branch.is_new {
        args.push("--orphan".into());
    }
    if branch.is_new {
        args.extend(["-b", &branch.name].map(PathBuf::from));
    }
    if asked.start_point.is_some() {
        // A branch that follows another one would be pushed there.
        args.push("--no-track".into());
    }
    args.push("--".into());
    args.push(path.to_owned());
    if !branch.is_new {
        args.push((&branch.name).into());
    } else if let Some(point) = &asked.start_point {
        args.push(point.into());
    }
    args
}

/// Makes the directory, so that nobody else has it; git fills what is empty.
fn take_path(place: &Path, branch: &str, id: SessionId) -> Result<PathBuf, EngineError> {
    use std::io::ErrorKind::{AlreadyExists, NotADirectory, PermissionDenied, ReadOnlyFilesystem};
    let plain = branch.replace('/', "-");
    let names = [plain.clone(), format!("{plain}-{}", id.short())];
    let made = std::fs::create_dir_all(place);
    let made = made.and_then(|()| fs_err::canonicalize(place));
    let taken = made.and_then(|place| {
        let path = place.join(&names[0]);
        match std::fs::create_dir(&path) {
            Err(error) if error.kind() == AlreadyExists => {
                let path = place.join(&names[1]);
                std::fs::create_dir(&path).map(|()| path)
            }
            made => made.map(|()| path),
        }
    });
    taken.map_err(|error| match error.kind() {
        AlreadyExists | NotADirectory | PermissionDenied | ReadOnlyFilesystem => {
            let message = format!("no worktree can be made in `{}`: {error}", place.display());
            refused(&message)
        }
        _ => error.into(),
    })
}

/// A session's name as a part of a branch's.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars().take(SLUG_MAX) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_branch_is_named_after_whatever_people_call_a_session() {
        assert_eq!(
            slug("  Émile's fix: the -- log.in/ "),
            "émile-s-fix-the-log-in"
        );
        assert_eq!(slug("../.."), "");
    }
}
