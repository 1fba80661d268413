//! Names that come from outside: nothing that git would take for an option, and no path out of the
//! repository.

use std::path::{Component, Path};

use crate::EngineError;

/// A branch, a tag, a commit, or something before one of these.
pub(super) fn checked_ref<'a>(field: &str, name: &'a str) -> Result<&'a str, EngineError> {
    let is_part = |c: char| c.is_alphanumeric() || "._-/~^{}@+#".contains(c);
    let is_good = (1..=256).contains(&name.len())
        && !name.starts_with('-')
        && !name.contains("..")
        && name.chars().all(is_part);
    if is_good {
        return Ok(name);
    }
    let message = format!("`{field}` is a branch, a tag or a commit");
    Err(EngineError::invalid(field, message))
}

/// A path in the repository.
pub(super) fn checked_path<'a>(field: &str, path: &'a str) -> Result<&'a str, EngineError> {
    let mut parts = Path::new(path).components();
    let is_plain = |part| matches!(part, Component::Normal(name) if name != ".git");
    let is_good = (1..=4096).contains(&path.len()) && !path.contains('\0') && parts.all(is_plain);
    if is_good {
        return Ok(path);
    }
    let shown: String = path.chars().take(100).collect();
    let message = format!("`{shown}` is no path in the repository");
    Err(EngineError::invalid(field, message))
}

/// Paths, at least one.
pub(super) fn checked_paths(paths: &[String]) -> Result<Vec<&str>, EngineError> {
    if paths.is_empty() || paths.len() > 10_000 {
        let message = "`paths` takes 1 to 10000 paths";
        return Err(EngineError::invalid("paths", message));
    }
    let check =
        |(i, path): (usize, &'_ String)| checked_path(&format!("paths[{i}]"), path).map(drop);
    paths.iter().enumerate().try_for_each(check)?;
    Ok(paths.iter().map(String::as_str).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_out_or_looks_like_an_option_is_no_name() {
        for path in ["a", "a/b c", "-x", "ä/ö", "a/.github"] {
            assert!(checked_path("path", path).is_ok(), "{path}");
        }
        for path in [
            "",
            "/etc",
            "../x",
            "a/../b",
            ".git/config",
            "a/.git/x",
            "a\0b",
        ] {
            assert!(checked_path("path", path).is_err(), "{path}");
        }
        for name in ["main", "feature/x", "HEAD~2", "v1.0^{}", "@{u}"] {
            assert!(checked_ref("ref", name).is_ok(), "{name}");
        }
        for name in ["", "--output=x", "a..b", "a b", "a:b", "a\nb"] {
            assert!(checked_ref("ref", name).is_err(), "{name}");
        }
    }
}
