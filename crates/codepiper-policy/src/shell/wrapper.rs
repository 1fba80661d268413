//! Programs that run another program. Both are judged.

use super::Word;
use super::command::base;

/// What a wrapper runs.
#[derive(Clone, Debug)]
pub(super) enum Inner {
    /// A program with its arguments.
    Argv(Vec<Word>),
    /// A shell line.
    Script(String),
    /// Something that is not in the line.
    Unknown(&'static str),
}

/// How a wrapper takes its command.
struct Form {
    name: &'static str,
    /// Options whose value is the next word: letters, and long names after blanks.
    letters: &'static str,
    long: &'static str,
    /// How many operands come before the command.
    operands: usize,
    /// What it adds to the command by itself.
    added: Option<&'static str>,
    /// Whether the words are joined and read by a shell.
    by_shell: bool,
}

const fn form(
    name: &'static str,
    letters: &'static str,
    long: &'static str,
    operands: usize,
) -> Form {
    Form {
        name,
        letters,
        long,
        operands,
        added: None,
        by_shell: false,
    }
}

const FORMS: [Form; 38] = [
    form("env", "uCSa", "unset chdir split-string argv0", 0),
    form(
        "sudo",
        "ughpCTDRrtUa",
        "user group host prompt close-from chdir chroot role type other-user command-timeout",
        0,
    ),
    form("doas", "uCa", "", 0),
    form("run0", "u", "user group setenv chdir unit property", 0),
    form("nohup", "", "", 0),
    form("time", "fo", "format output", 0),
    form("nice", "n", "adjustment", 0),
    form("ionice", "cnpPu", "class classdata", 0),
    form("chrt", "TPD", "", 1),
    form("taskset", "", "", 1),
    form("timeout", "sk", "signal kill-after", 1),
    form("gtimeout", "sk", "signal kill-after", 1),
    form("setsid", "", "", 0),
    form("stdbuf", "ioe", "input output error", 0),
    form("unbuffer", "", "", 0),
    form("command", "", "", 0),
    form("builtin", "", "", 0),
    form("exec", "a", "", 0),
    form("noglob", "", "", 0),
    form("nocorrect", "", "", 0),
    form("chroot", "", "", 1),
    form("unshare", "SGR", "root wd setuid setgid", 0),
    form("nsenter", "tSGW", "target", 0),
    form("prlimit", "p", "pid", 0),
    form("strace", "eopsuEaIOSPX", "", 0),
    form("ltrace", "eopsun", "", 0),
    form("caffeinate", "tw", "", 0),
    form("systemd-run", "pEtuM", "property unit setenv slice", 0),
    form("busybox", "", "", 0),
    form("toybox", "", "", 0),
    form("firejail", "", "", 0),
    form("dbus-run-session", "", "", 0),
    Form {
        added: Some("{}"),
        ..form(
            "xargs",
            "InPLdaEsR",
            "max-args max-procs max-lines delimiter arg-file replace max-chars",
            0,
        )
    },
    Form {
        added: Some("{}"),
        by_shell: true,
        ..form("parallel", "jSNnLIadC", "jobs", 0)
    },
    Form {
        by_shell: true,
        ..form("watch", "nq", "interval", 0)
    },
    Form {
        by_shell: true,
        ..form("ssh", "bcDEeFIiJLlmOopQRSWw", "", 1)
    },
    Form {
        by_shell: true,
        ..form("eval", "", "", 0)
    },
    Form {
        ..form("flock", "wEc", "wait timeout conflict-exit-code command", 1)
    },
];

const SHELLS: [&str; 10] = [
    "sh", "bash", "zsh", "dash", "ksh", "mksh", "ash", "fish", "rbash", "csh",
];

/// What `words` run besides their own program; nothing for most programs. `input` is what stands
/// in the line as their standard input.
pub(super) fn inner(words: &[Word], input: Option<&str>) -> Vec<Inner> {
    let Some((program, arguments)) = words.split_first() else {
        return Vec::new();
    };
    let program = base(&program.text);
    match program {
        "git" => git(arguments),
        "find" | "gfind" => find(arguments),
        "su" | "runuser" | "script" => su(arguments),
        "trap" => arguments.first().map(script).into_iter().collect(),
        "alias" => aliases(arguments),
        "busybox"
            if arguments
                .first()
                .is_some_and(|word| word.text.starts_with('-')) =>
        {
            Vec::new()
        }
        shell if SHELLS.contains(&shell) => run_by_shell(arguments, input),
        other => FORMS
            .iter()
            .find(|form| form.name == other)
            .map_or_else(Vec::new, |form| run_by(form, arguments)),
    }
}

fn script(word: &Word) -> Inner {
    Inner::Script(word.text.clone())
}

fn run_by(form: &Form, arguments: &[Word]) -> Vec<Inner> {
    let mut found = Vec::new();
    let mut rest = arguments;
    let mut operands = form.operands;
    while let Some((word, after)) = rest.split_first() {
        let text = word.text.as_str();
        if text == "--" {
            rest = after;
            rest = rest.get(operands.min(rest.len())..).unwrap_or_default();
            break;
        }
        if text.starts_with('-') && text.len() > 1 || (form.name == "nice" && text.starts_with('+'))
        {
            let takes_value = takes_value(form, text);
            if form.name == "env" && (text.starts_with("-S") || text.starts_with("--split-string"))
            {
                let attached = text
                    .strip_prefix("-S")
                    .or_else(|| text.strip_prefix("--split-string="));
                let script = attached.filter(|text| !text.is_empty()).map(str::to_owned);
                let script = script.or_else(|| after.first().map(|word| word.text.clone()));
                found.push(Inner::Script(script.unwrap_or_default()));
            }
            if form.name == "flock" && matches!(text, "-c" | "--command") {
                found.extend(after.first().map(script));
                return found;
            }
            if form.name == "command" && text.trim_start_matches('-').contains(['v', 'V']) {
                return found;
            }
            rest = if takes_value {
                after.get(1..).unwrap_or_default()
            } else {
                after
            };
            continue;
        }
        let is_assignment = matches!(form.name, "env" | "sudo" | "doas") && text.contains('=');
        if is_assignment {
            if super::variables::assigned(text).is_none_or(super::variables::is_dangerous) {
                found.push(Inner::Unknown("a variable is set that decides what runs"));
            }
            rest = after;
            continue;
        }
        if operands == 0 {
            break;
        }
        operands -= 1;
        rest = after;
    }
    if rest.is_empty() {
        let starts_shell = matches!(
            form.name,
            "sudo" | "doas" | "run0" | "chroot" | "unshare" | "nsenter" | "ssh" | "firejail"
        );
        if starts_shell {
            found.push(Inner::Unknown("it starts a shell"));
        }
        return found;
    }
    if form.by_shell {
        let line: Vec<&str> = rest.iter().map(|word| word.text.as_str()).collect();
        found.push(Inner::Script(line.join(" ")));
        if form.added.is_some() || rest.iter().any(Word::is_computed) {
            found.push(Inner::Unknown("its arguments are only known when it runs"));
        }
        return found;
    }
    let mut argv = rest.to_vec();
    argv.extend(form.added.map(Word::computed));
    found.push(Inner::Argv(argv));
    found
}

/// Whether the value of an option is the next word.
fn takes_value(form: &Form, option: &str) -> bool {
    if let Some(long) = option.strip_prefix("--") {
        return form.long.split(' ').any(|name| name == long);
    }
    let mut letters = option.chars().skip(1);
    letters
        .find(|letter| form.letters.contains(*letter))
        .is_some_and(|_| letters.next().is_none())
}

/// `sh -c line`, `bash -lc line`. Anything else reads its program from somewhere.
fn run_by_shell(arguments: &[Word], input: Option<&str>) -> Vec<Inner> {
    const FROM_ELSEWHERE: Inner =
        Inner::Unknown("the shell reads its program from a file or from its input");
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        let text = word.text.as_str();
        match text {
            "--version" | "--help" if arguments.len() == 1 => return Vec::new(),
            "--rcfile" | "--init-file" => return vec![FROM_ELSEWHERE],
            option if is_setting(option) => drop(rest.next()),
            option if option.starts_with("--") && option.len() > 2 => {}
            option if option.starts_with(['-', '+']) && option.contains('c') => {
                let is_option = |word: &&Word| word.text.starts_with(['-', '+']);
                return match rest.find(|word| !is_option(word)) {
                    Some(line) => vec![script(line)],
                    None => vec![FROM_ELSEWHERE],
                };
            }
            option if option.starts_with(['-', '+']) => {}
            _ => return vec![FROM_ELSEWHERE],
        }
    }
    let stated = input.map(|text| Inner::Script(text.to_owned()));
    stated.into_iter().chain([FROM_ELSEWHERE]).collect()
}

