//! What a person adds to the command line of Codex.

use super::mode::Sandbox;
use crate::Refusal;
use crate::option::{is_word, split, words};

/// A person's arguments, by who understands them, without those that say the session's mode.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Divided {
    /// Both do.
    pub(super) settings: Vec<String>,
    /// Only the app-server: what says what is permitted ends a terminal on it ("Permission
    /// overrides are not supported when resuming a remote task").
    pub(super) permissions: Vec<String>,
    /// Only the terminal.
    pub(super) terminal: Vec<String>,
}

pub(super) fn divided(args: &[String]) -> Divided {
    let mut divided = Divided::default();
    for argument in arguments(args) {
        if mode_argument(&argument).is_some() {
            continue;
        }
        if argument.name == "--search" {
            // The terminal alone would not tell the app-server.
            let live = ["-c".to_owned(), r#"web_search="live""#.to_owned()];
            divided.settings.extend(live);
            continue;
        }
        let place = match argument.name {
            "-c" | "--config" | "--enable" | "--disable" => {
                if is_permission(&argument) {
                    &mut divided.permissions
                } else {
                    &mut divided.settings
                }
            }
            "--strict-config" => &mut divided.settings,
            _ => &mut divided.terminal,
        };
        place.extend_from_slice(argument.raw);
    }
    divided
}

/// How the keys begin of what says what is permitted.
const PERMITS: [&str; 4] = ["sandbox", "permission", "default_permission", "approval"];

/// Whether something is said of what is permitted, beside the session's mode.
pub(super) fn permits(args: &[String]) -> bool {
    let others = arguments(args).into_iter();
    let mut others = others.filter(|argument| mode_argument(argument).is_none());
    others.any(|argument| is_permission(&argument))
}

fn is_permission(argument: &Argument<'_>) -> bool {
    if !matches!(argument.name, "-c" | "--config" | "--enable" | "--disable") {
        return false;
    }
    let (key, _) = key_and_value(argument.value.unwrap_or_default());
    PERMITS.iter().any(|begin| key.starts_with(begin))
}

/// The two halves of a setting. In TOML `"a" . 'b'` is the key `a.b`.
fn key_and_value(setting: &str) -> (String, &str) {
    let (mut key, mut quote) = (String::new(), None);
    for (at, c) in setting.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '=' => return (key, &setting[at + 1..]),
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c.is_whitespace() => {}
            _ => key.push(c),
        }
    }
    (key, "")
}

/// One argument, with the value that follows it.
struct Argument<'a> {
    name: &'a str,
    value: Option<&'a str>,
    raw: &'a [String],
}

/// Those we look at whose value may be an argument of its own.
const WITH_VALUE: [&str; 8] = [
    "-c",
    "--config",
    "--enable",
    "--disable",
    "-s",
    "--sandbox",
    "-a",
    "--ask-for-approval",
];

/// Those that take no value.
const FLAGS: [&str; 11] = [
    "--approve-for-me",
    "--dangerously-bypass-approvals-and-sandbox",
    "--dangerously-bypass-hook-trust",
    "--full-auto",
    "--no-alt-screen",
    "--no-daemon",
    "--oss",
    "--search",
    "--strict-config",
    "--worktree",
    "--yolo",
];

fn arguments(args: &[String]) -> Vec<Argument<'_>> {
    let mut found = Vec::new();
    let mut rest = args;
    while let Some(arg) = rest.first() {
        let (name, value) = split(arg);
        let len = match name {
            // What follows is the prompt, whatever it looks like.
            "--" => rest.len(),
            _ if value.is_some() || is_word(name) || FLAGS.contains(&name) => 1,
            _ if WITH_VALUE.contains(&name) => rest.len().min(2),
            "-i" | "--image" => 1 + words(&rest[1..]),
            // Of an option that is not known here, the word behind it may be the value.
            _ => 1 + words(&rest[1..]).min(1),
        };
        let (raw, after) = rest.split_at(len);
        let value = value.or_else(|| raw.get(1).map(String::as_str));
        found.push(Argument { name, value, raw });
        rest = after;
    }
    found
}

