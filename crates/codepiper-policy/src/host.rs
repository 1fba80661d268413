//! The machines that a call talks to.

use codepiper_model::ToolCall;

use crate::braces;
use crate::fetch;
use crate::shell::{Command, Word};

/// What is known of a call's hosts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts {
    /// Each host in lower case, without port, user and final dots.
    pub(crate) list: Vec<String>,
    /// Whether these are all, and each is what it looks like.
    pub(crate) are_all: bool,
    /// What may be a host, or may be none. Only a `deny` or an `ask` looks at these.
    pub(crate) possible: Vec<String>,
}

impl Hosts {
    pub(crate) fn add(&mut self, written: &str) {
        let (host, is_plain) = normal(written);
        self.are_all &= is_plain;
        if !host.is_empty() {
            self.list.push(host);
        }
    }

    pub(crate) fn may_be(&mut self, written: &str) {
        let (host, _) = normal(written);
        self.possible
            .extend(Some(host).filter(|host| !host.is_empty()));
    }

    /// Every part of a word that looks like a name: `a.com:80:evil.com:80`, `{a,b}.com`.
    pub(crate) fn may_be_part_of(&mut self, text: &str) {
        let ends = |c: char| c.is_whitespace() || ":,=@/[]{}()'\"`".contains(c);
        for part in text.split(ends).filter(|part| part.contains('.')) {
            self.may_be(part);
        }
        for choice in braces::expanded(text).into_iter().flatten() {
            self.may_be(&choice);
        }
    }

    /// Every address that stands somewhere in a word.
    fn may_be_in(&mut self, text: &str) {
        let ends = |c: char| c.is_whitespace() || "\"'`()<>,;".contains(c);
        for (at, _) in text.match_indices("://") {
            let rest = text[at..].split(ends).next().unwrap_or_default();
            self.may_be(&format!("x{rest}"));
        }
    }
}

/// The hosts of a tool that is no shell.
pub(crate) fn of_tool(call: &ToolCall) -> Hosts {
    let mut hosts = Hosts {
        are_all: true,
        ..Hosts::default()
    };
    let input = &call.tool_input;
    if let Some(url) = input.get("url").and_then(|value| value.as_str()) {
        hosts.add(url);
    }
    let domains = input
        .get("allowed_domains")
        .and_then(|value| value.as_array());
    for domain in domains
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str())
    {
        hosts.add(domain);
    }
    hosts.are_all &= !hosts.list.is_empty();
    hosts
}

/// The hosts of a command.
pub(crate) fn of_command(command: &Command) -> Hosts {
    let mut hosts = named(command);
    hosts.are_all &= command.is_by_name;
    let is_plain = matches!(command.program(), "echo" | "printf" | "grep" | "rg");
    if command.redirect.is_some() {
        for guess in command
            .words
            .iter()
            .skip(1)
            .filter_map(|word| remote(&word.guess))
        {
            hosts.may_be(guess);
        }
    } else if !is_plain {
        for word in command
            .words
            .iter()
            .skip(1)
            .filter(|word| word.is_computed())
        {
            hosts.may_be_part_of(&word.guess);
            hosts.may_be_part_of(&word.text);
        }
    }
    for inner in &command.may_run {
        let found = named(inner);
        hosts.possible.extend(found.list);
        hosts.possible.extend(found.possible);
    }
    hosts
}

/// The machine in `/dev/tcp/machine/80`.
fn remote(file: &str) -> Option<&str> {
    let rest = file
        .strip_prefix("/dev/tcp/")
        .or_else(|| file.strip_prefix("/dev/udp/"))?;
    rest.split('/').next()
}

