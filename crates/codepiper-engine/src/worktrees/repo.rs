//! The repository that a directory is in, as git sees it.

use std::path::{Path, PathBuf};

use super::git::{Git, refused};
use crate::EngineError;

/// Submodules in submodules: more than anybody has.
const NESTED_MAX: usize = 8;

/// A repository, seen from a directory in it.
pub(super) struct Repo {
    /// The main worktree, or the directory of a bare repository.
    pub(super) root: PathBuf,
    /// Whether there is no main worktree.
    pub(super) is_bare: bool,
    /// Where in its worktree the directory is.
    pub(super) prefix: PathBuf,
    /// Where worktrees of it go.
    pub(super) place: PathBuf,
    /// The branch that the directory is on.
    pub(super) branch: Option<String>,
    /// The commit that it is on; none where there is none yet.
    pub(super) commit: Option<String>,
}

impl Repo {
    pub(super) async fn at(git: &Git, dir: &Path) -> Result<Self, EngineError> {
        let asked = [
            "rev-parse",
            "--path-format=absolute",
            "--git-dir",
            "--git-common-dir",
            "--is-bare-repository",
            "--is-inside-work-tree",
        ];
        let said = git.ask(dir, asked).await?.ok()?;
        let [own, common, is_bare, is_inside] = lines(said.text()?)?;
        let (is_bare, is_inside) = (is_bare == "true", is_inside == "true");
        let (mut top, mut prefix) = (None, PathBuf::new());
        if is_inside {
            let asked = [
                "rev-parse",
                "--path-format=absolute",
                "--show-toplevel",
                "--show-prefix",
            ];
            let said = git.ask(dir, asked).await?.ok()?;
            let [toplevel, below] = lines(said.text()?)?;
            (top, prefix) = (Some(PathBuf::from(toplevel)), PathBuf::from(below));
        }
        let common_dir = Path::new(common);
        let root = match top {
            Some(top) if own == common => top,
            _ => main_root(git, common_dir).await?,
        };
        Ok(Self {
            is_bare: is_bare || root == common_dir,
            place: place(git, &root).await?,
            prefix,
            branch: word(git, dir, &["symbolic-ref", "--quiet", "--short", "HEAD"]).await?,
            commit: word(
                git,
                dir,
                &["rev-parse", "--quiet", "--verify", "HEAD^{commit}"],
            )
            .await?,
            root,
        })
    }
}

/// The main worktree, seen from one beside it.
async fn main_root(git: &Git, common: &Path) -> Result<PathBuf, EngineError> {
    if common.file_name() == Some(".git".as_ref())
        && let Some(parent) = common.parent()
    {
        return Ok(parent.to_owned());
    }
    // A submodule's directory is kept elsewhere, and says where its files are.
    let named = word(git, common, &["config", "--get", "core.worktree"]).await?;
    let named = named.and_then(|named| fs_err::canonicalize(common.join(named)).ok());
    Ok(named.unwrap_or_else(|| common.to_owned()))
}

/// Beside the repository, and beside the one that it is a submodule of: in that, it would be new files.
async fn place(git: &Git, root: &Path) -> Result<PathBuf, EngineError> {
    let mut outer = root.to_owned();
    for _ in 0..NESTED_MAX {
        let asked = ["rev-parse", "--show-superproject-working-tree"];
        match word(git, &outer, &asked).await? {
            Some(above) => outer = PathBuf::from(above),
            None => break,
        }
    }
    let name = |dir: &Path| {
        let name = dir.file_name()?.to_str()?;
        let name = name.strip_suffix(".git").unwrap_or(name);
        (!name.is_empty() && !name.starts_with('.')).then(|| name.to_owned())
    };
    // A bare repository is often a hidden directory in the project's own.
    let hidden = root
        .parent()
        .filter(|_| outer == root && name(root).is_none());
    let named = hidden.unwrap_or(root);
    let outer = hidden.unwrap_or(&outer);
    let name = name(named).unwrap_or_else(|| "repository".to_owned());
    let parent = outer.parent().unwrap_or(outer);
    Ok(parent.join(format!("{name}-worktrees")))
}

/// What git answers in one line; nothing where it has no answer.
pub(super) async fn word(
    git: &Git,
    dir: &Path,
    asked: &[&str],
) -> Result<Option<String>, EngineError> {
    let said = git.ask(dir, asked).await?;
    if !said.is_ok {
        return Ok(None);
    }
    Ok(Some(said.text()?.to_owned()).filter(|text| !text.is_empty()))
}

fn lines<const N: usize>(text: &str) -> Result<[&str; N], EngineError> {
    let lines: Vec<&str> = text.split('\n').collect();
    lines
        .try_into()
        .map_err(|_| refused("git names a path with a line break in it"))
}
