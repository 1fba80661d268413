/// An option of a dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The number that chooses it, without Enter.
    pub number: u8,
    /// What it says.
    pub text: String,
    /// What choosing it does.
    pub meaning: Meaning,
}

/// What an option does, as far as its text tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Allows this, once.
    Yes,
    /// Allows this and more: later ones like it, or without asking.
    YesAndMore,
    /// Refuses this.
    No,
    /// Something else.
    Other,
}

/// The texts that allow one thing once.
const ONCE: [&str; 4] = [
    "Yes, proceed",
    "Yes, grant these permissions for this turn",
    "Allow",
    "Yes",
];

impl Meaning {
    fn of(text: &str) -> Self {
        // A key in parentheses, and after two blanks what an option does in more words.
        let text = text.split("  ").next().unwrap_or_default();
        let text = match text.rsplit_once(" (") {
            Some((text, key)) if key.len() <= 4 && key.ends_with(')') => text,
            _ => text,
        };
        if ONCE.contains(&text) {
            Self::Yes
        } else if text.starts_with("Yes") || text.starts_with("Allow") || text.starts_with("Always")
        {
            Self::YesAndMore
        } else if text == "No" || text.starts_with("No, ") || text == "Cancel" {
            Self::No
        } else {
            Self::Other
        }
    }
}

/// The rows of the dialog that ends the screen: behind the last row of the conversation, whose
/// rows begin in the first column, and all of them before there is one.
pub(super) fn dialog(lines: &[String]) -> &[String] {
    let of_conversation = |line: &String| {
        let first = line.chars().next();
        let is_option = number(line).is_some();
        first.is_some_and(|c| "•›■✔✗⚠◦".contains(c)) && !is_option
    };
    let last = lines.iter().rposition(of_conversation);
    &lines[last.map_or(0, |last| last + 1)..]
}

/// The numbered rows that belong to the marked one.
pub(super) fn choices(lines: &[String]) -> Vec<Choice> {
    let marked = |line: &String| line.trim_start().starts_with(['›', '>']);
    let Some(marked) = lines
        .iter()
        .rposition(|line| marked(line) && number(line).is_some())
    else {
        return Vec::new();
    };
    let indent = |line: &str| line.find(|c: char| c.is_ascii_digit());
    let column = indent_in_columns(&lines[marked], indent);
    let options = lines.iter().filter_map(|line| {
        let (number, text) = number(line)?;
        (indent_in_columns(line, indent) == column).then(|| Choice {
            number,
            text: text.to_owned(),
            meaning: Meaning::of(text),
        })
    });
    options.collect()
}

/// Whether a row tells the keys of a dialog, as the one below its options does.
pub(super) fn is_footer(line: &str) -> bool {
    let has = |key: &str| {
        line.split(|c: char| !c.is_alphanumeric())
            .any(|word| word == key)
    };
    has("enter") && has("esc")
}

fn indent_in_columns(line: &str, indent: impl Fn(&str) -> Option<usize>) -> Option<usize> {
    indent(line).map(|end| line[..end].chars().count())
}

/// `› 1. Yes` and `  2. No`.
fn number(line: &str) -> Option<(u8, &str)> {
    let text = line.trim_start();
    let text = text.strip_prefix(['›', '>']).unwrap_or(text).trim_start();
    let (number, text) = text.split_once(". ")?;
    Some((number.parse().ok()?, text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_option_means_is_in_its_text() {
        for (text, meaning) in [
            ("Yes, proceed (y)", Meaning::Yes),
            (
                "Yes, and don't ask again for commands that start with `x (y)` (p)",
                Meaning::YesAndMore,
            ),
            (
                "Yes, grant these permissions for this turn (y)",
                Meaning::Yes,
            ),
            (
                "Yes, grant these permissions for this session (a)",
                Meaning::YesAndMore,
            ),
            (
                "Yes, grant for this turn with strict auto review (r)",
                Meaning::YesAndMore,
            ),
            (
                "No, and tell Codex what to do differently (esc)",
                Meaning::No,
            ),
            (
                "Allow                   Run the tool and continue",
                Meaning::Yes,
            ),
            (
                "Allow for this session  Run the tool and remember",
                Meaning::YesAndMore,
            ),
            ("Always allow            Run the tool", Meaning::YesAndMore),
            ("Cancel                  Cancel this tool call", Meaning::No),
            ("None of the above", Meaning::Other),
            ("Nothing", Meaning::Other),
        ] {
            assert_eq!(Meaning::of(text), meaning, "{text}");
        }
    }
}