fn named(command: &Command) -> Hosts {
    if command.redirect.is_some() {
        let target = command.words[1].text.as_str();
        let mut hosts = Hosts::default();
        if let Some(remote) = remote(target) {
            hosts.add(remote);
        }
        return hosts;
    }
    let arguments = command.words.get(1..).unwrap_or_default();
    match command.program() {
        program @ ("curl" | "wget") => fetch::hosts(program, arguments),
        "dig" | "nslookup" | "host" => looked_up(arguments),
        "ssh" | "sftp" | "ping" | "nc" | "ncat" | "telnet" | "mosh" | "ftp" | "traceroute" => {
            let mut hosts = Hosts {
                are_all: true,
                ..Hosts::default()
            };
            for word in arguments {
                if !word.text.starts_with('-') {
                    hosts.may_be(&word.text);
                }
                hosts.may_be_part_of(&word.text);
            }
            if let Some(word) = operand(arguments) {
                hosts.are_all = !arguments
                    .iter()
                    .any(|word| word.text.starts_with(['-', '@']));
                hosts.add(&word.text);
            }
            hosts.are_all &= !hosts.list.is_empty();
            hosts
        }
        "scp" | "rsync" => copied(arguments),
        "git" => git(arguments),
        // Programs that fetch in ways that are not known in detail.
        "http" | "https" | "xh" | "xhs" | "httpie" | "lynx" | "w3m" | "links" | "elinks"
        | "aria2c" | "axel" | "tftp" | "lftp" | "smbclient" | "mount" | "socat" | "openssl"
        | "nmap" | "getent" | "whois" | "docker" | "podman" | "nerdctl" | "go" | "gh" | "glab"
        | "pip" | "pip3" | "npm" | "pnpm" | "yarn" | "mail" | "mailx" | "sendmail" | "netcat" => {
            let mut hosts = Hosts::default();
            for word in arguments {
                hosts.may_be_in(&word.text);
                hosts.may_be_part_of(&word.text);
            }
            hosts
        }
        "echo" | "printf" | "grep" | "egrep" | "fgrep" | "rg" | "sed" | "awk" | "jq" => {
            Hosts::default()
        }
        _ => {
            let mut hosts = Hosts::default();
            for word in arguments {
                hosts.may_be_in(&word.text);
            }
            hosts
        }
    }
}

/// The first word that is no option, nor its value.
fn operand(arguments: &[Word]) -> Option<&Word> {
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        let text = word.text.as_str();
        if !text.starts_with('-') {
            return Some(word);
        }
        let takes_value = text.len() == 2 && "bcDEeFIiJLlmOopQRSWw".contains(&text[1..]);
        if takes_value {
            rest.next();
        }
    }
    None
}

/// The names that are looked up, and the servers that are asked.
fn looked_up(arguments: &[Word]) -> Hosts {
    const KINDS: [&str; 10] = [
        "A", "AAAA", "ANY", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT",
    ];
    let mut hosts = Hosts {
        are_all: true,
        ..Hosts::default()
    };
    for word in arguments {
        let text = word.text.as_str();
        if text.starts_with('-') {
            hosts.are_all = false;
        } else if !text.starts_with('+') && !KINDS.contains(&text) {
            hosts.add(text.trim_start_matches('@'));
        }
    }
    hosts.are_all &= !hosts.list.is_empty();
    hosts
}

fn copied(arguments: &[Word]) -> Hosts {
    let mut hosts = Hosts {
        are_all: true,
        ..Hosts::default()
    };
    for word in arguments {
        if word.text.starts_with('-') {
            hosts.are_all = false;
        } else if word.text.contains("://") {
            hosts.add(&word.text);
        } else if let Some((host, _)) = word
            .text
            .split_once(':')
            .filter(|(host, _)| !host.contains('/'))
        {
            hosts.add(host);
        }
    }
    hosts.are_all &= !hosts.list.is_empty();
    hosts
}

/// The address in `git clone`, `git push address` and the like; a remote's name tells no host.
fn git(arguments: &[Word]) -> Hosts {
    let mut hosts = Hosts {
        are_all: true,
        ..Hosts::default()
    };
    let talks = [
        "clone",
        "fetch",
        "ls-remote",
        "pull",
        "push",
        "remote",
        "submodule",
    ];
    let talks = arguments
        .iter()
        .any(|word| talks.contains(&word.text.as_str()));
    for word in arguments {
        let text = word.text.as_str();
        if text.starts_with('-') && talks || text.contains('=') {
            hosts.may_be_part_of(text);
        }
        let before = text.split_once(':').map(|(host, _)| host);
        let before = before.filter(|host| !host.contains('/') && !text.starts_with('-'));
        if text.contains("://") {
            hosts.add(text);
        } else if let Some(host) = before.filter(|host| host.contains('@')) {
            hosts.add(host.rsplit('@').next().unwrap_or_default());
        } else if let Some(host) = before.filter(|_| talks) {
            // A host, or what is pushed.
            hosts.are_all &= !matches!(arguments.first(), Some(word) if word.text == "clone");
            hosts.may_be(host);
        } else if text.starts_with('-')
            && !matches!(text, "-q" | "--quiet" | "--depth=1" | "--bare")
        {
            hosts.are_all = false;
        }
    }
    hosts.are_all &= !hosts.list.is_empty();
    hosts
}

