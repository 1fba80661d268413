//! All files of a worktree as one tree, without touching the person's index.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use uuid::Uuid;

use super::Turns;
use crate::EngineError;
use crate::config::make_private;
use crate::git::repository::Repository;
use crate::git::run::Call;

/// How long it may take.
const TIME: Duration = Duration::from_secs(10);

/// The largest file that git does not know and that is kept; bytes.
const UNKNOWN_MAX: u64 = 10 * 1024 * 1024;

/// The files of a worktree at one moment.
pub(super) struct Snapshot {
    pub(super) tree: String,
    pub(super) root: PathBuf,
    /// The directory of the repository, which all its worktrees share.
    pub(super) git_dir: String,
    /// Files that are not in it, being too large or not readable, and when they were changed.
    pub(super) left_out: Vec<(String, SystemTime)>,
}

/// What is put into the index, and what is taken out of it; names as git wants them.
#[derive(Default)]
struct Changes {
    put: Vec<u8>,
    taken: Vec<u8>,
    left_out: Vec<(String, SystemTime)>,
}

impl Turns {
    /// Looks at the files of the worktree that a directory is in.
    pub(super) async fn snapshot(&self, cwd: &Path) -> Result<Snapshot, EngineError> {
        let repository = self.git.open(cwd).await?;
        let common = ["rev-parse", "--path-format=absolute", "--git-common-dir"];
        let git_dir = repository.line(&common).await?.unwrap_or_default();
        let lane = self.lane(Path::new(&git_dir));
        let _turn = lane.lock().await;
        let dir = self.dir.join(Uuid::now_v7().to_string());
        make_private(&self.dir)?;
        make_private(&dir)?;
        let _gone_at_the_end = Gone(dir.clone());
        // Nothing that is called here starts anything that would outlive it.
        let taken = tokio::time::timeout(TIME, take(&repository, &dir.join("index"))).await;
        let (tree, left_out) = taken.unwrap_or_else(|_| {
            let message = format!("the files could not be noted within {} s", TIME.as_secs());
            Err(EngineError::conflict("git_slow", message))
        })?;
        Ok(Snapshot {
            tree,
            root: repository.root,
            git_dir,
            left_out,
        })
    }
}

struct Gone(PathBuf);

impl Drop for Gone {
    fn drop(&mut self) {
        if let Err(error) = fs_err::remove_dir_all(&self.0) {
            tracing::warn!(%error, "cannot remove the copy of an index");
        }
    }
}

async fn take(
    repository: &Repository<'_>,
    index: &Path,
) -> Result<(String, Vec<(String, SystemTime)>), EngineError> {
    let dir = repository
        .line(&["rev-parse", "--absolute-git-dir"])
        .await?;
    let original = PathBuf::from(dir.unwrap_or_default()).join("index");
    let copy = index.to_owned();
    blocking(move || copied(&original, &copy)).await??;
    let settings = settings(repository).await?;
    let with = Call {
        index: Some(index),
        settings: &settings,
        ..Call::default()
    };
    let known = [
        "diff-files",
        "-z",
        "--name-status",
        "--ignore-submodules=dirty",
    ];
    let known = repository.call(&known, with).await?;
    let unknown = ["ls-files", "-z", "--others", "--exclude-standard"];
    let unknown = repository.call(&unknown, with).await?;
    if known.is_cut || unknown.is_cut {
        let message = "there are too many files that git does not know";
        return Err(EngineError::conflict("too_many_files", message));
    }
    let root = repository.root.clone();
    let changes = blocking(move || sorted(&root, &known.stdout, &unknown.stdout)).await?;
    // What is gone goes first: a directory may stand where a file was, and the other way round.
    for (paths, how) in [
        (&changes.taken, &["--force-remove"][..]),
        (&changes.put, &["--add", "--remove", "--replace"]),
    ] {
        if !paths.is_empty() {
            let args = ["update-index"].into_iter().chain(how.iter().copied());
            let args: Vec<_> = args.chain(["-z", "--stdin"]).collect();
            let call = Call {
                input: paths,
                ..with
            };
            repository.call(&args, call).await?;
        }
    }
    let tree = repository
        .call(&["write-tree", "--missing-ok"], with)
        .await?;
    Ok((tree.text(), changes.left_out))
}

/// Copies the index, which knows what has not changed. Its time stays: by that git knows which files
/// may have changed after it looked at them.
fn copied(original: &Path, copy: &Path) -> Result<(), EngineError> {
    let meta = match fs_err::metadata(original) {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    fs_err::copy(original, copy)?;
    let file = fs_err::OpenOptions::new().write(true).open(copy)?;
    file.file().set_modified(meta.modified()?)?;
    Ok(())
}

/// Nothing of what a repository's configuration names is run: an agent may have written that, and we
/// are not in its sandbox.
async fn settings(repository: &Repository<'_>) -> Result<Vec<(String, &'static str)>, EngineError> {
    let list = ["config", "-z", "--name-only", "--get-regexp", "^filter\\."];
    let listed = repository.whatever(&list).await?.text();
    let filters = listed.split('\0').filter_map(|name| name.rsplit_once('.'));
    let filters: HashSet<&str> = filters.map(|(filter, _)| filter).collect();
    let off = [("clean", ""), ("process", ""), ("required", "false")];
    let off = |filter: &str| off.map(|(name, value)| (format!("{filter}.{name}"), value));
    let mut settings: Vec<_> = filters.into_iter().flat_map(off).collect();
    for (name, value) in [
        ("core.logAllRefUpdates", "false"),
        ("core.safecrlf", "false"),
        ("core.splitIndex", "false"),
    ] {
        settings.push((name.to_owned(), value));
    }
    Ok(settings)
}

/// What is to be put and taken, of `diff-files --name-status -z` and `ls-files --others -z`.
fn sorted(root: &Path, known: &[u8], unknown: &[u8]) -> Changes {
    let mut changes = Changes::default();
    let mut fields = known.split(|byte| *byte == 0);
    while let (Some(letter), Some(path)) = (fields.next(), fields.next()) {
        if letter == b"D" {
            changes.taken.extend([path, b"\0"].concat());
        } else {
            changes.put(root, path, None);
        }
    }
    // A repository in the worktree has a slash at its end; what is in that is its own.
    let unknown = unknown.split(|byte| *byte == 0);
    for path in unknown.filter(|path| !path.is_empty() && !path.ends_with(b"/")) {
        changes.put(root, path, Some(UNKNOWN_MAX));
    }
    changes
}

impl Changes {
    fn put(&mut self, root: &Path, path: &[u8], most: Option<u64>) {
        let place = root.join(OsStr::from_bytes(path));
        if let Ok(meta) = place.symlink_metadata()
            && meta.is_file()
        {
            let is_readable = rustix::fs::access(&place, rustix::fs::Access::READ_OK).is_ok();
            if !is_readable || most.is_some_and(|most| meta.len() > most) {
                let name = String::from_utf8_lossy(path).into_owned();
                let changed = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                self.left_out.push((name, changed));
                return;
            }
        }
        self.put.extend([path, b"\0"].concat());
    }
}

async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> T + Send + 'static,
) -> Result<T, EngineError> {
    let done = tokio::task::spawn_blocking(job).await;
    done.map_err(EngineError::internal)
}
