//! Where a substitution seems to end and does not.
//!
//! The parser takes the first `)` outside of quotes for the end, also that of `case x in a)` and one in a
//! comment, whose quotes it counts too. What follows may then pass for a quoted text. Here-documents
//! it knows.

use super::rough::is_keyword;

/// Whether the parser may have taken a word with a substitution for longer or shorter than it is.
pub(super) fn may_be_elsewhere(word: &str) -> bool {
    let text = word.replace("\\\n", "");
    let openers = ["$(", "<(", ">("].into_iter();
    let Some(first) = openers.filter_map(|opener| text.find(opener)).min() else {
        return false;
    };
    let mut document = None;
    for line in text[first + 2..].lines() {
        if let Some(end) = &document {
            if line.trim() == *end {
                document = None;
            }
        } else if has_case(line) || has_comment(line) {
            return true;
        } else {
            document = end_of_document(line);
        }
    }
    false
}

/// Whether a `case` stands where a command does.
fn has_case(line: &str) -> bool {
    line.split(|c: char| ";&|(){}`".contains(c))
        .filter_map(|piece| piece.split_whitespace().find(|word| !is_keyword(word)))
        .any(|word| word == "case")
}

/// Whether there is a comment with something in it that means something elsewhere.
fn has_comment(line: &str) -> bool {
    line.match_indices('#').any(|(at, _)| {
        let begins = line[..at].ends_with(|c: char| c.is_whitespace() || ";&|(".contains(c));
        (at == 0 || begins) && line[at..].contains(['(', ')', '\'', '"', '`', '$', '\\'])
    })
}

/// What ends the here-document that begins in a line, where that is plain to see.
fn end_of_document(line: &str) -> Option<String> {
    let (before, after) = line.split_once("<<")?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " \t_-./=|".contains(c);
    if !before.chars().all(is_plain) || after.starts_with('<') {
        return None;
    }
    let after = after.strip_prefix('-').unwrap_or(after).trim_start();
    let end = after
        .split(|c: char| c.is_whitespace() || ";&|<>()".contains(c))
        .next()?;
    Some(end.replace(['\'', '"', '\\'], "")).filter(|end| !end.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_that_cannot_be_trusted_is_noticed() {
        for (word, expected) in [
            ("$(case x in a) b;; esac)", true),
            ("\"$(true; if case x in a)", true),
            ("$(ca\\\nse x in a)", true),
            ("<( # it's\nls)", true),
            ("$(cat <<E\nE\ncase x in a)", true),
            ("$(echo '<<E'\ncase x in a)\nE\n)", true),
            ("$(git log) just in case", false),
            ("case", false),
            ("'# it'\\''s'", false),
            ("$( # plain\nls)", false),
            ("$(echo a#b)", false),
            (
                "$(cat <<'EOF'\nFix it (see #12), in case\ncase closed: it's \"so\"\nEOF\n)",
                false,
            ),
        ] {
            assert_eq!(may_be_elsewhere(word), expected, "{word}");
        }
    }
}