/// What a person says of the session's mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) sandbox: Option<Sandbox>,
    pub(super) asks: Option<bool>,
}

impl Wish {
    pub(super) fn of(dangerous: bool, args: &[String]) -> Result<Self, Refusal> {
        let mut wish = if dangerous {
            Self::DANGEROUS
        } else {
            Self::default()
        };
        for said in arguments(args).iter().filter_map(mode_argument) {
            wish = wish.and(said?)?;
        }
        Ok(wish)
    }

    const DANGEROUS: Self = Self {
        sandbox: Some(Sandbox::None),
        asks: Some(false),
    };

    /// Both wishes, where they go together.
    fn and(self, other: Self) -> Result<Self, Refusal> {
        fn both<T: PartialEq>(one: Option<T>, other: Option<T>) -> Result<Option<T>, Refusal> {
            match (one, other) {
                (Some(one), Some(other)) if one != other => Err(MODE_CONTRADICTS),
                (one, other) => Ok(one.or(other)),
            }
        }
        Ok(Self {
            sandbox: both(self.sandbox, other.sandbox)?,
            asks: both(self.asks, other.asks)?,
        })
    }
}

/// What an argument says of the mode; `None` where it is about something else.
fn mode_argument(argument: &Argument<'_>) -> Option<Result<Wish, Refusal>> {
    let value = argument.value.unwrap_or_default();
    match argument.name {
        "-s" | "--sandbox" => Some(sandbox(value)),
        "-a" | "--ask-for-approval" => Some(asks(value)),
        // Older versions have it.
        "--full-auto" => Some(Ok(Wish {
            sandbox: Some(Sandbox::Workspace),
            asks: Some(true),
        })),
        "--yolo" | "--dangerously-bypass-approvals-and-sandbox" => Some(Ok(Wish::DANGEROUS)),
        "-c" | "--config" => {
            let (key, value) = key_and_value(value);
            match key.as_str() {
                "sandbox_mode" => Some(sandbox(unquoted(value))),
                "approval_policy" => Some(asks(unquoted(value))),
                _ => None,
            }
        }
        _ => None,
    }
}

fn sandbox(name: &str) -> Result<Wish, Refusal> {
    let sandbox = Sandbox::named(name).ok_or(SANDBOX_UNKNOWN)?;
    Ok(Wish {
        sandbox: Some(sandbox),
        asks: None,
    })
}

fn asks(policy: &str) -> Result<Wish, Refusal> {
    let asks = match policy {
        "on-request" => true,
        "never" => false,
        _ => return Err(APPROVALS_UNKNOWN),
    };
    Ok(Wish {
        sandbox: None,
        asks: Some(asks),
    })
}

/// A name in TOML, or as it stands, which Codex takes as well.
fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let within = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    within('"').or_else(|| within('\'')).unwrap_or(value)
}

/// Why Codex would not start with these arguments, or not as the session that was asked for.
pub(super) fn refusal(dangerous: bool, args: &[String]) -> Option<Refusal> {
    let found =
        arguments(args)
            .into_iter()
            .find_map(|argument| match (argument.name, argument.value) {
                ("-c" | "--config", Some(setting)) => refused_setting(setting),
                ("--disable", Some("hooks")) => Some(HOOKS_OFF),
                ("resume" | "fork", None) => Some(CONVERSATION),
                (name, _) if name == "--" || is_word(name) => Some(PROMPT),
                (name, _) => refused_option(name),
            });
    found.or_else(|| Wish::of(dangerous, args).err())
}

