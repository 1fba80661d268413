//! Which git branch a directory is on, read from git's own files: no program is started for it.

use std::collections::{HashMap, HashSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::repository;

/// How long anybody waits for a directory that may be on a machine that is gone.
const PATIENCE: Duration = Duration::from_millis(250);

/// More than git writes into such a file.
const FILE_MAX: u64 = 4096;

/// The branch of a directory's repository, or the beginning of the commit where it is on none.
/// Nothing where it is in no repository.
pub(super) fn branch_of(directory: &Path) -> Option<String> {
    let git = repository::root(directory)?.join(".git");
    let head = text_of(&git_directory(git)?.join("HEAD"))?;
    match head.strip_prefix("ref: ") {
        Some(reference) => named(reference.strip_prefix("refs/heads/").unwrap_or(reference)),
        None if head.len() >= 40 && head.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Some(head[..7].to_owned())
        }
        None => None,
    }
}

/// A worktree has a file that names the directory.
fn git_directory(git: PathBuf) -> Option<PathBuf> {
    if git.is_dir() {
        return Some(git);
    }
    let text = text_of(&git)?;
    let named = text.strip_prefix("gitdir: ")?;
    Some(git.parent()?.join(named))
}

fn text_of(path: &Path) -> Option<String> {
    // Anything else, such as a pipe, may never be read to its end.
    if !path.is_file() {
        return None;
    }
    let mut text = String::new();
    let file = fs_err::File::open(path).ok()?;
    file.take(FILE_MAX).read_to_string(&mut text).ok()?;
    Some(text.trim_end().to_owned())
}

fn named(branch: &str) -> Option<String> {
    // A repository that keeps its references elsewhere says this one.
    let is_name =
        !branch.is_empty() && branch != ".invalid" && !branch.chars().any(char::is_control);
    is_name.then(|| branch.chars().take(200).collect())
}

/// The branches of directories, as they were last read.
#[derive(Clone, Default)]
pub(crate) struct Branches(Arc<Mutex<HashMap<PathBuf, Known>>>);

#[derive(Default)]
struct Known {
    branch: Option<String>,
    /// Whether somebody reads it at this moment; nobody else then does.
    is_read: bool,
}

impl Branches {
    /// The branches of these directories, read anew; for one that takes too long, as it was.
    pub(crate) async fn of(
        &self,
        directories: HashSet<PathBuf>,
    ) -> HashMap<PathBuf, Option<String>> {
        let mut reading = JoinSet::new();
        for directory in &directories {
            let mut known = self.known();
            let entry = known.entry(directory.clone()).or_default();
            if std::mem::replace(&mut entry.is_read, true) {
                continue;
            }
            drop(known);
            let (branches, directory) = (self.clone(), directory.clone());
            reading.spawn_blocking(move || {
                let branch = branch_of(&directory);
                let is_read = false;
                branches
                    .known()
                    .insert(directory, Known { branch, is_read });
            });
        }
        let read = async { while reading.join_next().await.is_some() {} };
        drop(timeout(PATIENCE, read).await);
        let known = self.known();
        let branch = |directory: &Path| known.get(directory).and_then(|known| known.branch.clone());
        directories
            .into_iter()
            .map(|directory| {
                let branch = branch(&directory);
                (directory, branch)
            })
            .collect()
    }

    /// Forgets every directory but these.
    pub(crate) fn keep_only(&self, directories: &HashSet<PathBuf>) {
        self.known()
            .retain(|directory, known| known.is_read || directories.contains(directory));
    }

    fn known(&self) -> MutexGuard<'_, HashMap<PathBuf, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Branches, branch_of};

    #[test]
    fn a_branch_is_read_in_a_repository_below_it_in_a_worktree_and_off_every_branch() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        fs_err::create_dir_all(dir.join("repo/.git/worktrees/side")).unwrap();
        fs_err::create_dir_all(dir.join("repo/src/deep")).unwrap();
        fs_err::create_dir_all(dir.join("side")).unwrap();
        fs_err::write(dir.join("repo/.git/HEAD"), "ref: refs/heads/fix/login\n").unwrap();
        let link = format!(
            "gitdir: {}\n",
            dir.join("repo/.git/worktrees/side").display()
        );
        fs_err::write(dir.join("side/.git"), link).unwrap();
        let head = dir.join("repo/.git/worktrees/side/HEAD");
        fs_err::write(&head, "0123456789abcdef0123456789abcdef01234567\n").unwrap();

        assert_eq!(branch_of(&dir.join("repo")).as_deref(), Some("fix/login"));
        assert_eq!(
            branch_of(&dir.join("repo/src/deep")).as_deref(),
            Some("fix/login")
        );
        assert_eq!(branch_of(&dir.join("side")).as_deref(), Some("0123456"));
        fs_err::write(&head, "ref: refs/heads/\x1b[31m\n").unwrap();
        assert_eq!(branch_of(&dir.join("side")), None, "it would reach screens");
        assert_eq!(branch_of(&dir.join("nowhere")), None);
    }

    #[tokio::test]
    async fn one_that_cannot_be_read_keeps_nobody_and_stays_as_it_was() {
        let dir = tempfile::tempdir().unwrap().keep();
        fs_err::create_dir(dir.join(".git")).unwrap();
        let head = dir.join(".git/HEAD");
        fs_err::write(&head, "ref: refs/heads/main\n").unwrap();
        let branches = Branches::default();
        let wanted = HashSet::from([dir.clone()]);
        let main = Some("main".to_owned());
        assert_eq!(branches.of(wanted.clone()).await[&dir], main);
        branches.known().get_mut(&dir).unwrap().is_read = true;
        fs_err::write(&head, "ref: refs/heads/other\n").unwrap();
        assert_eq!(branches.of(wanted.clone()).await[&dir], main);
        branches.known().get_mut(&dir).unwrap().is_read = false;
        assert_eq!(branches.of(wanted).await[&dir].as_deref(), Some("other"));
        fs_err::remove_dir_all(dir).unwrap();
    }
}
