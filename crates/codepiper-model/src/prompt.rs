use std::fmt;

/// A text for an agent's prompt, made harmless: it means itself and nothing else.
///
/// At the prompt of both Claude Code and Codex a leading `!` runs a shell without any
/// permission, a leading `/` commands the agent, a trailing `\` turns Enter into a new line, and
/// Enter after a trailing `@word`, or `$word` with Codex, picks a completion. One blank before or
/// behind takes all of these meanings away, and the agents trim it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptText(String);

/// A text that no terminal could be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptTextError {
    /// There is nothing in it.
    Empty,
    /// It has a NUL, which neither tmux nor an argument can carry.
    Nul,
    /// It has an escape or another control character, which agents strip or obey: what is left
    /// would mean something else.
    Control(char),
}

impl fmt::Display for PromptTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the text is empty"),
            Self::Nul => f.write_str("the text has a NUL character, which no terminal takes"),
            Self::Control(c) => write!(
                f,
                "the text has the control character U+{:04X}; remove it (newlines and tabs are fine)",
                u32::from(*c)
            ),
        }
    }
}

impl std::error::Error for PromptTextError {}

impl PromptText {
    /// Disarms `text`. Line ends of every kind become newlines.
    pub fn literal(text: &str) -> Result<Self, PromptTextError> {
        let mut text = checked(text)?;
        // Whatever is no letter or digit could be, or could hide, what an agent takes for a sign.
        if !text.starts_with(|c: char| c.is_alphanumeric() || c == ' ') {
            text.insert(0, ' ');
        }
        let last_word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
        if text.ends_with('\\') || last_word.starts_with(['@', '$']) {
            text.push(' ');
        }
        Ok(Self(text))
    }

    /// Takes `text` for the slash command that it names. Of a name with a blank behind it an agent
    /// seldom makes another one of its menu.
    pub fn command(text: &str) -> Result<Self, PromptTextError> {
        let mut text = checked(text)?;
        if !text.contains(char::is_whitespace) {
            text.push(' ');
        }
        Ok(Self(text))
    }

    /// What is to be typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn checked(text: &str) -> Result<String, PromptTextError> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if text.contains('\0') {
        return Err(PromptTextError::Nul);
    }
    if let Some(control) = text
        .chars()
        .find(|c| c.is_control() && !matches!(c, '\n' | '\t'))
    {
        return Err(PromptTextError::Control(control));
    }
    if text.trim().is_empty() {
        Err(PromptTextError::Empty)
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
        assert_eq!(literal("\u{200b}!x"), " \u{200b}!x");
        assert_eq!(literal("a\r\nb\rc"), "a\nb\nc");
    }

    #[test]
    fn a_command_is_the_one_that_was_named() {
        let command = |text: &str| PromptText::command(text).unwrap().as_str().to_owned();
        assert_eq!(command("/clear"), "/clear ");
        assert_eq!(command("/model opus"), "/model opus");
    }

    #[test]
    fn endings_that_would_swallow_enter_get_a_blank() {
        assert_eq!(literal("path\\"), "path\\ ");
        assert_eq!(literal("look at @src/main.rs"), "look at @src/main.rs ");
        assert_eq!(literal("what is $i"), "what is $i ");
        assert_eq!(literal("$"), " $ ");
        assert_eq!(literal("mail@host costs 5$"), "mail@host costs 5$");
    }

    #[test]
    fn what_no_terminal_takes_is_refused() {
        assert_eq!(PromptText::literal("  "), Err(PromptTextError::Empty));
        assert_eq!(PromptText::literal("a\0b"), Err(PromptTextError::Nul));
    }

    #[test]
    fn what_agents_would_strip_is_refused() {
        // Without the escape sequence `!` would come first.
        for text in [
            "\u{1b}[0m!touch x",
            "a\u{1b}[201~b",
            "a\u{9b}b",
            "\u{8}!x",
            "x\\\u{1b}[m",
        ] {
            let refused = PromptText::literal(text);
            assert!(
                matches!(refused, Err(PromptTextError::Control(_))),
                "{text:?}"
            );
        }
    }

    #[test]
    fn hidden_characters_hide_no_sign_and_line_ends_are_newlines() {
        assert_eq!(literal("\u{200b}!x"), " \u{200b}!x");
        assert_eq!(literal("a\r\nb\rc"), "a\nb\nc");
    }
}
