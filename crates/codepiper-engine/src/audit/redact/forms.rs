//! Secrets that show by their form in a text.

use std::sync::LazyLock;

use regex::{Captures, Regex, RegexSet};

use super::MASK;
use super::extent::{Quotes, quoted, rest, word};

/// Where the secret is, from what the expression finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// It is what was found, but for the first and the second group.
    Found,
    /// It is the word, or what is in quotes, behind what was found.
    Value,
    /// It goes on to the end of the quotes around it, or of the line.
    Rest,
    /// It is behind the colon of a name and a password that are given to curl.
    Login,
}

/// Names of secrets, as they end.
macro_rules! names {
    () => {
        "(?:pass(?:word|wd|phrase)|secret(?:[_-]?key)?|token|(?:api|access|private)[ _-]?key\
         |credentials?|mysql_pwd|cookie"
    };
}

/// What stands between a name and its value.
macro_rules! is {
    () => {
        r#"\\*["']?[ \t]*(?:=>|:?=|={2,3}|:)[ \t]*"#
    };
}

/// Names of ways to authorize, which are no secret.
macro_rules! scheme {
    () => {
        "(?:(?:bearer|basic|digest|token|negotiate|ntlm|oauth|hawk|apikey|aws4-hmac-sha256)[ \t]+)"
    };
}

/// Keys of the model providers and of common services, PEM blocks, and what follows
/// `Authorization:`, `password=`, `--token` and the like. Nothing here looks at other letters than
/// those of ASCII, which would make all of it slow for a text that has any.
const FORMS: [(&str, Reach); 18] = [
    (
        r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z)",
        Reach::Found,
    ),
    (r"(?-u)\b(?:sk|rk|pk)-[A-Za-z0-9_-]{16,}", Reach::Found),
    (r"(?-u)\bgh[pousr]_[A-Za-z0-9]{20,}", Reach::Found),
    (r"(?-u)\bgithub_pat_[A-Za-z0-9_]{20,}", Reach::Found),
    (r"(?-u)\bglpat-[A-Za-z0-9_-]{16,}", Reach::Found),
    (r"(?-u)\bxox[abeprs]-[A-Za-z0-9-]{10,}", Reach::Found),
    (r"(?-u)\bnpm_[A-Za-z0-9]{30,}", Reach::Found),
    (r"(?-u)\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", Reach::Found),
    (r"(?-u)\bAIza[A-Za-z0-9_-]{30,}", Reach::Found),
    (
        r"(?-u)\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}",
        Reach::Found,
    ),
    (r"(?i-u)\b(bearer[ \t]+)[a-z0-9._~+/=-]{20,}", Reach::Found),
    (
        r#"(?i-u)(?:authorization|cookie)\\*["']?[ \t]*:[ \t]*"#,
        Reach::Rest,
    ),
    (
        concat!(
            r#"(?i-u)authorization\\*["']?[ \t]*(?:=>|:?=|={2,3})[ \t]*"#,
            scheme!(),
            "?"
        ),
        Reach::Value,
    ),
    (
        concat!(r"(?i-u)", names!(), r"|(?:\b|_)pass)", is!()),
        Reach::Value,
    ),
    (
        concat!(
            r"(?i-u)(?:^|[\s'\x22=(\[,])--?(?:[a-z0-9]+[_-])*",
            names!(),
            r"|authorization|pass)(?:[ \t]|\\\n)+"
        ),
        Reach::Value,
    ),
    (
        r"(?i-u)(?:^|\s)(?:-u[ \t]*|-[a-z]{1,5}u[ \t]+|--(?:proxy-)?user(?:[ \t]+|=))",
        Reach::Login,
    ),
    (
        r"(?-u:\b)(?:mysql(?:dump|admin|import)?[ \t](?:[^\n|;&]*?[ \t])??-p|sshpass[ \t]+-p[ \t]*)",
        Reach::Value,
    ),
    (r"([a-z][a-z0-9+.-]*://[^/\s:@]*:)[^/\s@]+(@)", Reach::Found),
];

