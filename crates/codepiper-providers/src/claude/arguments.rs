//! What a person adds to the command line of Claude Code.

use crate::option::{is_word, split, words};
use crate::{Home, Refusal};

/// The options that take no value.
const FLAGS: [&str; 26] = [
    "--allow-dangerously-skip-permissions",
    "--ax-screen-reader",
    "--brief",
    "--chrome",
    "--cowork",
    "--dangerously-skip-permissions",
    "--debug-to-stderr",
    "--deep-link-origin",
    "--disable-slash-commands",
    "--enable-auth-status",
    "--enable-auto-mode",
    "--exclude-dynamic-system-prompt-sections",
    "--ide",
    "--include-hook-events",
    "--include-partial-messages",
    "--init",
    "--maintenance",
    "--mcp-debug",
    "--no-chrome",
    "--plan-mode-required",
    "--replay-user-messages",
    "--reply-on-resume",
    "--session-mirror",
    "--strict-mcp-config",
    "--verbose",
    "--xaa",
];

/// The options that take all words up to the next option.
const LISTS: [&str; 11] = [
    "--add-dir",
    "--allowed-tools",
    "--allowedTools",
    "--betas",
    "--channels",
    "--dangerously-load-development-channels",
    "--disallowed-tools",
    "--disallowedTools",
    "--file",
    "--mcp-config",
    "--tools",
];

/// The options whose value is somebody's own words, which may begin with a hyphen.
const TEXTS: [&str; 6] = [
    "-n",
    "--append-system-prompt",
    "--name",
    "--plan-mode-instructions",
    "--prefill",
    "--system-prompt",
];

/// Why Claude Code would not be the session that was asked for with these arguments.
pub(super) fn refusal(args: &[String]) -> Option<Refusal> {
    // Claude Code looks for some of them among values too.
    if let Some(found) = args.iter().find_map(|arg| refused(arg)) {
        return Some(found);
    }
    let mut rest = args;
    while let Some((arg, after)) = rest.split_first() {
        if arg == "--" || is_word(arg) {
            return Some(PROMPT);
        }
        let (name, value) = split(arg);
        if let Some(found) = refused(name) {
            return Some(found);
        }
        let values = match name {
            _ if value.is_some() || FLAGS.contains(&name) => 0,
            _ if TEXTS.contains(&name) => after.len().min(1),
            _ if LISTS.contains(&name) => words(after),
            // Of an option that is not known here, the word behind it may be the value.
            _ => words(after).min(1),
        };
        rest = &after[values..];
    }
    None
}

/// Whether these arguments allow tools, or a mode that does, which would be asked about otherwise.
pub(super) fn allows(args: &[String]) -> bool {
    // Among values, too: one too many is looked at rather than one too few.
    let names = [
        "--allowedTools",
        "--allowed-tools",
        "--permission-mode",
        "--allow-dangerously-skip-permissions",
        "--enable-auto-mode",
    ];
    args.iter().any(|arg| names.contains(&split(arg).0))
}

/// Why no rule would be asked in this environment.
pub(super) fn refused_environment(home: Home<'_>) -> Option<Refusal> {
    let is_on = |name: &str| {
        (home.var)(name).is_some_and(|value| {
            let value = value.trim().to_ascii_lowercase();
            ["1", "true", "yes", "on"].contains(&value.as_str())
        })
    };
    SWITCHES
        .into_iter()
        .find_map(|(name, refusal)| is_on(name).then_some(refusal))
}

/// The variables that take the hooks away.
const SWITCHES: [(&str, Refusal); 2] = [
    (
        "CLAUDE_CODE_SIMPLE",
        Refusal {
            code: "hooks_taken",
            message: "`CLAUDE_CODE_SIMPLE` switches off the hooks, so no rule would be asked",
            hint: "unset it where the daemon is started, or start with `--env CLAUDE_CODE_SIMPLE=0`",
        },
    ),
    (
        "CLAUDE_CODE_SAFE_MODE",
        Refusal {
            code: "hooks_taken",
            message: "`CLAUDE_CODE_SAFE_MODE` switches off the hooks, so no rule would be asked",
            hint: "unset it where the daemon is started, or start with \
                   `--env CLAUDE_CODE_SAFE_MODE=0`",
        },
    ),
];

