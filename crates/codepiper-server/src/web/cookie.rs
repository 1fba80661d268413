//! The cookie that a sign-in is kept in.

use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use codepiper_auth::Token;
use codepiper_model::SignInStage;

const DAY: u32 = 24 * 60 * 60;

/// Cookies of one name that are looked at. Other ports of this host can set some of it, too.
const NAMESAKES_MAX: usize = 8;

/// The name, and how long a browser keeps it. Over TLS the name says that no other host of the
/// domain, and no plain connection, can have set it.
const fn kept(stage: SignInStage, is_secure: bool) -> (&'static str, u32) {
    match (stage, is_secure) {
        (SignInStage::Full, false) => ("codepiper_session", 7 * DAY),
        (SignInStage::Full, true) => ("__Host-codepiper_session", 7 * DAY),
        (SignInStage::Onboarding, false) => ("codepiper_onboarding", DAY),
        (SignInStage::Onboarding, true) => ("__Host-codepiper_onboarding", DAY),
    }
}

/// Gives a browser its token.
pub(super) fn set(token: &Token, stage: SignInStage, is_secure: bool) -> HeaderValue {
    let (name, age) = kept(stage, is_secure);
    written(name, token.reveal(), age, is_secure)
}

/// Takes it away.
pub(super) fn clear(stage: SignInStage, is_secure: bool) -> HeaderValue {
    written(kept(stage, is_secure).0, "", 0, is_secure)
}

fn written(name: &str, value: &str, age: u32, is_secure: bool) -> HeaderValue {
    let secure = if is_secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
    let mut value = HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// The tokens that a request shows, the one that opens most first: of a program in
/// `Authorization: Bearer`, of a browser in its cookies.
pub(super) fn shown(headers: &HeaderMap, is_secure: bool) -> Vec<Token> {
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|value| value.strip_prefix("Bearer "));
    let stages = [SignInStage::Full, SignInStage::Onboarding];
    let cookies = stages.map(|stage| cookies(headers, kept(stage, is_secure).0));
    let texts = bearer.into_iter().chain(cookies.into_iter().flatten());
    texts.filter_map(|text| Token::shown(text.trim())).collect()
}

/// The values of that name, the last one first: a browser puts what is for a longer path before
/// ours, which is for all.
fn cookies<'a>(headers: &'a HeaderMap, name: &'static str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(COOKIE).iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    let pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
    let found = pairs.filter(move |(known, _)| *known == name);
    let values: Vec<&str> = found.map(|(_, value)| value).collect();
    values.into_iter().rev().take(NAMESAKES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_goes_to_us_alone_and_no_script_reads_it() {
        let token = Token::generate().unwrap();
        let plain = set(&token, SignInStage::Full, false);
        let plain = plain.to_str().unwrap();
        assert!(plain.starts_with("codepiper_session="), "{plain}");
        assert!(plain.contains("HttpOnly") && plain.contains("SameSite=Strict"));
        let secure = set(&token, SignInStage::Full, true);
        let secure = secure.to_str().unwrap();
        assert!(secure.starts_with("__Host-codepiper_session=") && secure.ends_with("; Secure"));
        assert!(!secure.contains("Domain"));
    }

    #[test]
    fn tokens_are_found_under_their_exact_name() {
        let token = Token::generate().unwrap().reveal().to_owned();
        let found = |name, value: &str, is_secure| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            shown(&headers, is_secure).len()
        };
        assert_eq!(
            found(COOKIE, &format!("a=b; codepiper_session={token}"), false),
            1
        );
        assert_eq!(
            found(COOKIE, &format!("notcodepiper_session={token}"), false),
            0
        );
        // Over TLS a cookie that a plain page of the same host has set counts for nothing.
        assert_eq!(
            found(COOKIE, &format!("codepiper_session={token}"), true),
            0
        );
        assert_eq!(
            found(COOKIE, &format!("__Host-codepiper_session={token}"), true),
            1
        );
        assert_eq!(found(AUTHORIZATION, &format!("Bearer {token}"), false), 1);
        assert_eq!(found(AUTHORIZATION, &format!("Basic {token}"), false), 0);
    }
}
