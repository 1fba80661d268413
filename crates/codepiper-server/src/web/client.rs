//! Where a request comes from, when proxies stand between.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::HeaderName;

use super::config::Proxies;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The address of whoever asked: the last one in the chain that is no proxy of ours. What stands
/// before it in the header anybody may have written.
pub(super) fn address(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    let mut found = peer;
    let lines = headers.get_all(FORWARDED_FOR).iter();
    let lines: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    let mut said = lines.iter().rev().flat_map(|line| line.rsplit(','));
    while proxies.has(found) {
        match said.next().map(|text| text.trim().parse()) {
            Some(Ok(address)) => found = address,
            Some(Err(_)) | None => break,
        }
    }
    found.to_canonical()
}

/// Whether the browser speaks TLS, as far as a proxy of ours says so.
pub(super) fn is_secure(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> bool {
    let said = headers
        .get(FORWARDED_PROTO)
        .and_then(|value| value.to_str().ok());
    proxies.has(peer) && said.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, header: &str, proxies: &Proxies) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, header.parse().unwrap());
        address(peer.parse().unwrap(), &headers, proxies).to_string()
    }

    #[test]
    fn nobody_chooses_the_own_address() {
        let spoofed = "9.9.9.9, 8.8.8.8";
        assert_eq!(of("127.0.0.1", spoofed, &Proxies::None), "127.0.0.1");
        assert_eq!(of("1.2.3.4", spoofed, &Proxies::Loopback), "1.2.3.4");
        // The proxy appends what it sees.
        let appended = "9.9.9.9, 1.2.3.4";
        assert_eq!(of("127.0.0.1", appended, &Proxies::Loopback), "1.2.3.4");
        let two = Proxies::At(
            ["10.0.0.1", "10.0.0.2"]
                .map(|ip| ip.parse().unwrap())
                .into(),
        );
        assert_eq!(
            of("10.0.0.1", "9.9.9.9, 1.2.3.4, 10.0.0.2", &two),
            "1.2.3.4"
        );
        assert_eq!(of("::ffff:10.0.0.1", "1.2.3.4", &two), "1.2.3.4");
        assert_eq!(of("10.0.0.1", "nonsense", &two), "10.0.0.1");
    }
}
