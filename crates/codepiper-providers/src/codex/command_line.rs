//! Words of a shell, as Codex writes and reads them.

/// One word, in single quotes where it needs any.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The line that `/bin/bash -lc '…'` gives to its shell; any other line as it stands.
pub(super) fn unwrapped(line: &str) -> String {
    match words(line).as_deref() {
        Some([shell, flag, script]) if is_shell(shell) && matches!(flag.as_str(), "-lc" | "-c") => {
            script.clone()
        }
        _ => line.to_owned(),
    }
}

fn is_shell(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or_default();
    matches!(name, "bash" | "zsh" | "sh" | "dash" | "ksh" | "fish")
}

/// The words of a line that holds nothing but words and quotes. `None` where it does not end, or
/// where a character stands outside of quotes that a shell would not take for itself.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => match chars.next()? {
                            c @ ('"' | '\\' | '$' | '`') => word.push(c),
                            c => word.extend(['\\', c]),
                        },
                        '$' | '`' => return None,
                        c => word.push(c),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(chars.next()?),
            c if "|&;<>()$`*?[#~{\n\t".contains(c) => return None,
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_shell_is_given_is_the_command() {
        for (line, command) in [
            ("/bin/bash -lc 'touch /x'", "touch /x"),
            (r#"/bin/bash -lc "cat -- 'new.txt'""#, "cat -- 'new.txt'"),
            (
                r#"/bin/zsh -lc "echo \"\$HOME\" 'a'""#,
                r#"echo "$HOME" 'a'"#,
            ),
            (r#"bash -c 'echo a'"'"'b!'"#, "echo a'b!"),
            ("/bin/bash -lc ls", "ls"),
            ("/bin/bash -lc 'a\nb'", "a\nb"),
        ] {
            assert_eq!(unwrapped(line), command);
        }
    }

    #[test]
    fn what_is_more_than_a_wrapper_stays() {
        for line in [
            "git push",
            "/bin/bash -lc 'ls' extra",
            "/bin/bash -lc 'ls' ; rm x",
            "/bin/bash -lc ls;rm",
            "/bin/bash -x -lc 'ls'",
            r#"/bin/bash -lc "$(rm x)""#,
            "/bin/bash -lc 'unfinished",
            "env bash -c",
        ] {
            assert_eq!(unwrapped(line), line);
        }
    }

    #[test]
    fn a_quoted_word_is_read_back() {
        for word in [
            "plain",
            "",
            "two words",
            "it's",
            "$HOME `x` \"y\" \\",
            "-lc",
        ] {
            assert_eq!(words(&quoted(word)), Some(vec![word.to_owned()]));
        }
    }
}