/// Each form, and all of them at once: most texts hold none.
static BY_FORM: LazyLock<(RegexSet, Vec<Regex>)> = LazyLock::new(|| {
    let patterns = FORMS.map(|(pattern, _)| pattern);
    let each = patterns.iter().filter_map(|form| Regex::new(form).ok());
    (RegexSet::new(patterns).unwrap_or_default(), each.collect())
});

/// The text without what shows by its form; none where nothing does.
pub(super) fn mask(text: &str) -> Option<String> {
    let (any, each) = &*BY_FORM;
    let mut clean: Option<String> = None;
    for found in any.matches(text) {
        let (Some(form), Some((_, reach))) = (each.get(found), FORMS.get(found)) else {
            continue;
        };
        let before = clean.as_deref().unwrap_or(text);
        if *reach == Reach::Login && !before.contains("curl") {
            continue;
        }
        let masked = match reach {
            Reach::Found => {
                let masked = form.replace_all(before, |found: &Captures<'_>| {
                    let [before, behind] = [1, 2].map(|n| found.get(n).map_or("", |m| m.as_str()));
                    format!("{before}{MASK}{behind}")
                });
                masked.into_owned()
            }
            _ => behind(before, form, *reach),
        };
        if masked != before {
            clean = Some(masked);
        }
    }
    clean
}

/// The text without the secrets that stand behind what the expression finds.
fn behind(text: &str, form: &Regex, reach: Reach) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut quotes = Quotes::default();
    let (mut copied, mut at) = (0, 0);
    while let Some(head) = form.find_at(text, at) {
        let secret = match reach {
            Reach::Rest => header(text, head.as_str(), head.start(), &mut quotes),
            Reach::Login => login(text, head.end()),
            _ => value(text, head.as_str(), head.end()),
        };
        match secret {
            Some((start, end)) => {
                clean.push_str(text.get(copied..start).unwrap_or_default());
                clean.push_str(MASK);
                (copied, at) = (end, end);
            }
            // The blank before the next flag is the one behind this.
            None => at = head.end() - 1,
        }
    }
    clean.push_str(text.get(copied..).unwrap_or_default());
    clean
}

type Secret = Option<(usize, usize)>;

/// The value of a header, to whose end all of it belongs.
fn header(text: &str, head: &str, at: usize, quotes: &mut Quotes) -> Secret {
    let start = at + head.len();
    let (start, end) = if let Some(own) = quoted(text, start) {
        (own.start, own.end)
    } else if head.contains(['"', '\'']) {
        // A document's key, behind whose value others follow.
        return value(text, head, start);
    } else {
        (start, rest(text, start, quotes.around(text, at)))
    };
    let start = start + scheme(text.get(start..end)?);
    (start < end).then_some((start, end))
}

/// How long the name of the way to authorize is, and what is behind it.
fn scheme(value: &str) -> usize {
    static SCHEME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(concat!("^(?i-u)", scheme!())).ok());
    let found = SCHEME.as_ref().and_then(|scheme| scheme.find(value));
    found.map_or(0, |found| found.end())
}

/// A value of one word, or in quotes.
fn value(text: &str, head: &str, start: usize) -> Secret {
    let behind = text.get(start..)?;
    // The name of a path or of a switch, an object, something that is called.
    if head.contains("-no-")
        || (head.ends_with(':') && behind.starts_with(':'))
        || behind.starts_with(['{', '(', '|', '<', '>'])
        || behind.starts_with("--")
    {
        return None;
    }
    // Of a list, its first.
    let list = behind.strip_prefix('[').map(str::trim_start);
    let start = match list {
        Some(list) if list.starts_with(['"', '\'']) => text.len() - list.len(),
        _ => start,
    };
    let (start, end) = match quoted(text, start) {
        Some(own) => (own.start, own.end),
        None => (start, word(text, start)),
    };
    let found = text.get(start..end)?;
    let plain = found.trim_end_matches(['}', ']', ')']);
    let is_nothing = matches!(plain, "" | "null" | "true" | "false");
    (!is_nothing).then_some((start, end))
}

