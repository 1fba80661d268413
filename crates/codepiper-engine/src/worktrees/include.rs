//! Copies what git ignores and a person named in `.worktreeinclude`, such as `.env`, into a new
//! worktree: patterns as in `.gitignore`. Nothing is taken from outside of the repository, and
//! nothing is written outside of the worktree or over what is there.

use std::ffi::OsStr;
use std::fs::{DirBuilder, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _, symlink};
use std::path::{Component, Path, PathBuf};

use super::git::{Git, refused};
use crate::EngineError;

const FILE: &str = ".worktreeinclude";
const FILES_MAX: usize = 20_000;
const BYTES_MAX: u64 = 1024 * 1024 * 1024;

pub(super) async fn copy(git: &Git, root: &Path, worktree: &Path) -> Result<(), EngineError> {
    let list = root.join(FILE);
    if !list.symlink_metadata().is_ok_and(|meta| meta.is_file()) {
        return Ok(());
    }
    let mut from = std::ffi::OsString::from("--exclude-from=");
    from.push(&list);
    let asked = ["ls-files", "-z", "--others", "--ignored"].map(OsStr::new);
    let said = git
        .ask(root, asked.into_iter().chain([from.as_os_str()]))
        .await?
        .ok()?;
    let files = said.out.split(|byte| *byte == 0);
    // A repository in the repository ends with a slash.
    let files = files.filter(|name| !name.is_empty() && !name.ends_with(b"/"));
    let files: Vec<PathBuf> = files.map(|name| OsStr::from_bytes(name).into()).collect();
    if files.len() > FILES_MAX {
        return Err(too_much());
    }
    let (root, worktree) = (root.to_owned(), worktree.to_owned());
    let copied = tokio::task::spawn_blocking(move || copy_all(&root, &worktree, &files));
    copied.await.map_err(EngineError::internal)?
}

fn copy_all(root: &Path, worktree: &Path, files: &[PathBuf]) -> Result<(), EngineError> {
    let mut left = BYTES_MAX;
    for file in files {
        let (source, target) = (root.join(file), worktree.join(file));
        let Ok(meta) = source.symlink_metadata() else {
            continue;
        };
        if source.starts_with(worktree) || !make_parents(root, worktree, file)? {
            continue;
        }
        if meta.is_symlink() {
            let inside = source
                .canonicalize()
                .is_ok_and(|goal| goal.starts_with(root));
            let goal = std::fs::read_link(&source)?;
            if inside && goal.is_relative() && !target.exists() {
                drop(symlink(goal, target));
            }
        } else if meta.is_file() {
            left = left.checked_sub(meta.len()).ok_or_else(too_much)?;
            copy_file(&source, &target, left)?;
        }
    }
    Ok(())
}

/// Makes the directories above a file. `false` where one of them is none, on either side.
fn make_parents(root: &Path, worktree: &Path, file: &Path) -> Result<bool, EngineError> {
    let (mut source, mut target) = (root.to_owned(), worktree.to_owned());
    let is_dir = |path: &Path| path.symlink_metadata().is_ok_and(|meta| meta.is_dir());
    for part in file.parent().unwrap_or(Path::new("")).components() {
        let Component::Normal(part) = part else {
            return Ok(false);
        };
        source.push(part);
        target.push(part);
        let Ok(meta) = source.symlink_metadata() else {
            return Ok(false);
        };
        let mode = meta.permissions().mode() & 0o777;
        match DirBuilder::new().mode(mode | 0o700).create(&target) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
        if !meta.is_dir() || !is_dir(&target) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn copy_file(source: &Path, target: &Path, left: u64) -> Result<(), EngineError> {
    use std::io::Read as _;
    let no_follow = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    let Ok(from) = OpenOptions::new()
        .read(true)
        .custom_flags(no_follow)
        .open(source)
    else {
        // What cannot be read is missing in the worktree, too.
        return Ok(());
    };
    let mode = from.metadata()?.permissions().mode() & 0o777;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(mode);
    let mut to = match options.open(target) {
        Ok(to) => to,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    // It may grow while it is read.
    let most = from.metadata()?.len().saturating_add(left);
    std::io::copy(&mut from.take(most), &mut to)?;
    Ok(())
}

fn too_much() -> EngineError {
    refused(&format!(
        "`{FILE}` names over {FILES_MAX} files or over 1 GiB; name less, or make it in the setup script"
    ))
}