fn refused_setting(setting: &str) -> Option<Refusal> {
    let (key, value) = key_and_value(setting);
    match key.as_str() {
        _ if key.contains('\\') => Some(Refusal {
            code: "setting_unreadable",
            message: "the key of a setting behind `-c` has a backslash",
            hint: "write the key as it is",
        }),
        "features" if value.contains("hooks") || value.contains('\\') => Some(HOOKS_OFF),
        key if key == "hooks" || key.starts_with("hooks.") => Some(Refusal {
            code: "hooks_taken",
            message: "`-c hooks` takes the place of the hooks that CodePiper decides through",
            hint: "put the hooks into `hooks.json` of the user or the project",
        }),
        "features.hooks" => Some(HOOKS_OFF),
        "approvals_reviewer" => Some(REVIEWER),
        "default_permissions" => Some(Refusal {
            code: "mode_taken",
            message: "`-c default_permissions` does not count beside the session's mode",
            hint: "say it with `--sandbox` and `--ask-for-approval`, or set \
                   `sandbox_workspace_write` with `-c`",
        }),
        "model" => Some(MODEL_TAKEN),
        "profile" => Some(PROFILE),
        _ => None,
    }
}

fn refused_option(name: &str) -> Option<Refusal> {
    match name {
        "--approve-for-me" => Some(REVIEWER),
        "--dangerously-bypass-hook-trust" => Some(Refusal {
            code: "hooks_taken",
            message: "`--dangerously-bypass-hook-trust` runs the hooks of any project unseen",
            hint: "trust them in Codex with `/hooks`",
        }),
        "-m" | "--model" => Some(MODEL_TAKEN),
        "-C" | "--cd" | "--worktree" | "--add-dir" => Some(Refusal {
            code: "folder_taken",
            message: "`--cd`, `--worktree` and `--add-dir` say where Codex works, and so does the \
                      session",
            hint: "give the session its folder; more folders to write to go into \
                   `sandbox_workspace_write.writable_roots` of Codex's settings",
        }),
        "--remote" | "--remote-auth-token-env" | "--no-daemon" => Some(Refusal {
            code: "server_taken",
            message: "`--remote` and `--no-daemon` say where the conversation lives, and each \
                      session has a server of its own for that",
            hint: "leave them out",
        }),
        "--oss" | "--local-provider" => Some(Refusal {
            code: "model_taken",
            message: "`--oss` is unknown to the server that holds the conversation",
            hint: "name the provider with `-c model_provider=…` and the model with `--model` of \
                   CodePiper",
        }),
        "-p" | "--profile" => Some(PROFILE),
        "--last" | "--all" => Some(CONVERSATION),
        "-h" | "--help" | "-V" | "--version" => Some(Refusal {
            code: "not_a_session",
            message: "with `--help` and `--version` Codex ends at once",
            hint: "run `codex` itself for that",
        }),
        _ => None,
    }
}

const CONVERSATION: Refusal = Refusal {
    code: "conversation_taken",
    message: "`resume`, `fork`, `--last` and `--all` say which conversation it is, and so does \
              the session",
    hint: "go on with one by `codepiper start --resume ID`, with `--fork` for a copy, or by \
           `codepiper resume` and `codepiper fork`",
};

const PROMPT: Refusal = Refusal {
    code: "prompt_taken",
    message: "a word behind `--` that belongs to no option is a prompt, which each resume would \
              give again, or a command of `codex`, which is no session",
    hint: "give the prompt with `--prompt`, and run commands with `codex` itself",
};

const REVIEWER: Refusal = Refusal {
    code: "reviewer_taken",
    message: "a model would answer in the place of the rules and of people",
    hint: "leave it out, and let rules allow what need not be asked about",
};

const MODE_CONTRADICTS: Refusal = Refusal {
    code: "mode_contradicts",
    message: "two different things are said of the sandbox, or of who is asked",
    hint: "say it once: with `--dangerous`, or behind `--` with `--sandbox` and \
           `--ask-for-approval`",
};

