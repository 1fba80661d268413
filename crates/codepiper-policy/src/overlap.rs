//! Whether a pattern of a rule and a glob of a shell line could mean the same file.
//!
//! `cat .en?` reads `.env`. Both sides are walked at once; where the rule's pattern is anything but
//! `*`, `?` and letters, it is taken for more than it is. Only a `deny` or an `ask` looks here.

use std::collections::BTreeSet;

use crate::shell::{MANY, ONE};

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// This character.
    Letter(char),
    /// Any character.
    One,
    /// Any text.
    Many,
}

/// Whether some path matches both. In `shell`, a glob's characters are [`MANY`] and [`ONE`], which
/// match no `/`, and no `.` that begins a name.
pub(crate) fn overlap(rule: &str, shell: &str) -> bool {
    let rule = parts(rule);
    let shell: Vec<char> = shell.chars().collect();
    let begins_name = |j: usize| j == 0 || shell[j - 1] == '/';
    // Places in both, and whether a `MANY` at the second has taken a character already.
    let mut seen = BTreeSet::new();
    let mut open = vec![(0, 0, false)];
    while let Some(place @ (i, j, started)) = open.pop() {
        if !seen.insert(place) {
            continue;
        }
        if i == rule.len() && j == shell.len() {
            return true;
        }
        // Either may match nothing.
        if rule.get(i) == Some(&Part::Many) {
            open.push((i + 1, j, started));
        }
        // No file has an empty name.
        let is_empty = !started && begins_name(j) && matches!(shell.get(j + 1), None | Some('/'));
        if shell.get(j) == Some(&MANY) && !is_empty {
            open.push((i, j + 1, false));
        }
        let (Some(part), Some(c)) = (rule.get(i), shell.get(j)) else {
            continue;
        };
        let is_glob = matches!(*c, MANY | ONE);
        let fits = match (*part, is_glob) {
            (Part::Letter(letter), false) => letter == *c,
            (Part::Letter(letter), true) => {
                letter != '/' && !(letter == '.' && begins_name(j) && !started)
            }
            (Part::One | Part::Many, _) => true,
        };
        if fits {
            let after_rule = if *part == Part::Many { i } else { i + 1 };
            let (after_shell, started) = if *c == MANY {
                (j, true)
            } else {
                (j + 1, false)
            };
            open.push((after_rule, after_shell, started));
        }
    }
    false
}

fn parts(rule: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = rule.chars();
    while let Some(c) = rest.next() {
        let part = match c {
            '\\' => rest.next().map_or(Part::One, Part::Letter),
            '?' => Part::One,
            '[' | '{' | '(' => {
                let end = match c {
                    '[' => ']',
                    '{' => '}',
                    _ => ')',
                };
                rest.by_ref().find(|c| *c == end);
                Part::Many
            }
            '*' | '+' | '@' | '}' | ')' | ']' => Part::Many,
            letter => Part::Letter(letter),
        };
        if parts.last() != Some(&Part::Many) || part != Part::Many {
            parts.push(part);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_may_mean_what_a_rule_means() {
        for (rule, shell, expected) in [
            ("*/.env", "/w/.en?", true),
            ("*/.env", "/w/.e*", true),
            ("*/.env", "/w/.*", true),
            ("*/.env", "/w/*", false),
            ("*/.env", "/w/*env", false),
            ("*/.env", "/*/.env", true),
            ("/etc/shadow", "/e*/sh??ow", true),
            ("/etc/shadow", "/*", false),
            ("/etc/*", "/e?c/x", true),
            ("*.pem", "/w/*.rs", false),
            ("*.pem", "/w/*", true),
            ("/a/{b,c}/d", "/a/?/d", true),
            ("/a/b", "/a/??", false),
            ("/bin/*", "*/*", false),
            ("/bin/*", "/*/*", true),
            ("bin/x/*", "bin/*/*/y", true),
            ("/a//b", "/a/*/b", false),
            ("/a/x", "/a/*x", true),
            ("", "", true),
            ("*", "", true),
        ] {
            let shell = shell
                .replace('*', &MANY.to_string())
                .replace('?', &ONE.to_string());
            assert_eq!(overlap(rule, &shell), expected, "{rule} and {shell:?}");
        }
    }
}
