use ureq::http::Uri;

use crate::EngineError;

/// The longest URL.
const URL_MAX: usize = 2048;

/// Looks whether messages may be posted there, and says the origin, which is no secret.
///
/// Over HTTPS they may go anywhere, into private networks too: who says so is the person, who could
/// have any program of this machine do the same. In the clear they stay on this machine.
pub(super) fn checked(field: &str, url: &str) -> Result<String, EngineError> {
    let refused = |why: &str| EngineError::invalid(field, format!("`{field}` {why}"));
    if url.len() > URL_MAX {
        return Err(refused("has more than 2048 bytes"));
    }
    let uri: Uri = url.parse().map_err(|_| refused("is no URL"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(refused("is no whole URL: it begins with `https://`"));
    };
    if authority.as_str().contains('@') {
        return Err(refused("names a user; leave that out"));
    }
    let host = authority.host().to_ascii_lowercase();
    let is_good = match scheme {
        "https" => !host.is_empty(),
        "http" => is_loopback(&host),
        _ => false,
    };
    if !is_good {
        return Err(refused(
            "begins with `https://`; `http://` is for this machine only, as in `http://127.0.0.1`",
        ));
    }
    let port = authority.port_u16();
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    Ok(format!("{scheme}://{host}{port}"))
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let parsed = address.parse::<std::net::IpAddr>();
    host == "localhost" || parsed.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn messages_leave_this_machine_over_https_only_and_the_origin_has_nothing_secret() {
        for (url, origin) in [
            ("https://Push.example/a/secret?b", "https://push.example"),
            ("https://push.example:8443/a", "https://push.example:8443"),
            ("http://localhost:1234/a", "http://localhost:1234"),
            ("http://127.0.0.1:1/a", "http://127.0.0.1:1"),
            ("http://[::1]:1/a", "http://[::1]:1"),
        ] {
            assert_eq!(checked("endpoint", url).unwrap(), origin);
        }
        for url in [
            "http://push.example/a",
            "http://127.0.0.1.example/a",
            "https://me:secret@push.example/a",
            "ftp://127.0.0.1/a",
            "/a",
            "https://",
            "",
            &format!("https://push.example/{}", "a".repeat(2048)),
        ] {
            assert!(checked("endpoint", url).is_err(), "{url}");
        }
    }
}
