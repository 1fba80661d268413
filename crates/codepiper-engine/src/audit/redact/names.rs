//! Names that tell that what belongs to them is a secret.

/// No name is longer.
const LONGEST: usize = 64;

/// What the name of a secret ends with, in small letters and without anything between them.
const SECRETS: [&str; 16] = [
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "secret",
    "secrets",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "secretkey",
    "authorization",
    "cookie",
    "cookies",
    "credential",
    "credentials",
];

/// What may follow that: `token_value`, `Authorization-Header`.
const ENDINGS: [&str; 4] = ["value", "header", "confirmation", "confirm"];

/// Whether a key of an object, or the name of a header, a variable or a flag, tells that its value
/// is a secret. `max_tokens`, `token_count` and `authority` do not.
pub(super) fn is_telling(name: &str) -> bool {
    if name.len() > LONGEST {
        return false;
    }
    let name = name.to_ascii_lowercase();
    // Without a word of its own it is the end of `bypass`.
    if name == "pass" || name.ends_with("_pass") || name.ends_with("-pass") {
        return true;
    }
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    let plain = ENDINGS
        .iter()
        .find_map(|ending| plain.strip_suffix(ending))
        .unwrap_or(plain);
    SECRETS.iter().any(|secret| plain.ends_with(secret))
}

/// Whether a text is a flag whose value, the next text, is a secret.
pub(super) fn is_telling_flag(text: &str) -> bool {
    let name = text.strip_prefix("--").or_else(|| text.strip_prefix('-'));
    name.is_some_and(|name| {
        let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        name.bytes().all(is_word) && !name.starts_with("no-") && is_telling(name)
    })
}

/// Whether a text is a flag whose value, the next text, is a name with a password.
pub(super) fn is_login_flag(text: &str) -> bool {
    matches!(text, "-u" | "--user" | "--proxy-user")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_however_it_is_written() {
        for name in [
            "password",
            "DB_PASSWORD",
            "newPassword",
            "password2",
            "passwordConfirmation",
            "passwd",
            "pass",
            "db_pass",
            "passphrase",
            "client_secret",
            "token",
            "X-Auth-Token",
            "token_value",
            "apiKey",
            "x-api-key",
            "API KEY",
            "AWS_SECRET_ACCESS_KEY",
            "private-key",
            "Authorization",
            "Proxy-Authorization",
            "Set-Cookie",
            "credentials",
        ] {
            assert!(is_telling(name), "{name}");
        }
        for name in [
            "max_tokens",
            "maxTokens",
            "tokens",
            "token_count",
            "tokenizer",
            "authority",
            "bypass",
            "public_key",
            "key",
            "secretary",
            "pwd",
            "",
        ] {
            assert!(!is_telling(name), "{name}");
        }
    }

    #[test]
    fn a_flag_tells_by_its_name() {
        for flag in ["--password", "--api-key", "--API_KEY", "-token", "--pass"] {
            assert!(is_telling_flag(flag), "{flag}");
        }
        for text in [
            "password",
            "-p",
            "--max-tokens",
            "--no-password",
            "--token=x",
            "- password",
            "--",
        ] {
            assert!(!is_telling_flag(text), "{text}");
        }
    }
}
