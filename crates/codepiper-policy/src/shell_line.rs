//! Telling a simple command from a line that a shell would take apart.

use serde_json::Value;

/// Whether a shell would read `line` as one simple command whose words stand there as they are: no
/// operator, substitution, redirection, variable, glob, comment, quote or newline. Such a line is
/// what a person sees when they write a pattern for it; anything else could do more than its
/// beginning says.
pub(crate) fn is_simple(line: &str) -> bool {
    const MEANINGFUL: &str = ";&|<>()$`\\\"'\n\r#*?[]{}!~\0";
    !line.contains(|c: char| MEANINGFUL.contains(c) || c.is_control())
        && !line
            .split_whitespace()
            .next()
            .is_some_and(|first| first.contains('='))
}

/// The words of a tool call's shell line, where it has one that [`is_simple`].
pub fn simple_words(tool_input: &Value) -> Option<Vec<String>> {
    let line = tool_input.get("command")?.as_str()?;
    is_simple(line).then(|| line.split_whitespace().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::is_simple;

    #[test]
    fn only_plain_words_are_simple() {
        for line in ["git push origin main", "cargo test -p x --lib", "ls"] {
            assert!(is_simple(line), "{line}");
        }
        for line in [
            "git status; rm -rf /",
            "git status && rm x",
            "git status | sh",
            "git log $(rm x)",
            "git log `rm x`",
            "git log > /etc/passwd",
            "git log\nrm x",
            "git status & rm x",
            "git -c 'alias.x=!rm x' x",
            "PATH=/tmp git status",
            "git \"status\"",
            "ls *",
        ] {
            assert!(!is_simple(line), "{line}");
        }
    }
}
