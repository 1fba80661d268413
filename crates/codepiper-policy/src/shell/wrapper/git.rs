//! What git runs.

use super::super::Word;
use super::Inner;

/// Whether the value of git's own option is the next word.
pub(in crate::shell) fn option_takes_value(option: &str) -> bool {
    matches!(
        option,
        "-C" | "-c"
            | "--git-dir"
            | "--work-tree"
            | "--namespace"
            | "--config-env"
            | "--super-prefix"
            | "--attr-source"
    )
}

/// `git -c alias.x='!line' x`. Most settings of git can name a program.
pub(super) fn inner(arguments: &[Word]) -> Vec<Inner> {
    const HARMLESS: [&str; 8] = [
        "user.name=",
        "user.email=",
        "color.",
        "core.quotepath=",
        "advice.",
        "init.defaultbranch=",
        "commit.gpgsign=false",
        "log.",
    ];
    let mut found = Vec::new();
    let mut rest = arguments.iter().peekable();
    while let Some(option) = rest.next_if(|word| word.text.starts_with('-')) {
        let text = option.text.as_str();
        let value = if option_takes_value(text) {
            rest.next().map(|word| word.text.as_str())
        } else {
            None
        };
        let setting = match text {
            "-c" | "--config-env" => value,
            _ => text
                .strip_prefix("--config-env=")
                .or_else(|| text.strip_prefix("-c")),
        };
        if let Some(setting) = setting {
            let name = setting.to_ascii_lowercase();
            if let Some((_, line)) = setting
                .split_once('!')
                .filter(|_| name.starts_with("alias."))
            {
                found.push(Inner::Script(line.to_owned()));
            }
            if !HARMLESS.iter().any(|harmless| name.starts_with(harmless)) {
                found.push(Inner::Unknown("a setting of git may name a program"));
            }
        }
        if text.starts_with("--exec-path")
            || text.starts_with("--git-dir")
            || text.starts_with("--work-tree")
        {
            found.push(Inner::Unknown(
                "git takes its programs or settings from elsewhere",
            ));
        }
    }
    let arguments: Vec<Word> = rest.cloned().collect();
    found.extend(by_command(&arguments));
    found
}

/// `git submodule foreach line`, `git bisect run program`, `git rebase --exec line`.
fn by_command(arguments: &[Word]) -> Vec<Inner> {
    let text = |at: usize| arguments.get(at).map_or("", |word| word.text.as_str());
    match text(0) {
        "submodule" => {
            let foreach = arguments.iter().position(|word| word.text == "foreach");
            let rest = foreach.map_or(&[][..], |at| &arguments[at + 1..]);
            let words = rest.iter().map(|word| word.text.as_str());
            let line: Vec<&str> = words.skip_while(|text| text.starts_with('-')).collect();
            if line.is_empty() {
                return Vec::new();
            }
            vec![Inner::Script(line.join(" "))]
        }
        "bisect" if text(1) == "run" => vec![Inner::Argv(arguments[2..].to_vec())],
        "rebase" => lines_of(arguments, 'x', &["--exec"]),
        "filter-branch" => vec![Inner::Guess(arguments[1..].to_vec())],
        "difftool" => lines_of(arguments, 'x', &["--extcmd"]),
        "fetch" | "pull" | "clone" | "ls-remote" | "fetch-pack" | "push" | "send-pack" => {
            let letter = if text(0) == "clone" { 'u' } else { '\0' };
            lines_of(
                arguments,
                letter,
                &["--upload-pack", "--receive-pack", "--exec"],
            )
        }
        "archive" => lines_of(arguments, '\0', &["--exec"]),
        "grep" => lines_of(arguments, 'O', &["--open-files-in-pager"]),
        "config" => config(&arguments[1..]),
        _ => Vec::new(),
    }
}

/// The values of options that are shell lines, however they are shortened.
fn lines_of(arguments: &[Word], letter: char, long: &[&str]) -> Vec<Inner> {
    let mut found = Vec::new();
    for (at, word) in arguments.iter().enumerate().skip(1) {
        let text = word.text.as_str();
        if text == "--" {
            break;
        }
        let next = || arguments.get(at + 1).map(|word| word.text.clone());
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        let is_long = name.len() > 2 && long.iter().any(|long| long.starts_with(name));
        let line = if is_long {
            value.or_else(next)
        } else if text.starts_with('-') && !text.starts_with("--") && text.contains(letter) {
            let attached = text.split_once(letter).map(|(_, rest)| rest.to_owned());
            attached.filter(|rest| !rest.is_empty()).or_else(next)
        } else {
            continue;
        };
        found.extend(line.map(Inner::Script));
        found.push(Inner::Unknown("an option of git names a program"));
    }
    found
}

/// `git config alias.x '!line'`: an alias runs a line, later.
fn config(arguments: &[Word]) -> Vec<Inner> {
    let lines = arguments
        .iter()
        .filter_map(|word| word.text.strip_prefix('!'));
    let mut found: Vec<Inner> = lines.map(|line| Inner::Script(line.to_owned())).collect();
    if !found.is_empty() {
        found.push(Inner::Unknown("an alias of git runs a shell line"));
    }
    found
}