/// The password behind a name, where curl is called.
fn login(text: &str, start: usize) -> Secret {
    let (start, end) = match quoted(text, start) {
        Some(own) => (own.start, own.end),
        None => (start, word(text, start)),
    };
    let password = password(text.get(start..end)?)?;
    Some((end - password.len(), end))
}

/// The password in `name:password`. Numbers are those of a user and a group.
pub(super) fn password(login: &str) -> Option<&str> {
    let (name, password) = login.split_once(':')?;
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_address = name.contains('/') || password.starts_with("//");
    let is_owner = name == password || is_number(name) && is_number(password);
    let is_login = !password.is_empty() && !is_address && !is_owner;
    is_login.then_some(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_an_expression() {
        let (any, each) = &*BY_FORM;
        assert_eq!((any.len(), each.len()), (FORMS.len(), FORMS.len()));
    }

    #[track_caller]
    fn masks(cases: &[(&str, &str)]) {
        for (text, clean) in cases {
            let masked = mask(text);
            assert_eq!(masked.as_deref().unwrap_or(text), *clean, "{text}");
            // What is kept may be cleaned again.
            assert_eq!(mask(clean).as_deref().unwrap_or(clean), *clean);
        }
    }

    #[test]
    fn headers_are_masked_to_their_end() {
        masks(&[
            (
                "curl -H 'Authorization: Bearer abc.def' x",
                "curl -H 'Authorization: Bearer [redacted]' x",
            ),
            (
                r#"curl -H 'Authorization: Digest username="me", response="6629"' x"#,
                "curl -H 'Authorization: Digest [redacted]' x",
            ),
            (
                r#"curl -H "Authorization: Digest username=\"me\", response=\"6629\"" x"#,
                r#"curl -H "Authorization: Digest [redacted]" x"#,
            ),
            (
                "> Authorization: Digest username=\"me\", uri=\"/\"\n> Host: x",
                "> Authorization: Digest [redacted]\n> Host: x",
            ),
            (
                "Authorization: hunter2 and more\r\nHost: x",
                "Authorization: [redacted]\r\nHost: x",
            ),
            (
                r#"{"Authorization": "Bearer a b", "x": 1}"#,
                r#"{"Authorization": "Bearer [redacted]", "x": 1}"#,
            ),
            (
                r#"{"authorization":null,"x":1}"#,
                r#"{"authorization":null,"x":1}"#,
            ),
            (
                "AUTHORIZATION=Bearer abc ./x",
                "AUTHORIZATION=Bearer [redacted] ./x",
            ),
            (
                "curl --header 'Cookie: a=b; c=d' x",
                "curl --header 'Cookie: [redacted]' x",
            ),
            ("Set-Cookie: a=b; Path=/\nx", "Set-Cookie: [redacted]\nx"),
            (
                "don't send Cookie: a=b; c=d\nx",
                "don't send Cookie: [redacted]\nx",
            ),
            (
                "send bearer abcdefghijklmnopqrstu now",
                "send bearer [redacted] now",
            ),
        ]);
    }

    #[test]
    fn values_are_masked_with_the_blanks_in_their_quotes() {
        masks(&[
            (r#"passwd="a, b" user=me"#, r#"passwd="[redacted]" user=me"#),
            (r#"--password='a b, "c"' db"#, "--password='[redacted]' db"),
            (r#"password="a \" b" x"#, r#"password="[redacted]" x"#),
            (
                r#"curl -d "{\"password\": \"a, b\", \"x\": 1}""#,
                r#"curl -d "{\"password\": \"[redacted]\", \"x\": 1}""#,
            ),
            (r#"password="never ends"#, r#"password="[redacted]"#),
            ("{password: a,b, x: 1}", "{password: [redacted], x: 1}"),
            ("x?token=abc&y=1", "x?token=[redacted]&y=1"),
            (r#"{"pass":12345,"x":1}"#, r#"{"pass":[redacted],"x":1}"#),
            (
                r#"{"token":["a b"],"x":1}"#,
                r#"{"token":["[redacted]"],"x":1}"#,
            ),
            (r#"password => "x y""#, r#"password => "[redacted]""#),
            ("X-Api-Key: abc", "X-Api-Key: [redacted]"),
            ("PGPASSWORD=hunter2 psql", "PGPASSWORD=[redacted] psql"),
            (
                "AWS_SECRET_ACCESS_KEY=a/b+c x",
                "AWS_SECRET_ACCESS_KEY=[redacted] x",
            ),
            (
                "pässwörter: ü token=ü,x ü",
                "pässwörter: ü token=[redacted] ü",
            ),
        ]);
    }

    #[test]
    fn the_values_of_flags_are_masked() {
        masks(&[
            ("x --password hunter2 db", "x --password [redacted] db"),
            ("--token 'a b' --x", "--token '[redacted]' --x"),
            ("x --api-key \\\n  abc y", "x --api-key \\\n  [redacted] y"),
            (
                "x --password --token abc",
                "x --password --token [redacted]",
            ),
            ("keytool -password abc", "keytool -password [redacted]"),
            ("curl -u me:hunter2 x", "curl -u me:[redacted] x"),
            ("curl -sSu me:hunter2 x", "curl -sSu me:[redacted] x"),
            ("curl -ume:hunter2 x", "curl -ume:[redacted] x"),
            ("curl --user 'me:a b' x", "curl --user 'me:[redacted]' x"),
            (
                "curl 'http://x?a=1&b=2' \\\n --proxy-user=me:a x",
                "curl 'http://x?a=1&b=2' \\\n --proxy-user=me:[redacted] x",
            ),
            ("mysql -u me -phunter2 db", "mysql -u me -p[redacted] db"),
            (
                "mysql -phunter2 -e 'x -p y'",
                "mysql -p[redacted] -e 'x -p y'",
            ),
            ("mysqldump -p'a b' db", "mysqldump -p'[redacted]' db"),
            ("sshpass -p hunter2 ssh x", "sshpass -p [redacted] ssh x"),
        ]);
    }

    #[test]
    fn blocks_are_masked_whole() {
        masks(&[
            (
                "a\n-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ\n-----END PGP PRIVATE KEY BLOCK-----\nb",
                "a\n[redacted]\nb",
            ),
            ("a -----BEGIN OPENSSH PRIVATE KEY-----\nb3", "a [redacted]"),
        ]);
    }

    #[test]
    fn ordinary_text_stays() {
        for text in [
            "git commit -m 'the password is asked'",
            "ls /srv/tokens",
            "cat token.txt",
            "x --max-tokens 5 --token-count 7",
            "{\"max_tokens\": 5, \"token_count\": 7, \"authority\": \"x\"}",
            "cargo test token::tests",
            "psql --no-password db",
            "docker run -u 1000:1000 curlimages/curl http://x",
            "docker run -u me:staff image",
            "git push -u origin:main",
            "docker login --password-stdin",
            "mysql -p",
            "mkdir -p x; mysql -P 3306",
            "Password:\n$ ls",
            "the tests pass, the cookie is eaten, a secret is told",
            "compass=north bypass: on",
        ] {
            assert_eq!(mask(text), None, "{text}");
        }
    }

    #[test]
    fn a_long_line_full_of_forms_takes_no_longer_than_its_length() {
        let text = r#" x' "cookie: a --token "b password='"#.repeat(20_000);
        assert!(mask(&text).is_some_and(|clean| clean.contains(MASK)));
    }
}
