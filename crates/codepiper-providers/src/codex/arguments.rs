//! What a person adds to the command line of Codex.

use crate::Refusal;

/// A person's arguments, by who understands them.
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
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let (name, value) = split(arg);
        match name {
            "-c" | "--config" | "--enable" | "--disable" => {
                let next = value.is_none().then(|| args.next()).flatten();
                let setting = value.or(next.map(String::as_str)).unwrap_or_default();
                let divided = if PERMITS.iter().any(|key| setting.trim().starts_with(key)) {
                    &mut divided.permissions
                } else {
                    &mut divided.settings
                };
                divided.push(arg.clone());
                divided.extend(next.cloned());
            }
            "--strict-config" => divided.settings.push(arg.clone()),
            _ => divided.terminal.push(arg.clone()),
        }
    }
    divided
}

/// How the keys begin of what says what is permitted.
const PERMITS: [&str; 4] = ["sandbox", "permission", "default_permission", "approval"];

/// The option's name and the value it carries: `--config=x`, `-cx`, `-c=x`.
fn split(arg: &str) -> (&str, Option<&str>) {
    if arg.starts_with("--") {
        return match arg.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (arg, None),
        };
    }
    match arg.char_indices().nth(2) {
        Some((end, _)) if arg.starts_with('-') => {
            let value = &arg[end..];
            (&arg[..end], Some(value.strip_prefix('=').unwrap_or(value)))
        }
        _ => (arg, None),
    }
}

/// Why Codex would not start with these arguments, or not as the session that was asked for.
pub fn refusal(args: &[String]) -> Option<Refusal> {
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let (name, value) = split(arg);
        let setting = match name {
            "-c" | "--config" => value.or_else(|| args.clone().next().map(String::as_str)),
            _ => None,
        };
        let found = match setting {
            Some(setting) => refused_setting(setting),
            None => refused_option(name),
        };
        if found.is_some() {
            return found;
        }
        if matches!(name, "-c" | "--config") && value.is_none() {
            args.next();
        }
    }
    None
}

fn refused_setting(setting: &str) -> Option<Refusal> {
    let key = setting.split('=').next().unwrap_or_default().trim();
    match key {
        _ if key == "hooks" || key.starts_with("hooks.") => Some(Refusal {
            code: "hooks_taken",
            message: "`-c hooks` takes the place of the hooks that CodePiper decides through",
            hint: "put the hooks into `hooks.json` of the user or the project",
        }),
        "features.hooks" => Some(HOOKS_OFF),
        "sandbox_mode" | "approval_policy" | "approvals_reviewer" => Some(MODE_TAKEN),
        "model" => Some(MODEL_TAKEN),
        _ => None,
    }
}

fn refused_option(name: &str) -> Option<Refusal> {
    match name {
        "-s" | "--sandbox" | "-a" | "--ask-for-approval" | "--approve-for-me" => Some(MODE_TAKEN),
        "--dangerously-bypass-approvals-and-sandbox" | "--yolo" => Some(Refusal {
            hint: "start with `--dangerous` instead",
            ..MODE_TAKEN
        }),
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
        "-p" | "--profile" => Some(Refusal {
            code: "profile_unknown",
            message: "`--profile` is unknown to the server that holds the conversation",
            hint: "give the profile's settings one by one with `-c`",
        }),
        _ => None,
    }
}

const MODE_TAKEN: Refusal = Refusal {
    code: "mode_taken",
    message: "the sandbox and who is asked are the session's mode, which Codex does not let a \
              terminal change",
    hint: "leave `--sandbox` and `--ask-for-approval` out and give the session its mode",
};

const MODEL_TAKEN: Refusal = Refusal {
    code: "model_taken",
    message: "the model belongs to the session, which goes on with it after `/clear`",
    hint: "start with `--model` of CodePiper instead",
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
            "--search",
        ]);
        let expected = Divided {
            settings: vec![args[2].clone()],
            permissions: args[..2].to_vec(),
            terminal: vec![args[3].clone()],
        };
        assert_eq!(divided(&args), expected);
    }

    fn strings(args: &[&str]) -> Vec<String> {
        args.iter().map(|&arg| arg.to_owned()).collect()
    }

    #[test]
    fn arguments_that_would_change_the_session_are_refused() {
        for (args, code) in [
            (&["--sandbox=read-only"][..], "mode_taken"),
            (&["-anever"], "mode_taken"),
            (&["-c", "sandbox_mode=\"x\""], "mode_taken"),
            (&["--config=hooks.Stop=[]"], "hooks_taken"),
            (&["-chooks.state={}"], "hooks_taken"),
            (&["-c=features.hooks=false"], "hooks_taken"),
            (&["-m", "x"], "model_taken"),
            (&["--search", "-C", "/"], "folder_taken"),
            (&["--remote", "ws://x"], "server_taken"),
            (&["-pwork"], "profile_unknown"),
            (&["--yolo"], "mode_taken"),
        ] {
            let refused = refusal(&strings(args)).map(|refusal| refusal.code);
            assert_eq!(refused, Some(code), "{args:?}");
        }
        let fine = [
            "-c",
            "model_reasoning_effort=\"high\"",
            "--enable",
            "goals",
            "-i",
            "x.png",
            "-c",
            "-m",
        ];
        assert_eq!(refusal(&strings(&fine)), None);
    }
}
