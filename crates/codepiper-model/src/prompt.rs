use std::fmt;

/// A text for an agent's prompt, made harmless: it means itself and nothing else.
///
/// At the prompt of both Claude Code and Codex a leading `!` runs a shell without any
/// permission, a leading `/` commands the agent, a trailing `\` turns Enter into a new line, and
/// Enter after a trailing `@word` picks a completion. One blank before or behind takes all of
/// these meanings away, and the agents trim it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptText(String);

/// A text that no terminal could be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptTextError {
    /// There is nothing in it.
    Empty,
    /// It has a NUL, which neither tmux nor an argument can carry.
    Nul,
    /// It has an escape sequence that would end the paste early.
    PasteEnd,
}

impl fmt::Display for PromptTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the text is empty",
            Self::Nul => "the text has a NUL character, which no terminal takes",
            Self::PasteEnd => "the text has the escape sequence that ends a paste (ESC [ 201 ~)",
        })
    }
}

impl std::error::Error for PromptTextError {}

impl PromptText {
    /// Disarms `text`.
    pub fn literal(text: &str) -> Result<Self, PromptTextError> {
        let mut text = checked(text)?.to_owned();
        if text.trim_start().starts_with(['!', '/', '#']) && !text.starts_with(' ') {
            text.insert(0, ' ');
        }
        let last_word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
        if text.ends_with('\\') || last_word.starts_with('@') {
            text.push(' ');
        }
        Ok(Self(text))
    }

    /// Takes `text` as it stands, for a slash command that is meant as one.
    pub fn command(text: &str) -> Result<Self, PromptTextError> {
        Ok(Self(checked(text)?.to_owned()))
    }

    /// What is to be typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn checked(text: &str) -> Result<&str, PromptTextError> {
    if text.trim().is_empty() {
        Err(PromptTextError::Empty)
    } else if text.contains('\0') {
        Err(PromptTextError::Nul)
    } else if text.contains("\u{1b}[201~") {
        Err(PromptTextError::PasteEnd)
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> String {
        PromptText::literal(text).unwrap().as_str().to_owned()
    }

    #[test]
    fn shell_and_slash_become_plain_text() {
        assert_eq!(literal("!rm -rf x"), " !rm -rf x");
        assert_eq!(literal("/clear"), " /clear");
        assert_eq!(literal("\n/clear"), " \n/clear");
        assert_eq!(literal("a /clear"), "a /clear");
    }

    #[test]
    fn endings_that_would_swallow_enter_get_a_blank() {
        assert_eq!(literal("path\\"), "path\\ ");
        assert_eq!(literal("look at @src/main.rs"), "look at @src/main.rs ");
        assert_eq!(literal("mail@host"), "mail@host");
    }

    #[test]
    fn what_no_terminal_takes_is_refused() {
        assert_eq!(PromptText::literal("  "), Err(PromptTextError::Empty));
        assert_eq!(PromptText::literal("a\0b"), Err(PromptTextError::Nul));
        assert_eq!(
            PromptText::literal("a\u{1b}[201~b"),
            Err(PromptTextError::PasteEnd)
        );
    }
}
