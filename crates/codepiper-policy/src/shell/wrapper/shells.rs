//! Shells, and programs that start one for a line.

use super::super::Word;
use super::{Inner, script};

/// Whether a program reads shell lines.
pub(in crate::shell) fn is_shell(name: &str) -> bool {
    const SHELLS: [&str; 20] = [
        "sh", "bash", "zsh", "dash", "ksh", "ksh93", "mksh", "lksh", "pdksh", "oksh", "ash",
        "fish", "rbash", "rzsh", "csh", "tcsh", "yash", "posh", "osh", "rksh",
    ];
    SHELLS.contains(&name)
}

/// `sh -c line`, `bash -lc line`. Anything else reads its program from somewhere.
pub(super) fn inner(arguments: &[Word], input: Option<&str>) -> Vec<Inner> {
    const FROM_ELSEWHERE: Inner =
        Inner::Unknown("the shell reads its program from a file or from its input");
    let mut rest = arguments.iter();
    let mut runs_file = false;
    while let Some(word) = rest.next() {
        let text = word.text.as_str();
        match text {
            "--version" | "--help" if arguments.len() == 1 => return Vec::new(),
            "--rcfile" | "--init-file" => {
                runs_file = true;
                rest.next();
            }
            "--command" | "--init-command" => {
                let line = rest.next().map(script);
                return line.into_iter().chain([FROM_ELSEWHERE]).collect();
            }
            option if is_setting(option) => drop(rest.next()),
            option if option.starts_with("--") && option.len() > 2 => {
                let line = option
                    .strip_prefix("--command=")
                    .or_else(|| option.strip_prefix("--init-command="));
                if let Some(line) = line {
                    return vec![Inner::Script(line.to_owned()), FROM_ELSEWHERE];
                }
            }
            option if option.starts_with(['-', '+']) && option.contains('c') => {
                let is_option = |word: &&Word| word.text.starts_with(['-', '+']);
                let line = rest.find(|word| !is_option(word)).map(script);
                let unknown = (runs_file || line.is_none()).then_some(FROM_ELSEWHERE);
                return line.into_iter().chain(unknown).collect();
            }
            option if option.starts_with(['-', '+']) => {}
            _ if is_input(text) => break,
            _ => return vec![FROM_ELSEWHERE],
        }
    }
    let stated = input.map(|text| Inner::Script(text.to_owned()));
    stated.into_iter().chain([FROM_ELSEWHERE]).collect()
}

/// Files that stand for the input.
pub(super) fn is_input(file: &str) -> bool {
    file == "/dev/stdin" || file.starts_with("/dev/fd/") || file == "/proc/self/fd/0"
}

/// `-o pipefail`, `-euo pipefail`, `+O extglob`
fn is_setting(option: &str) -> bool {
    option.starts_with(['-', '+']) && !option.starts_with("--") && option.ends_with(['o', 'O'])
}

/// `su user -c line`, `script -qc line`, `sg group line`, `runuser -u user -- program`.
pub(super) fn su(arguments: &[Word]) -> Vec<Inner> {
    let mut found = Vec::new();
    for (at, word) in arguments.iter().enumerate() {
        let text = word.text.as_str();
        let (name, value) = text
            .split_once('=')
            .map_or((text, None), |(name, value)| (name, Some(value)));
        let attached = match text.strip_prefix('-') {
            // An abbreviation of `--command`, or of `--session-command`.
            Some(_) if text.starts_with("--") => {
                let is_line = name.len() > 2
                    && ["--command", "--session-command"]
                        .iter()
                        .any(|long| long.starts_with(name));
                if !is_line {
                    continue;
                }
                value
            }
            Some(letters) => match letters.split_once('c') {
                Some((_, rest)) => Some(rest).filter(|rest| !rest.is_empty()),
                None => continue,
            },
            None => continue,
        };
        let next = || arguments.get(at + 1).map(|word| word.text.clone());
        found.extend(attached.map(str::to_owned).or_else(next).map(Inner::Script));
        break;
    }
    if found.is_empty() {
        found.push(Inner::Unknown("it starts a shell"));
    }
    found.push(Inner::Guess(arguments.to_vec()));
    found
}
