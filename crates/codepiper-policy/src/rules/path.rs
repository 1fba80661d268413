use std::path::Path;

use codepiper_model::Verdict;
use serde::{Deserialize, Serialize};

use crate::access::{Access, Accesses};
use crate::operands::Mode;
use crate::patterns::Compiled;
use crate::{Context, Patterns, PolicyError};

/// The files that a call reads or writes. A pattern is held against the whole path, against
/// `~/…` below the home directory, and against the path below the working directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathRule {
    /// Files that are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Patterns>,
    /// Files that are written, made, changed or removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<Patterns>,
    /// Either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub any: Option<Patterns>,
    /// Where the files are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
}

/// A place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Within {
    /// Below the working directory or another root of the workspace.
    Workspace,
}

/// The same, ready to be asked.
#[derive(Clone, Debug)]
pub(crate) struct PathMatcher {
    read: Option<Compiled>,
    write: Option<Compiled>,
    any: Option<Compiled>,
    within: Option<Within>,
}

impl PathRule {
    pub(crate) fn compile(&self) -> Result<PathMatcher, PolicyError> {
        let patterns = [&self.read, &self.write, &self.any];
        if patterns.iter().all(|patterns| patterns.is_none()) && self.within.is_none() {
            return Err(PolicyError::new(
                "path",
                "it takes `read`, `write`, `any` or `within`",
            ));
        }
        let compile = |patterns: &Option<Patterns>, path| {
            patterns.as_ref().map(|it| it.compile(path)).transpose()
        };
        Ok(PathMatcher {
            read: compile(&self.read, "path.read")?,
            write: compile(&self.write, "path.write")?,
            any: compile(&self.any, "path.any")?,
            within: self.within,
        })
    }
}

impl PathMatcher {
    /// An `allow` needs to know every file, and where each really is; a command that is known to
    /// open none has none elsewhere. The others need one file by either of its paths.
    pub(crate) fn matches(
        &self,
        accesses: &Accesses,
        action: Verdict,
        cwd: &Path,
        context: &Context<'_>,
    ) -> bool {
        let list = &accesses.list;
        match action {
            Verdict::Allow => {
                accesses.are_all
                    && list.iter().all(|access| {
                        let texts = spellings(&access.real, cwd, context);
                        self.covers(access, |patterns| {
                            texts.iter().any(|text| patterns.wants(text))
                                && !texts.iter().any(|text| patterns.refuses(text))
                        })
                    })
            }
            Verdict::Ask | Verdict::Deny => list.iter().any(|access| {
                let by_path = |path: &Path| {
                    let texts = spellings(path, cwd, context);
                    self.covers(access, |patterns| {
                        // A directory is what is in it.
                        let wanted = |text: &String| {
                            patterns.may_want(text) || patterns.wants(&format!("{text}/"))
                        };
                        texts.iter().any(wanted) && !texts.iter().any(|text| patterns.refuses(text))
                    })
                };
                by_path(&access.real) || access.written != access.real && by_path(&access.written)
            }),
        }
    }

    fn covers(&self, access: &Access, matches: impl Fn(&Compiled) -> bool) -> bool {
        let for_mode = match access.mode {
            Mode::Read => self.read.as_ref(),
            Mode::Write => self.write.as_ref(),
        };
        let has_patterns = self.read.is_some() || self.write.is_some() || self.any.is_some();
        let is_named = !has_patterns
            || for_mode.is_some_and(&matches)
            || self.any.as_ref().is_some_and(&matches);
        is_named && self.within.is_none_or(|Within::Workspace| access.is_inside)
    }
}

/// The ways to write a path that a pattern may be meant for.
fn spellings(path: &Path, cwd: &Path, context: &Context<'_>) -> Vec<String> {
    let mut texts = vec![path.to_string_lossy().into_owned()];
    if let Some(below) = context.home.and_then(|home| path.strip_prefix(home).ok()) {
        texts.push(format!("~/{}", below.display()));
    }
    if let Ok(below) = path.strip_prefix(cwd) {
        texts.push(below.to_string_lossy().into_owned());
    }
    texts
}
