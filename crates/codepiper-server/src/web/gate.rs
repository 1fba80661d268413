//! What a request may be for, and from which page: before anything else is looked at.
//!
//! A page of somebody else's can make a browser ask for anything. So the name that is asked for
//! must be ours (a stranger's name may point at this machine: DNS rebinding), and the page that
//! asks must have been served from here, port included.

use std::net::IpAddr;

use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode};
use codepiper_api::ErrorBody;

use crate::error::ApiError;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// A name of ours that leads to this machine without being set up (RFC 6761). Cookies know no port:
/// under it they are not sent to whatever else is served at `localhost`.
pub(super) const OWN_NAME: &str = "codepiper.localhost";

/// Lets a request through whose name and page are ours. `hosts` are further names of this machine.
pub(super) fn check(
    method: &Method,
    headers: &HeaderMap,
    hosts: &[String],
) -> Result<(), ApiError> {
    let host = text(headers, &HOST)
        .unwrap_or_default()
        .to_ascii_lowercase();
    if !is_ours(&host, hosts) {
        let shown: String = host.chars().take(100).collect();
        let message = format!("`{shown}` is no name of this machine");
        return Err(refusal("host_refused", message)
            .hinted("if it is one, put it into CODEPIPER_ALLOWED_ORIGINS and restart the daemon"));
    }
    if let Some(origin) = text(headers, &ORIGIN) {
        return check_origin(&origin.to_ascii_lowercase(), &host, hosts);
    }
    // Without an origin it is no page, or a page that only looks: then the browser says whose.
    let site = text(headers, &FETCH_SITE).unwrap_or_default();
    let is_navigation = method == Method::GET && text(headers, &FETCH_MODE) == Some("navigate");
    if matches!(site, "cross-site" | "same-site") && !is_navigation {
        return Err(foreign("another page"));
    }
    Ok(())
}

fn check_origin(origin: &str, host: &str, hosts: &[String]) -> Result<(), ApiError> {
    let (scheme, authority) = origin.split_once("://").unwrap_or(("", ""));
    let standard = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return Err(foreign(origin)),
    };
    let without = |authority: &str| {
        let short = authority.strip_suffix(standard);
        short.unwrap_or(authority).to_owned()
    };
    let is_same = without(authority) == without(host);
    // A proxy may have asked us under another name than the browser asked it. The port counts:
    // what else is served under that name is somebody else's.
    let is_known = hosts.iter().any(|known| *known == without(authority));
    if is_same || is_known {
        return Ok(());
    }
    Err(foreign(origin))
}

/// Whether a machine of that name can only be this one: nobody else's name is an address.
fn is_ours(host: &str, hosts: &[String]) -> bool {
    let name = host_of(host);
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name == OWN_NAME
        || bare.parse::<IpAddr>().is_ok()
        || hosts.iter().any(|known| host_of(known) == name)
}

/// The name in `name:port`.
pub(super) fn host_of(authority: &str) -> &str {
    let after_name = authority.rfind(']').map_or(0, |end| end + 1);
    let port = authority[after_name..].find(':');
    port.map_or(authority, |at| &authority[..after_name + at])
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    // What cannot be read is as foreign as can be.
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

fn foreign(origin: &str) -> ApiError {
    let shown: String = origin.chars().take(100).collect();
    refusal(
        "origin_refused",
        format!("a page from `{shown}` may not ask this"),
    )
}

fn refusal(code: &str, message: String) -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, ErrorBody::new(code, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &Method, headers: &[(&'static str, &str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        super::check(method, &headers.collect(), &["pi.local".to_owned()]).is_ok()
    }

    #[test]
    fn only_names_that_are_ours_are_served() {
        for host in [
            "localhost:3000",
            "127.0.0.1:3000",
            "[::1]:3000",
            "PI.local",
            "192.168.1.7",
            "codepiper.localhost:3000",
        ] {
            assert!(check(&Method::GET, &[("host", host)]), "{host}");
        }
        for host in [
            "evil.example:3000",
            "localhost.evil.example",
            "evil.localhost",
            "127.0.0.1.evil.example",
            "",
            "pi",
        ] {
            assert!(!check(&Method::GET, &[("host", host)]), "{host}");
        }
        assert!(!check(&Method::GET, &[]));
    }

    #[test]
    fn only_our_own_pages_may_ask() {
        let ask = |host, origin| check(&Method::POST, &[("host", host), ("origin", origin)]);
        assert!(ask("localhost:3000", "http://localhost:3000"));
        assert!(ask("127.0.0.1:80", "http://127.0.0.1"));
        assert!(ask("pi.local", "https://pi.local"));
        assert!(ask(
            "codepiper.localhost:3000",
            "http://codepiper.localhost:3000"
        ));
        assert!(!ask("codepiper.localhost:3000", "http://localhost:3000"));
        assert!(!ask("localhost:3000", "http://codepiper.localhost"));
        // A proxy that passes its own address on.
        assert!(ask("127.0.0.1:3000", "https://pi.local"));
        for origin in [
            "http://localhost:5173",
            "http://evil.example",
            "https://pi.local.evil.example",
            "https://pi.local:9999",
            "null",
            "file://",
            "http://127.0.0.1:3000",
        ] {
            assert!(!ask("localhost:3000", origin), "{origin}");
        }
    }

    #[test]
    fn a_foreign_page_without_origin_may_link_here_and_nothing_else() {
        let ask = |method, site, mode| {
            let headers = [
                ("host", "localhost"),
                ("sec-fetch-site", site),
                ("sec-fetch-mode", mode),
            ];
            check(method, &headers)
        };
        assert!(ask(&Method::GET, "cross-site", "navigate"));
        assert!(ask(&Method::GET, "same-origin", "cors"));
        assert!(ask(&Method::GET, "none", "navigate"));
        assert!(!ask(&Method::GET, "cross-site", "no-cors"));
        assert!(!ask(&Method::GET, "same-site", "no-cors"));
        assert!(!ask(&Method::POST, "same-site", "navigate"));
    }
}
