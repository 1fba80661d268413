use codepiper_model::Verdict;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Access, Accesses};
use crate::operands::Mode;
use crate::patterns::Compiled;
use crate::{Patterns, PolicyError};

/// The files that a call reads or writes. A pattern is held against the whole path, against
/// `~/…` below the home directory, and against the path below the session's directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PathRule {
    /// Files that are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub read: Option<Patterns>,
    /// Files that are written, made, changed or removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub write: Option<Patterns>,
    /// Either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub any: Option<Patterns>,
    /// Where the files are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub within: Option<Within>,
}

/// A place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Within {
    /// Below the session's directory, or in the git worktree that this is in.
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
    pub(crate) fn matches(&self, accesses: &Accesses, action: Verdict) -> bool {
        let files = &accesses.list;
        if action == Verdict::Allow {
            let mut files = files.iter().filter(|access| access.is_certain);
            return accesses.are_all
                && files.all(|access| {
                    self.covers(access, |patterns| {
                        let texts = &access.real.texts;
                        texts.iter().any(|text| patterns.wants(text))
                            && !texts.iter().any(|text| patterns.refuses(text))
                    })
                });
        }
        files.iter().any(|access| {
            let names = || std::iter::once(&access.real).chain(&access.written);
            self.covers(access, |patterns| {
                names().any(|name| {
                    let mut wanted = name.texts.iter().chain(&name.as_directory);
                    // A pattern for everything is not meant for what may be no file.
                    let wants = |text: &String| {
                        if access.is_certain {
                            patterns.may_want(text)
                        } else {
                            patterns.may_want_by_name(text)
                        }
                    };
                    wanted.any(wants) && !name.texts.iter().any(|text| patterns.refuses(text))
                })
            })
        })
    }

    fn covers(&self, access: &Access, matches: impl Fn(&Compiled) -> bool) -> bool {
        let for_mode = match access.mode {
            Mode::Read => self.read.as_ref(),
            Mode::Write => self.write.as_ref(),
        };
        let has_patterns = self.read.is_some() || self.write.is_some() || self.any.is_some();
        let is_named = !has_patterns && access.is_certain
            || for_mode.is_some_and(&matches)
            || self.any.as_ref().is_some_and(&matches);
        is_named && self.within.is_none_or(|Within::Workspace| access.is_inside)
    }
}
