//! What rules for files have to know of this machine.

use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use codepiper_policy::{Context, Files};

static HOME: LazyLock<Option<PathBuf>> = LazyLock::new(|| std::env::var_os("HOME").map(Into::into));

/// Where paths lead on this machine, and where its home directory is.
pub(crate) fn context() -> Context<'static> {
    Context {
        home: HOME.as_deref(),
        roots: &[],
        files: &Disk,
    }
}

/// Follows links, part by part, as far as a path exists.
struct Disk;

impl Files for Disk {
    fn real(&self, path: &Path) -> PathBuf {
        let mut real = PathBuf::new();
        for part in path.components() {
            match part {
                Component::ParentDir => drop(real.pop()),
                Component::CurDir => {}
                Component::Prefix(_) | Component::RootDir => real.push(part),
                Component::Normal(name) => {
                    real.push(name);
                    if let Ok(followed) = fs_err::canonicalize(&real) {
                        real = followed;
                    }
                }
            }
        }
        real
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_as_far_as_a_path_exists() {
        let dir = tempfile::TempDir::new().unwrap();
        let root = dir.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("work/deep")).unwrap();
        std::fs::create_dir(root.join("secret")).unwrap();
        std::os::unix::fs::symlink(root.join("secret"), root.join("work/out")).unwrap();
        for (path, leads_to) in [
            ("work/deep/../new/file", "work/new/file"),
            ("work/out/key", "secret/key"),
            ("work/out/../x", "x"),
            ("work/none/../../secret", "secret"),
        ] {
            assert_eq!(Disk.real(&root.join(path)), root.join(leads_to), "{path}");
        }
    }
}
