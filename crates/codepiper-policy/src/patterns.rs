use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::PolicyError;
use crate::glob::Glob;

/// One pattern or a list of them. Of a list any may match; one that begins with `!` must not, and
/// a list of nothing but such ones matches everything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged, expecting = "this takes a pattern or a list of patterns")]
pub enum Patterns {
    /// One pattern.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// Patterns that can be asked.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    wanted: Vec<Glob>,
    unwanted: Vec<Glob>,
}

impl Patterns {
    pub(crate) fn compile(&self, path: &str) -> Result<Compiled, PolicyError> {
        let (list, is_list) = match self {
            Self::One(pattern) => (std::slice::from_ref(pattern), false),
            Self::Many(patterns) => (patterns.as_slice(), true),
        };
        if list.is_empty() {
            return Err(PolicyError::new(
                path,
                "an empty list matches nothing; remove it",
            ));
        }
        let mut compiled = Compiled {
            wanted: Vec::new(),
            unwanted: Vec::new(),
        };
        for (i, pattern) in list.iter().enumerate() {
            let path = if is_list {
                format!("{path}[{i}]")
            } else {
                path.to_owned()
            };
            // `!(…)` is a form of its own, which the glob refuses with a better message.
            let negative = pattern
                .strip_prefix('!')
                .filter(|rest| !rest.starts_with('('));
            let glob = Glob::new(negative.unwrap_or(pattern));
            let glob = glob.map_err(|message| PolicyError::new(path, message))?;
            match negative {
                Some(_) => compiled.unwanted.push(glob),
                None => compiled.wanted.push(glob),
            }
        }
        Ok(compiled)
    }
}

impl Compiled {
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.wants(text) && !self.refuses(text)
    }

    /// Whether a pattern matches, or there is none but negative ones.
    pub(crate) fn wants(&self, text: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|glob| glob.matches(text))
    }

    /// Whether a negative pattern matches.
    pub(crate) fn refuses(&self, text: &str) -> bool {
        self.unwanted.iter().any(|glob| glob.matches(text))
    }

    /// The same for a text that stands for the names of files.
    pub(crate) fn may_want(&self, text: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|glob| glob.may_match(text))
    }

    /// The same, but for patterns that match everything.
    pub(crate) fn may_want_by_name(&self, text: &str) -> bool {
        let named = self.wanted.iter().filter(|glob| !matches!(glob, Glob::Any));
        named.into_iter().any(|glob| glob.may_match(text))
    }

    pub(crate) fn has_unwanted(&self) -> bool {
        !self.unwanted.is_empty()
    }

    /// Whether a text that is not there is meant: one that only must not be something.
    pub(crate) fn matches_absence(&self) -> bool {
        self.wanted.is_empty()
    }
}
