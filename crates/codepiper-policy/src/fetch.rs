//! The addresses that `curl` and `wget` are given.

use crate::host::Hosts;
use crate::shell::Word;

/// How a program that fetches takes its options. Those that are not here may lead elsewhere, or
/// write a file: an `allow` for a host is not meant for them.
struct Fetcher {
    /// Options that change no address and write no file.
    flags: &'static str,
    long_flags: &'static [&'static str],
    /// The same with a value.
    values: &'static str,
    long_values: &'static [&'static str],
    /// Options with a value that do more.
    other_values: &'static str,
    other_long_values: &'static [&'static str],
}

const CURL: Fetcher = Fetcher {
    flags: "#0123469afgGiIklLMnNpqsSvZ",
    long_flags: &[
        "compressed",
        "fail",
        "fail-with-body",
        "get",
        "head",
        "include",
        "insecure",
        "ipv4",
        "ipv6",
        "location",
        "no-buffer",
        "no-progress-meter",
        "progress-bar",
        "show-error",
        "silent",
        "verbose",
    ],
    values: "AdeFHmrtuXyYz",
    long_values: &[
        "connect-timeout",
        "data",
        "data-ascii",
        "data-binary",
        "data-raw",
        "data-urlencode",
        "form",
        "form-string",
        "header",
        "json",
        "limit-rate",
        "max-filesize",
        "max-redirs",
        "max-time",
        "range",
        "referer",
        "request",
        "retry",
        "retry-delay",
        "retry-max-time",
        "user",
        "user-agent",
    ],
    other_values: "bcCDEhKoPQTUwx",
    other_long_values: &[
        "cacert",
        "cert",
        "cookie",
        "cookie-jar",
        "dump-header",
        "key",
        "output",
        "output-dir",
        "upload-file",
        "write-out",
    ],
};

const WGET: Fetcher = Fetcher {
    flags: "46NSbcdqv",
    long_flags: &[
        "continue",
        "no-verbose",
        "quiet",
        "server-response",
        "show-progress",
        "spider",
        "timestamping",
        "verbose",
    ],
    values: "QTUtw",
    long_values: &["header", "quota", "timeout", "tries", "user-agent", "wait"],
    other_values: "ABDIOPRXaeilo",
    other_long_values: &[
        "append-output",
        "body-data",
        "directory-prefix",
        "execute",
        "output-document",
        "output-file",
        "password",
        "post-data",
        "user",
    ],
};

/// The hosts that `curl` or `wget` talks to.
pub(crate) fn hosts(program: &str, arguments: &[Word]) -> Hosts {
    let fetcher = if program == "curl" { CURL } else { WGET };
    let mut hosts = Hosts {
        are_all: true,
        ..Hosts::default()
    };
    let mut rest = arguments.iter();
    let mut is_option = true;
    while let Some(word) = rest.next() {
        let text = word.text.as_str();
        if !is_option || !text.starts_with('-') || text == "-" {
            hosts.are_all &= !text.contains(['{', '[']);
            hosts.add(text);
            if !text.contains("://") {
                hosts.may_be_part_of(text);
            }
        } else if text == "--" {
            is_option = false;
        } else if let Some(long) = text.strip_prefix("--") {
            let (name, attached) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            };
            if name == "url" {
                if let Some(url) = attached {
                    hosts.add(url);
                }
                continue;
            }
            let is_value = fetcher.long_values.contains(&name);
            if is_value || fetcher.other_long_values.contains(&name) {
                let value = attached.or_else(|| rest.next().map(|word| word.text.as_str()));
                if let Some(value) = value.filter(|_| !is_value) {
                    hosts.may_be_part_of(value);
                }
                hosts.are_all &= is_value && is_data(value);
            } else {
                hosts.are_all &= fetcher.long_flags.contains(&name);
                if let Some(value) = attached {
                    hosts.may_be(value);
                }
            }
        } else {
            let letters = &text[1..];
            let takes_value =
                |c: char| fetcher.values.contains(c) || fetcher.other_values.contains(c);
            // `-nc`, `-nH`: all that begin with it are two letters.
            let is_pair = program == "wget" && letters.starts_with('n');
            let at = letters.find(takes_value).filter(|_| !is_pair);
            let flags = &letters[..at.unwrap_or(letters.len())];
            hosts.are_all &= is_pair || flags.chars().all(|c| fetcher.flags.contains(c));
            if let Some(at) = at {
                let (letter, attached) = letters[at..].split_at(1);
                let attached = Some(attached).filter(|value| !value.is_empty());
                let value = attached.or_else(|| rest.next().map(|word| word.text.as_str()));
                let is_to_output = program == "wget" && letter == "O" && value == Some("-");
                let is_harmless = fetcher.values.contains(letter) && is_data(value);
                hosts.are_all &= is_harmless || is_to_output;
                if let Some(proxy) = value.filter(|_| letter == "x") {
                    hosts.may_be(proxy);
                }
                if let Some(value) = value.filter(|_| fetcher.other_values.contains(letter)) {
                    hosts.may_be_part_of(value);
                }
            }
        }
    }
    hosts.are_all &= !hosts.list.is_empty();
    hosts
}

/// Whether a value stands there, and is in no file: `@file`, `name=@file`, `name=<file`.
fn is_data(value: Option<&str>) -> bool {
    value.is_some_and(|value| {
        let begins_file = |text: &str| text.starts_with(['@', '<']);
        !begins_file(value) && !value.split('=').any(begins_file)
    })
}
