//! What a version of Codex can do, from what it says of its arguments.

use codepiper_model::Channel;

use crate::{Installed, installed};

/// What its program is asked.
pub(super) const QUESTIONS: [&[&str]; 3] = [&["--version"], &["--help"], &["app-server", "--help"]];

/// Keeps a terminal from the server that others share.
pub(super) const NO_DAEMON: &str = "--no-daemon";

/// What it says of itself. What it does not answer is taken to be there: a start that fails then
/// says why.
pub(super) fn read(answers: &[Option<String>]) -> Installed {
    let answer = |i: usize| answers.get(i).and_then(Option::as_deref);
    let lacks = |i: usize, option: &str| answer(i).is_some_and(|said| !said.contains(option));
    let channel = if lacks(1, "--dangerously-bypass-hook-trust") {
        // Before it ran hooks by themselves.
        Channel::Screen
    } else if lacks(1, "--remote") || lacks(2, "--listen") {
        Channel::Hooks
    } else {
        Channel::AppServer
    };
    Installed {
        version: answer(0).and_then(installed::version),
        channel,
        // Before it shared a server that would have to be avoided.
        unknown: if lacks(1, NO_DAEMON) {
            &[NO_DAEMON]
        } else {
            &[]
        },
    }
}

/// Whether hooks are switched on, from what `codex features list` says.
pub fn hooks_on(features: &str) -> Option<bool> {
    let hooks = features.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("hooks")).then(|| words.next_back())
    });
    match hooks? {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channel_is_what_the_program_has_arguments_for() {
        let read = |help: &str, server: &str| {
            read(&["codex-cli 0.169.0", help, server].map(|said| Some(said.to_owned())))
        };
        let whole = "--remote <ADDR> --dangerously-bypass-hook-trust";
        let found = read(whole, "--listen <URL>");
        assert_eq!(found.version.as_deref(), Some("0.169.0"));
        assert_eq!(found.channel, Channel::AppServer);
        assert_eq!(read(whole, "--stdio").channel, Channel::Hooks);
        let unshared = "--dangerously-bypass-hook-trust";
        assert_eq!(read(unshared, "--listen <URL>").channel, Channel::Hooks);
        let oldest = read("--full-auto", "");
        assert_eq!(
            (oldest.channel, oldest.unknown),
            (Channel::Screen, &[NO_DAEMON][..])
        );
        assert_eq!(super::read(&[None, None, None]).channel, Channel::AppServer);
    }

    #[test]
    fn hooks_may_be_switched_off() {
        // Recorded from Codex 0.169.0.
        let list = |on| format!("guardian_v2    stable  true\nhooks          stable  {on}\n");
        assert_eq!(hooks_on(&list("false")), Some(false));
        assert_eq!(hooks_on(&list("true")), Some(true));
        assert_eq!(hooks_on("hooks_x stable true"), None);
    }
}