const SANDBOX_UNKNOWN: Refusal = Refusal {
    code: "mode_unknown",
    message: "`--sandbox` is `read-only`, `workspace-write` or `danger-full-access`",
    hint: "for anything finer set `sandbox_workspace_write` with `-c`",
};

const APPROVALS_UNKNOWN: Refusal = Refusal {
    code: "mode_unknown",
    message: "`--ask-for-approval` is `on-request` or `never`",
    hint: "rules decide finer than that: `codepiper policy`",
};

const MODEL_TAKEN: Refusal = Refusal {
    code: "model_taken",
    message: "the model belongs to the session, which goes on with it after `/clear`",
    hint: "start with `--model` of CodePiper instead",
};

const PROFILE: Refusal = Refusal {
    code: "profile_unknown",
    message: "a profile is unknown to the server that holds the conversation, and may widen what \
              the session may do",
    hint: "give the profile's settings one by one with `-c`",
};

const HOOKS_OFF: Refusal = Refusal {
    code: "hooks_taken",
    message: "`features.hooks` switches off the hooks that CodePiper decides through",
    hint: "leave it out",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_permitted_is_not_told_to_the_terminal() {
        let args = strings(&[
            "-c",
            "sandbox_workspace_write.network_access=true",
            "--config=tui.animations=false",
            "--no-alt-screen",
            "-s",
            "read-only",
            "--",
            "-a",
        ]);
        let expected = Divided {
            settings: vec![args[2].clone()],
            permissions: args[..2].to_vec(),
            terminal: [&args[3..4], &args[6..]].concat(),
        };
        assert_eq!(divided(&args), expected);
    }

    fn strings(args: &[&str]) -> Vec<String> {
        args.iter().map(|&arg| arg.to_owned()).collect()
    }

    #[test]
    fn arguments_that_would_change_the_session_are_refused() {
        for (args, code) in [
            (&["--sandbox=all"][..], "mode_unknown"),
            (&["-c", "default_permissions=\":x\""], "mode_taken"),
            (&["--approve-for-me"], "reviewer_taken"),
            (&["--disable", "hooks"], "hooks_taken"),
            (&["--config=hooks.Stop=[]"], "hooks_taken"),
            (&["-c", "\"hooks\" . 'Stop'=[]"], "hooks_taken"),
            (&["-c", "features={hooks=false}"], "hooks_taken"),
            (&["-c", "\"h\\u006foks\"=[]"], "setting_unreadable"),
            (&["-chooks.state={}"], "hooks_taken"),
            (&["-c=features.hooks=false"], "hooks_taken"),
            (&["-m", "x"], "model_taken"),
            (&["--search", "-C", "/"], "folder_taken"),
            (&["--remote", "ws://x"], "server_taken"),
            (&["-pwork"], "profile_unknown"),
            (&["-c", "profile=work"], "profile_unknown"),
            (&["resume", "x"], "conversation_taken"),
            (&["--search", "fork"], "conversation_taken"),
            (&["-a", "never", "--last"], "conversation_taken"),
            (&["exec", "--json"], "prompt_taken"),
            (&["-c", "tui.animations=false", "SAY: x"], "prompt_taken"),
            (&["--no-alt-screen", "SAY: x"], "prompt_taken"),
            (&["--search", "--", "-x"], "prompt_taken"),
            (&["--image=x.png", "SAY: x"], "prompt_taken"),
            (&["-V"], "not_a_session"),
        ] {
            let refused = refusal(false, &strings(args)).map(|refusal| refusal.code);
            assert_eq!(refused, Some(code), "{args:?}");
        }
        let fine = [
            "-c",
            "model_reasoning_effort=\"high\"",
            "--enable",
            "goals",
            "-i",
            "x.png",
            "y.png",
            "--new-in-some-version",
            "value",
            "-c",
            "-m",
        ];
        assert_eq!(refusal(false, &strings(&fine)), None);
    }
}