fn refused(name: &str) -> Option<Refusal> {
    match name {
        "--settings" | "--managed-settings" => Some(Refusal {
            code: "settings_taken",
            message: "`--settings` and `--managed-settings` take the place of the hooks that \
                      CodePiper decides through",
            hint: "put what they say into the settings of the user or the project",
        }),
        "--bare" | "--safe-mode" => Some(Refusal {
            code: "hooks_taken",
            message: "`--bare` and `--safe-mode` switch off the hooks, so no rule would be asked",
            hint: "leave them out, or run `claude` itself",
        }),
        "-r"
        | "--resume"
        | "-c"
        | "--continue"
        | "--from-pr"
        | "--fork-session"
        | "--session-id"
        | "--resume-session-at"
        | "--rewind-files" => Some(Refusal {
            code: "conversation_taken",
            message: "`--resume`, `--continue`, `--from-pr`, `--fork-session`, `--session-id`, \
                      `--resume-session-at` and `--rewind-files` say which conversation it is, \
                      and so does the session",
            hint: "go on with one by `codepiper start --resume ID`, with `--fork` for a copy, or \
                   by `codepiper resume` and `codepiper fork`",
        }),
        "--bg" | "--background" | "--cloud" | "--remote" | "--routine" | "--teleport"
        | "--tmux" => Some(Refusal {
            code: "terminal_taken",
            message: "`--bg`, `--cloud`, `--remote`, `--routine`, `--teleport` and `--tmux` have \
                      Claude Code run outside of the session's terminal",
            hint: "leave them out: a session runs by itself, and `codepiper attach` shows it",
        }),
        "-p"
        | "--print"
        | "--input-format"
        | "--output-format"
        | "--sdk-url"
        | "--no-session-persistence" => Some(Refusal {
            code: "terminal_taken",
            message: "`--print`, `--input-format`, `--output-format`, `--sdk-url` and \
                      `--no-session-persistence` are for Claude Code without a terminal",
            hint: "leave them out, and get a reply with `codepiper send --wait`",
        }),
        "-h" | "--help" | "-v" | "--version" | "--init-only" => Some(Refusal {
            code: "not_a_session",
            message: "with `--help`, `--version` and `--init-only` Claude Code ends at once",
            hint: "run `claude` itself for that",
        }),
        "-w" | "--worktree" => Some(Refusal {
            code: "folder_taken",
            message: "`--worktree` says where Claude Code works, and so does the session",
            hint: "make the worktree with `git worktree add`, and give it to the session with \
                   `--dir`",
        }),
        "--model" => Some(Refusal {
            code: "model_taken",
            message: "`--model` behind `--` would undo what `codepiper model` says at each resume",
            hint: "start with `--model` of CodePiper instead",
        }),
        _ => None,
    }
}

const PROMPT: Refusal = Refusal {
    code: "prompt_taken",
    message: "a word behind `--` that belongs to no option is a prompt, which each resume would \
              give again, or a command of `claude`, which is no session",
    hint: "give the prompt with `--prompt`, and run commands with `claude` itself",
};

#[cfg(test)]
mod tests {
    use super::*;

    fn code(args: &str) -> Option<&'static str> {
        let args: Vec<String> = args.split(' ').map(str::to_owned).collect();
        refusal(&args).map(|refusal| refusal.code)
    }

    #[test]
    fn arguments_that_would_change_the_session_are_refused() {
        for (args, expected) in [
            ("--resume x --fork-session", "conversation_taken"),
            ("--resume=x", "conversation_taken"),
            ("-rx", "conversation_taken"),
            ("-c", "conversation_taken"),
            ("-cv", "conversation_taken"),
            ("--verbose --session-id x", "conversation_taken"),
            ("--from-pr 7", "conversation_taken"),
            ("--background", "terminal_taken"),
            ("--tmux=classic", "terminal_taken"),
            ("-p", "terminal_taken"),
            ("--output-format json", "terminal_taken"),
            ("--worktree", "folder_taken"),
            ("-wx", "folder_taken"),
            ("--model=opus", "model_taken"),
            ("--settings={}", "settings_taken"),
            ("--bare", "hooks_taken"),
            ("--append-system-prompt --safe-mode", "hooks_taken"),
            ("--version", "not_a_session"),
            ("hello", "prompt_taken"),
            ("--verbose mcp list", "prompt_taken"),
            ("--effort high update", "prompt_taken"),
            ("--add-dir a b --ide hello", "prompt_taken"),
            ("--add-dir=a b", "prompt_taken"),
            ("-dapi hello", "prompt_taken"),
            ("--effort high -- --verbose", "prompt_taken"),
            ("--agent x -", "prompt_taken"),
        ] {
            assert_eq!(code(args), Some(expected), "{args}");
        }
    }

    #[test]
    fn values_are_no_prompts() {
        for args in [
            "--add-dir a b --verbose",
            "--allowedTools Bash(git:*) Edit",
            "--append-system-prompt -print-nothing --effort high",
            "--permission-mode plan",
            "-n api -d api,hooks",
            "--setting-sources user",
            "--new-in-some-version value --debug",
        ] {
            assert_eq!(code(args), None, "{args}");
        }
    }

    #[test]
    fn an_environment_without_hooks_is_refused() {
        for (value, is_refused) in [("1", true), (" Yes", true), ("0", false), ("", false)] {
            for name in ["CLAUDE_CODE_SIMPLE", "CLAUDE_CODE_SAFE_MODE"] {
                let home = Home {
                    var: &|asked| (asked == name).then(|| value.to_owned()),
                    file: &|_| None,
                };
                let refusal = refused_environment(home);
                assert_eq!(refusal.is_some(), is_refused, "{name}={value}");
                assert!(refusal.is_none_or(|refusal| refusal.message.contains(name)));
            }
        }
    }
}
