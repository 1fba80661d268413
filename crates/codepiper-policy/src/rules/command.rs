use codepiper_model::Verdict;

use crate::patterns::Compiled;
use crate::shell::Command;

/// Patterns for a simple command: `program argument argument`, without quotes.
#[derive(Clone, Debug)]
pub(crate) struct CommandMatcher(pub(crate) Compiled);

impl CommandMatcher {
    /// An `allow` needs to know what runs: every spelling of it is held against the negative
    /// patterns, and what is computed never matches. The others take every guess.
    pub(crate) fn matches(&self, command: &Command, action: Verdict, has_path: bool) -> bool {
        let patterns = &self.0;
        let texts = command.texts.iter().map(String::as_str);
        if action != Verdict::Allow {
            let guesses = command.guesses.iter().map(String::as_str);
            let mut all = texts.chain(guesses);
            return all.any(|text| patterns.may_want(text) && !patterns.refuses(text));
        }
        // A pattern for a command is not meant for the file that a shell opens beside it.
        let is_meant = command.redirect.is_none() || has_path;
        command.doubt.is_none()
            && is_meant
            && !(command.has_globs() && patterns.has_unwanted())
            && texts.clone().any(|text| patterns.wants(text))
            && !texts.clone().any(|text| patterns.refuses(text))
    }
}