/// The host of an address, and whether it is plainly that: no user before it, no other alphabet,
/// no number in disguise, nothing that programs read differently.
fn normal(written: &str) -> (String, bool) {
    let mut is_plain = true;
    let mut written = written;
    let cleaned: String;
    if written.contains(['\t', '\n', '\r']) {
        is_plain = false;
        cleaned = written.replace(['\t', '\n', '\r'], "");
        written = &cleaned;
    }
    let trimmed = written.trim_matches(|c: char| c <= ' ');
    let rest = if let Some(rest) = after_web_scheme(trimmed) {
        // Browsers take any number of slashes, either way.
        let host = rest.trim_start_matches(['/', '\\']);
        is_plain &= trimmed == written && rest.strip_prefix("//") == Some(host);
        host
    } else if let Some((scheme, rest)) = written.split_once("://") {
        let is_scheme = |b: u8| b.is_ascii_alphanumeric() || b == b'+';
        is_plain &= scheme.bytes().all(is_scheme);
        rest
    } else {
        // Without a scheme, what follows two slashes is a host all the same.
        is_plain &= !written.starts_with(['/', '\\']);
        written.trim_start_matches(['/', '\\'])
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    is_plain &= !rest.contains('\\');
    let host = match authority.rsplit_once('@') {
        Some((user, host)) => {
            is_plain &= user
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            host
        }
        None => authority,
    };
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let host: String = host.chars().map(folded).collect();
    is_plain &= !authority
        .chars()
        .any(|c| !c.is_ascii() || c == '%' || c.is_whitespace() || c.is_control());
    is_plain &= !host.contains(['$', '`', '*', '{', '(']);
    let host = host.trim_end_matches('.').to_owned();
    is_plain &= !host.is_empty() && !is_number_in_disguise(&host);
    (host, is_plain)
}

/// What follows the scheme of an address for which browsers mend slashes.
fn after_web_scheme(written: &str) -> Option<&str> {
    let (scheme, rest) = written.split_once(':')?;
    let schemes = ["http", "https", "ftp", "ws", "wss"];
    let is_web = schemes.iter().any(|it| it.eq_ignore_ascii_case(scheme));
    is_web.then_some(rest)
}

/// Lower case, and full-width letters and dots as the plain ones that they are resolved as.
fn folded(c: char) -> char {
    match c {
        '\u{3002}' | '\u{ff0e}' | '\u{ff61}' => '.',
        '\u{ff01}'..='\u{ff5e}' => {
            let plain = char::from_u32(u32::from(c) - 0xfee0);
            plain.map_or(c, |c| c.to_ascii_lowercase())
        }
        c => c.to_ascii_lowercase(),
    }
}

/// `2130706433`, `0x7f.1` and `017700000001` are all `127.0.0.1`.
fn is_number_in_disguise(host: &str) -> bool {
    let parts: Vec<&str> = host.split('.').collect();
    let is_number = |part: &str| {
        let digits = part.strip_prefix("0x").unwrap_or(part);
        !digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_hexdigit())
            && part.starts_with(|c: char| c.is_ascii_digit())
    };
    let is_usual = parts.len() == 4
        && parts
            .iter()
            .all(|part| part.parse::<u8>().is_ok() && (part.len() == 1 || !part.starts_with('0')));
    parts.iter().all(|part| is_number(part)) && !is_usual
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn a_host_is_found_whatever_surrounds_it() {
        for (written, host, is_plain) in [
            ("https://Example.COM./x?y@z", "example.com", true),
            ("https://good.com:pw@evil.com/", "evil.com", false),
            ("https://good.com@evil.com:8080", "evil.com", false),
            ("https://evil.com\\@good.com/", "evil.com", false),
            ("http://[::1]:80/", "::1", true),
            ("http://127.0.0.1/", "127.0.0.1", true),
            ("http://2130706433/", "2130706433", false),
            ("http://0x7f.1/", "0x7f.1", false),
            ("http://exаmple.com/", "exаmple.com", false),
            ("http://ｅxample。com/", "example.com", false),
            ("git@github.com", "github.com", true),
            ("http://$HOST/", "$host", false),
            ("http:///x", "x", false),
            ("https:evil.com", "evil.com", false),
            ("HTTPS:/evil.com/x", "evil.com", false),
            ("https:\\\\evil.com/x", "evil.com", false),
            (" ht\ntps://evil.com", "evil.com", false),
            ("http://", "", false),
        ] {
            assert_eq!(normal(written), (host.to_owned(), is_plain), "{written}");
        }
    }
}