/// `-o pipefail`, `-euo pipefail`, `+O extglob`
fn is_setting(option: &str) -> bool {
    option.starts_with(['-', '+']) && !option.starts_with("--") && option.ends_with(['o', 'O'])
}

/// `su user -c line`
fn su(arguments: &[Word]) -> Vec<Inner> {
    let is_command = |word: &Word| matches!(word.text.as_str(), "-c" | "--command" | "-lc" | "-qc");
    match arguments
        .iter()
        .position(is_command)
        .and_then(|at| arguments.get(at + 1))
    {
        Some(line) => vec![script(line)],
        None => vec![Inner::Unknown("it starts a shell")],
    }
}

fn aliases(arguments: &[Word]) -> Vec<Inner> {
    let definitions = arguments
        .iter()
        .filter_map(|word| word.text.split_once('='));
    definitions
        .map(|(_, line)| Inner::Script(line.to_owned()))
        .collect()
}

/// `find … -exec program … ;`, and `+`.
fn find(arguments: &[Word]) -> Vec<Inner> {
    let mut found = Vec::new();
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        if matches!(word.text.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir") {
            let is_end = |word: &&Word| !matches!(word.text.as_str(), ";" | "+");
            let argv = rest.by_ref().take_while(is_end).map(|word| {
                if word.text.contains("{}") {
                    Word::files(&word.text)
                } else {
                    word.clone()
                }
            });
            found.push(Inner::Argv(argv.collect()));
        }
    }
    found
}

/// Whether the value of git's own option is the next word.
pub(super) fn git_option_takes_value(option: &str) -> bool {
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
fn git(arguments: &[Word]) -> Vec<Inner> {
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
        let value = if git_option_takes_value(text) {
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
        if text.starts_with("--exec-path=")
            || text.starts_with("--git-dir")
            || text.starts_with("--work-tree")
        {
            found.push(Inner::Unknown(
                "git takes its programs or settings from elsewhere",
            ));
        }
    }
    found
}
