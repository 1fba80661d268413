//! What git runs.

use super::super::Word;
use super::Inner;

/// Whether the value of git's own option is the next word.
pub(crate) fn option_takes_value(option: &str) -> bool {
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
            found.extend(by_setting(setting));
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

/// `alias.x=!line`, `core.pager=line`
fn by_setting(setting: &str) -> Vec<Inner> {
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
    let name = setting.to_ascii_lowercase();
    if HARMLESS.iter().any(|harmless| name.starts_with(harmless)) {
        return Vec::new();
    }
    let line = setting.split_once('=').map_or(setting, |(_, line)| line);
    vec![
        Inner::Script(line.trim_start_matches('!').to_owned()),
        Inner::Unknown("a setting of git may name a program"),
    ]
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
        "clone" => {
            let mut found = lines_of(arguments, 'u', &["--upload-pack"]);
            found.extend(settings_of(arguments));
            found
        }
        "send-email" => lines_of(
            arguments,
            '\0',
            &[
                "--sendmail-cmd",
                "--smtp-server",
                "--to-cmd",
                "--cc-cmd",
                "--header-cmd",
            ],
        ),
        "instaweb" => lines_of(arguments, 'd', &["--httpd", "--browser"]),
        "fetch" | "pull" | "ls-remote" | "fetch-pack" | "push" | "send-pack" => lines_of(
            arguments,
            '\0',
            &["--upload-pack", "--receive-pack", "--exec"],
        ),
        "archive" => lines_of(arguments, '\0', &["--exec"]),
        "grep" => lines_of(arguments, 'O', &["--open-files-in-pager"]),
        "config" => config(&arguments[1..]),
        _ => Vec::new(),
    }
}

/// `git clone -c core.sshCommand=line`, `git clone --template=directory`
fn settings_of(arguments: &[Word]) -> Vec<Inner> {
    let mut found = Vec::new();
    for (at, word) in arguments.iter().enumerate().skip(1) {
        let text = word.text.as_str();
        let next = || arguments.get(at + 1).map(|word| word.text.as_str());
        let name = text.split('=').next().unwrap_or(text);
        if name.len() > 3 && "--template".starts_with(name) {
            found.push(Inner::Unknown("a template of git may hold programs"));
        }
        let setting = if name.len() > 3 && "--config".starts_with(name) {
            text.split_once('=')
                .map(|(_, setting)| setting)
                .or_else(next)
        } else if text == "-c" {
            next()
        } else {
            text.strip_prefix("-c")
        };
        found.extend(setting.into_iter().flat_map(by_setting));
    }
    found
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

/// `git config core.pager line`: most settings name a program, or where settings come from, and an
/// alias runs a line, later.
fn config(arguments: &[Word]) -> Vec<Inner> {
    const NAMES: [&str; 30] = [
        "askpass",
        "attributesfile",
        "clean",
        "cmd",
        "command",
        "driver",
        "editor",
        "excludesfile",
        "external",
        "fsmonitor",
        "gitproxy",
        "helper",
        "hook",
        "hookspath",
        "insteadof",
        "packobjectshook",
        "pager",
        "path",
        "process",
        "program",
        "proxy",
        "pushinsteadof",
        "receivepack",
        "smudge",
        "sshcommand",
        "templatedir",
        "textconv",
        "tool",
        "uploadpack",
        "vcs",
    ];
    let mut words = arguments.iter().map(|word| word.text.as_str());
    let is_action = |text: &&str| text.starts_with('-') || matches!(*text, "set" | "add");
    let name = words.find(|text| !is_action(text)).unwrap_or_default();
    let value = words.next();
    let name = name.to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_program = NAMES.contains(&last)
        || ["alias.", "pager.", "includeif.", "trace2."]
            .iter()
            .any(|it| name.starts_with(it));
    match value {
        Some(line) if is_program => vec![
            Inner::Script(line.trim_start_matches('!').to_owned()),
            Inner::Unknown("a setting of git may name a program"),
        ],
        _ if arguments
            .iter()
            .any(|word| matches!(word.text.as_str(), "-e" | "--edit" | "edit")) =>
        {
            vec![Inner::Unknown("it starts an editor")]
        }
        _ => Vec::new(),
    }
}
