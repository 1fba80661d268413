use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// The port of the dashboard where nobody says otherwise.
pub const DEFAULT_PORT: u16 = 3000;

/// The port of `/ws` alone where nobody says otherwise.
const DEFAULT_WS_PORT: u16 = 9999;

/// How the web is served.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// Where it listens.
    pub listen: Vec<SocketAddr>,
    /// Where `/ws` is served on its own, on this machine, as in the existing CodePiper.
    pub ws_port: u16,
    /// Names under which it may be asked for, beside addresses and `localhost`, with the port
    /// where that is not the one of the scheme.
    pub hosts: Vec<String>,
    /// Proxies whose headers count.
    pub proxies: Proxies,
    /// Whether cookies are for TLS only, whatever the connection looks like.
    pub force_secure: bool,
    /// The most calls of the API by one address, in each stretch of that time.
    pub calls: (u32, Duration),
}

/// Whose word is taken for where a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxies {
    /// Nobody's.
    #[default]
    None,
    /// A proxy's on this machine.
    Loopback,
    /// A proxy's at one of these addresses.
    At(Vec<IpAddr>),
}

/// A variable that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is `{value}`; it is {wanted}")]
pub struct WebConfigError {
    name: &'static str,
    value: String,
    wanted: &'static str,
}

impl WebConfig {
    /// Reads the environment. `port` and `listen` are the flags.
    pub fn read(
        var: impl Fn(&str) -> Option<String>,
        port: Option<u16>,
        listen: &[IpAddr],
    ) -> Result<Self, WebConfigError> {
        let var = |name| var(name).filter(|value: &String| !value.trim().is_empty());
        let number = |name, wanted| {
            let read = |value: String| {
                let parsed = value.trim().parse::<u32>();
                parsed.map_err(|_| WebConfigError {
                    name,
                    value,
                    wanted,
                })
            };
            var(name).map(read).transpose()
        };
        let port_of = |name, default| {
            let read = |value: String| {
                let parsed = value.trim().parse::<u16>();
                parsed.map_err(|_| WebConfigError {
                    name,
                    value,
                    wanted: "a port: a number from 0 to 65535",
                })
            };
            var(name).map_or(Ok(default), read)
        };
        let port = match port {
            Some(port) => port,
            None => port_of("CODEPIPER_HTTP_PORT", DEFAULT_PORT)?,
        };
        let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST)];
        let listen = if listen.is_empty() { &loopback } else { listen };
        let calls = number("CODEPIPER_API_RATE_LIMIT_MAX", "a number of calls")?;
        let window = number(
            "CODEPIPER_API_RATE_LIMIT_WINDOW_MS",
            "a time in milliseconds",
        )?;
        Ok(Self {
            ws_port: port_of("CODEPIPER_WS_PORT", DEFAULT_WS_PORT)?,
            listen: listen.iter().map(|ip| SocketAddr::new(*ip, port)).collect(),
            hosts: var("CODEPIPER_ALLOWED_ORIGINS").map_or_else(Vec::new, |list| hosts(&list)),
            proxies: var("CODEPIPER_TRUST_PROXY_HEADERS")
                .map_or(Ok(Proxies::None), |value| Proxies::read(&value))?,
            force_secure: var("CODEPIPER_FORCE_SECURE_COOKIES").is_some_and(|value| is_yes(&value)),
            calls: (
                calls.unwrap_or(300).max(1),
                Duration::from_millis(window.unwrap_or(10_000).max(1).into()),
            ),
        })
    }
}

impl Proxies {
    /// `1` for one on this machine, or the addresses of others.
    fn read(value: &str) -> Result<Self, WebConfigError> {
        if is_yes(value) {
            return Ok(Self::Loopback);
        }
        if matches!(value.trim(), "0" | "false" | "no") {
            return Ok(Self::None);
        }
        let addresses = value.split(',').map(|part| part.trim().parse());
        let addresses: Result<Vec<IpAddr>, _> = addresses.collect();
        addresses.map(Self::At).map_err(|_| WebConfigError {
            name: "CODEPIPER_TRUST_PROXY_HEADERS",
            value: value.to_owned(),
            wanted: "`1` for a proxy on this machine, or the addresses of the proxies",
        })
    }

    /// Whether what comes from there comes from a proxy.
    pub(super) fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Self::None => false,
            Self::Loopback => address.is_loopback(),
            Self::At(addresses) => addresses
                .iter()
                .any(|known| known.to_canonical() == address),
        }
    }
}

fn is_yes(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "yes")
}

/// The names in a list of names and origins.
fn hosts(list: &str) -> Vec<String> {
    let parts = list
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let names = parts.map(|part| {
        let authority = part.split_once("://").map_or(part, |(_, rest)| rest);
        let authority = authority.split('/').next().unwrap_or_default();
        authority.to_ascii_lowercase()
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<WebConfig, WebConfigError> {
        let var = |name: &str| {
            let found = vars.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        WebConfig::read(var, None, &[])
    }

    #[test]
    fn without_variables_it_listens_on_loopback_and_trusts_nobody() {
        let config = read(&[("CODEPIPER_ALLOWED_ORIGINS", " ")]).unwrap();
        assert_eq!(config.listen, ["127.0.0.1:3000".parse().unwrap()]);
        assert_eq!(config.proxies, Proxies::None);
        assert!(config.hosts.is_empty() && !config.force_secure);
        assert_eq!(config.calls, (300, Duration::from_secs(10)));
    }

    #[test]
    fn names_and_proxies_are_read_and_nonsense_is_named() {
        let config = read(&[
            (
                "CODEPIPER_ALLOWED_ORIGINS",
                "Pi.local, https://code.example.org:8443/x",
            ),
            ("CODEPIPER_TRUST_PROXY_HEADERS", "10.0.0.2, ::1"),
            ("CODEPIPER_FORCE_SECURE_COOKIES", "1"),
            ("CODEPIPER_HTTP_PORT", "8080"),
        ]);
        let config = config.unwrap();
        assert_eq!(config.hosts, ["pi.local", "code.example.org:8443"]);
        assert!(config.proxies.has("10.0.0.2".parse().unwrap()));
        assert!(!config.proxies.has("127.0.0.1".parse().unwrap()));
        assert!(config.force_secure);
        assert_eq!(config.listen[0].port(), 8080);
        for (name, value) in [
            ("CODEPIPER_HTTP_PORT", "http"),
            ("CODEPIPER_WS_PORT", "70000"),
            ("CODEPIPER_TRUST_PROXY_HEADERS", "everyone"),
            ("CODEPIPER_API_RATE_LIMIT_MAX", "-1"),
        ] {
            let error = read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
    }
}
