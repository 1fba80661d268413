//! What rules for files have to know of this machine.

use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use codepiper_policy::Files;

pub(super) static HOME: LazyLock<Option<PathBuf>> =
    LazyLock::new(|| std::env::var_os("HOME").map(Into::into));

/// Follows links, part by part, also those that lead to what is not there yet.
pub(super) struct Disk;

/// As many links as Linux follows for one path.
const LINKS_MAX: usize = 40;

impl Files for Disk {
    fn real(&self, path: &Path) -> Option<PathBuf> {
        let mut real = PathBuf::new();
        let mut ahead = path.to_path_buf();
        let mut links = 0;
        loop {
            let mut parts = ahead.components();
            let Some(part) = parts.next() else {
                return Some(real);
            };
            let rest = parts.as_path();
            let next = match part {
                Component::ParentDir => {
                    real.pop();
                    rest.to_path_buf()
                }
                Component::CurDir => rest.to_path_buf(),
                Component::Prefix(_) | Component::RootDir => {
                    real.push(part);
                    rest.to_path_buf()
                }
                Component::Normal(name) => {
                    let link = real.join(name);
                    if let Ok(target) = fs_err::read_link(&link) {
                        links += 1;
                        if links > LINKS_MAX {
                            return None;
                        }
                        target.join(rest)
                    } else {
                        // The name in the case that the file system keeps.
                        real = fs_err::canonicalize(&link).unwrap_or(link);
                        rest.to_path_buf()
                    }
                }
            };
            ahead = next;
        }
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
        for (link, target) in [
            ("work/later", root.join("secret/later")),
            ("work/up", "../secret/later".into()),
            ("work/to-up", "up".into()),
            ("work/round", "about".into()),
            ("work/about", "round".into()),
        ] {
            std::os::unix::fs::symlink(target, root.join(link)).unwrap();
        }
        for (path, leads_to) in [
            ("work/deep/../new/file", "work/new/file"),
            ("work/out/key", "secret/key"),
            ("work/out/../x", "x"),
            ("work/none/../../secret", "secret"),
            ("work/later", "secret/later"),
            ("work/up", "secret/later"),
            ("work/to-up/x", "secret/later/x"),
            ("work/deep/../to-up/../../x", "x"),
        ] {
            let real = Disk.real(&root.join(path));
            assert_eq!(real, Some(root.join(leads_to)), "{path}");
        }
        assert_eq!(Disk.real(&root.join("work/round/x")), None);
    }
}
