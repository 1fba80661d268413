use std::path::Path;

use serde::Serialize;
use utoipa::ToSchema;

use super::{DiffOf, GitReview};
use crate::EngineError;

/// How much of a file differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileStat {
    /// Where it is.
    pub path: String,
    /// The name that it had.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub orig_path: Option<String>,
    /// Lines that came; none: it has no lines.
    pub additions: Option<u64>,
    /// Lines that went.
    pub deletions: Option<u64>,
}

impl GitReview {
    /// How much differs, file by file.
    pub async fn diff_stat(&self, cwd: &Path, of: &DiffOf) -> Result<Vec<FileStat>, EngineError> {
        let repository = self.open(cwd).await?;
        let mut args = of.args(&repository, &["--numstat", "-z"])?;
        args.push("--".to_owned());
        args.extend(of.paths()?.into_iter().map(str::to_owned));
        Ok(read(&repository.look(&args).await?.stdout))
    }
}

/// Reads `--numstat -z` (<https://git-scm.com/docs/git-diff#_other_diff_formats>).
fn read(output: &[u8]) -> Vec<FileStat> {
    let text = String::from_utf8_lossy(output);
    let mut files = Vec::new();
    let mut entries = text.split('\0');
    while let Some(entry) = entries.next() {
        let mut fields = entry.trim_start_matches('\n').splitn(3, '\t');
        let (Some(added), Some(removed), Some(path)) =
            (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let (orig_path, path) = if path.is_empty() {
            (entries.next(), entries.next().unwrap_or_default())
        } else {
            (None, path)
        };
        files.push(FileStat {
            path: path.to_owned(),
            orig_path: orig_path.map(str::to_owned),
            additions: added.parse().ok(),
            deletions: removed.parse().ok(),
        });
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_and_binaries_are_read() {
        let files = read(b"1\t2\ta b\0-\t-\timage.png\x003\t0\t\0old\0new\0");
        let short = |f: &FileStat| {
            format!(
                "{:?} {:?} {:?} {}",
                f.additions, f.deletions, f.orig_path, f.path
            )
        };
        let read: Vec<_> = files.iter().map(short).collect();
        assert_eq!(
            read,
            [
                "Some(1) Some(2) None a b",
                "None None None image.png",
                "Some(3) Some(0) Some(\"old\") new"
            ]
        );
    }
}
