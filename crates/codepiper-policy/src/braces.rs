//! `{a,b}` as a shell and most globs expand it.

/// What a text stands for with its braces expanded; none where that is too much.
pub(crate) fn expanded(text: &str) -> Option<Vec<String>> {
    const TEXTS_MAX: usize = 64;
    let mut done = Vec::new();
    let mut open = vec![text.to_owned()];
    while let Some(text) = open.pop() {
        match first_choice(&text) {
            None => done.push(text),
            Some((before, choices, after)) => {
                let choices = choices.into_iter().rev();
                open.extend(choices.map(|choice| format!("{before}{choice}{after}")));
            }
        }
        if done.len() + open.len() > TEXTS_MAX {
            return None;
        }
    }
    Some(done)
}

/// The first braces with a comma of their own: what stands before, in and after them.
fn first_choice(text: &str) -> Option<(&str, Vec<&str>, &str)> {
    for (begin, _) in text.match_indices('{') {
        let mut depth = 0;
        let mut choices = Vec::new();
        let mut from = begin + 1;
        for (at, c) in text[begin..].char_indices() {
            let at = begin + at;
            match c {
                '{' => depth += 1,
                ',' if depth == 1 => {
                    choices.push(&text[from..at]);
                    from = at + 1;
                }
                '}' if depth > 1 => depth -= 1,
                '}' if choices.is_empty() => break,
                '}' => {
                    choices.push(&text[from..at]);
                    return Some((&text[..begin], choices, &text[at + 1..]));
                }
                _ => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::expanded;

    #[test]
    fn braces_stand_for_each_of_their_parts() {
        for (text, expected) in [
            ("a", &["a"] as &[&str]),
            (".e{nv,x}", &[".env", ".ex"]),
            ("a{,b{c,d}}e", &["ae", "abce", "abde"]),
            ("{a}{b,c}", &["{a}b", "{a}c"]),
            ("{a,b", &["{a,b"]),
        ] {
            assert_eq!(expanded(text).unwrap(), expected, "{text}");
        }
        assert_eq!(expanded(&"{a,b}".repeat(30)), None);
    }
}
