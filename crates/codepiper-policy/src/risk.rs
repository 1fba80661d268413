//! What a tool call could do at worst, as far as its words tell.

use codepiper_model::{Risk, RiskClass, ToolCall};

use crate::Context;
use crate::access::Accesses;
use crate::facts::Facts;
use crate::git;
use crate::host::Hosts;
use crate::operands::{self, Mode};
use crate::patch;
use crate::shell::Command;

/// Says what `call` could do at worst. A shell line is as bad as the worst of its commands.
pub fn risk(call: &ToolCall, context: &Context<'_>) -> Risk {
    const REASONS_MAX: usize = 8;
    let facts = Facts::new(call, context);
    let Some(shell) = facts.shell() else {
        return facts.risk(facts.whole(), None).clone();
    };
    let mut worst = Risk {
        class: RiskClass::Read,
        reasons: Vec::new(),
    };
    let mut add = |class: RiskClass, reasons: &[String]| {
        if rank(class) > rank(worst.class) {
            worst.class = class;
            worst.reasons.splice(0..0, reasons.iter().cloned());
        } else if class != RiskClass::Read || worst.reasons.is_empty() {
            worst.reasons.extend(reasons.iter().cloned());
        }
    };
    if let Some(doubt) = shell.line.doubt {
        add(RiskClass::Unknown, &[sentence(doubt)]);
    }
    for (command, part) in shell.line.commands.iter().zip(&shell.parts) {
        let risk = facts.risk(part, Some((shell, command)));
        add(risk.class, &risk.reasons);
        if let Some(doubt) = command.doubt {
            add(RiskClass::Unknown, &[sentence(doubt)]);
        }
    }
    let mut seen = Vec::new();
    worst.reasons.retain(|reason| {
        let is_new = !seen.contains(reason);
        seen.push(reason.clone());
        is_new
    });
    worst.reasons.truncate(REASONS_MAX);
    if worst.reasons.is_empty() {
        worst.reasons.push("it runs no command".to_owned());
    }
    worst
}

/// The order of badness: what is known to destroy is worse than what is not known.
fn rank(class: RiskClass) -> u8 {
    match class {
        RiskClass::Read => 0,
        RiskClass::WriteWorkspace => 1,
        RiskClass::WriteOutside => 2,
        RiskClass::Network => 3,
        RiskClass::Unknown => 4,
        RiskClass::Destructive => 5,
    }
}

fn one(class: RiskClass, reason: String) -> Risk {
    Risk {
        class,
        reasons: vec![reason],
    }
}

fn sentence(doubt: &str) -> String {
    format!("what runs cannot be told: {doubt}")
}

pub(crate) fn of_tool(call: &ToolCall, accesses: &Accesses) -> Risk {
    match call.tool_name.as_str() {
        "Read" | "Glob" | "Grep" | "LS" | "NotebookRead" => {
            one(RiskClass::Read, "the tool only reads".to_owned())
        }
        "Write" | "Edit" | "MultiEdit" | "NotebookEdit" | patch::TOOL => match writes(accesses) {
            Some(risk) => risk,
            None => one(RiskClass::Unknown, "it names no file".to_owned()),
        },
        "WebFetch" | "WebSearch" => one(
            RiskClass::Network,
            "the tool talks to other machines".to_owned(),
        ),
        other => one(RiskClass::Unknown, format!("`{other}` may do anything")),
    }
}

/// The risk of the files that are written, where there are any.
fn writes(accesses: &Accesses) -> Option<Risk> {
    let mut written = accesses
        .list
        .iter()
        .filter(|access| access.is_certain && access.mode == Mode::Write);
    if let Some(outside) = written.clone().find(|access| !access.is_inside) {
        let path = outside.real.whole();
        return Some(one(
            RiskClass::WriteOutside,
            format!("it writes `{path}`, outside the workspace"),
        ));
    }
    let path = written.next()?.real.whole().to_owned();
    Some(one(
        RiskClass::WriteWorkspace,
        format!("it writes `{path}`, in the workspace"),
    ))
}

pub(crate) fn of_command(
    command: &Command,
    line: Option<&str>,
    accesses: &Accesses,
    hosts: &Hosts,
) -> Risk {
    let program = command.program();
    let arguments: Vec<&str> = command
        .words
        .iter()
        .skip(1)
        .map(|word| word.text.as_str())
        .collect();
    if let Some(why) = destroys(program, &arguments).or_else(|| may_destroy(command)) {
        return one(RiskClass::Destructive, why);
    }
    let is_talking =
        command.redirect.is_none() && (talks(program, &arguments) || !hosts.list.is_empty());
    if is_talking {
        return one(
            RiskClass::Network,
            format!("`{program}` talks to other machines"),
        );
    }
    if let Some(doubt) = command.doubt.or(line) {
        return one(RiskClass::Unknown, sentence(doubt));
    }
    if let Some(risk) = writes(accesses) {
        return risk;
    }
    // A script of `sed` may write and run; the operands tell.
    let is_sed = matches!(program, "sed" | "gsed") && operands::of(&command.words).are_all;
    let is_reading = command.redirect.is_some() || is_sed || reads(program, &arguments);
    // What git is given may be files that are compared, wherever they are.
    let stays = program != "git" || accesses.list.iter().all(|access| access.is_inside);
    if is_reading
        && stays
        && !accesses.does_more
        && command.is_by_name
        && accesses.list.iter().all(|access| access.mode == Mode::Read)
    {
        return one(RiskClass::Read, format!("`{program}` only reads"));
    }
    one(RiskClass::Unknown, format!("`{program}` may do anything"))
}

/// What a program that it runs destroys, where its words are plain: any word may be called `kill`.
fn may_destroy(command: &Command) -> Option<String> {
    let plain = |inner: &&Command| {
        matches!(
            inner.program(),
            "rm" | "git" | "chmod" | "chown" | "find" | "dd" | "shred"
        )
    };
    command.may_run.iter().filter(plain).find_map(|inner| {
        let arguments: Vec<&str> = inner.words[1..]
            .iter()
            .map(|word| word.text.as_str())
            .collect();
        destroys(inner.program(), &arguments)
    })
}

/// Whether short options contain a letter, or the long name is there, or what it may be cut to.
fn has(arguments: &[&str], letter: char, long: &str) -> bool {
    arguments.iter().any(|word| {
        word.len() > 2 && long.starts_with(word)
            || (word.starts_with('-') && !word.starts_with("--") && word.contains(letter))
    })
}

/// What cannot be brought back.
fn destroys(program: &str, arguments: &[&str]) -> Option<String> {
    let says = |what: &str| Some(format!("`{program}` {what}"));
    match program {
        "rm" if has(arguments, 'r', "--recursive") || has(arguments, 'R', "--recursive") => {
            says("removes directories with all that is in them")
        }
        "rm" if arguments.iter().any(|word| word.contains('*')) => {
            says("removes every file that a pattern matches")
        }
        name if name.starts_with("git-") => {
            let all: Vec<&str> = std::iter::once(&name[4..])
                .chain(arguments.iter().copied())
                .collect();
            git_destroys(&all).map(|what| format!("`git {what}` throws work away"))
        }
        "git" => git_destroys(arguments).map(|what| format!("`git {what}` throws work away")),
        "dd" | "shred" | "wipefs" | "fdisk" | "parted" | "sgdisk" | "truncate" | "srm" => {
            says("overwrites data")
        }
        "shutdown" | "reboot" | "halt" | "poweroff" | "init" => says("stops the machine"),
        "kill" | "pkill" | "killall" => says("ends processes"),
        "chmod" | "chown" | "chgrp" if has(arguments, 'R', "--recursive") => {
            says("changes a whole tree")
        }
        "find" | "gfind" if arguments.contains(&"-delete") => says("removes what it finds"),
        "rsync" if arguments.iter().any(|word| word.starts_with("--delete")) => {
            says("removes files at its target")
        }
        "crontab" if has(arguments, 'r', "--remove") => says("removes the crontab"),
        "docker" | "podman"
            if arguments
                .iter()
                .any(|word| matches!(*word, "prune" | "rm" | "rmi" | "kill")) =>
        {
            says("removes containers or images")
        }
        "kubectl" if arguments.contains(&"delete") => says("removes what runs"),
        "terraform" | "tofu" if arguments.contains(&"destroy") => says("removes what runs"),
        "psql" | "mysql" | "sqlite3" | "mariadb" => {
            let text = arguments.join(" ").to_ascii_lowercase();
            let is_lossy = ["drop ", "truncate ", "delete from"]
                .iter()
                .any(|word| text.contains(word));
            if is_lossy { says("removes data") } else { None }
        }
        name if name.starts_with("mkfs") || name == "mkswap" => says("makes a new file system"),
        _ => None,
    }
}

fn git_destroys(arguments: &[&str]) -> Option<&'static str> {
    let mut words = arguments;
    while let Some((option, rest)) = words
        .split_first()
        .filter(|(word, _)| word.starts_with('-'))
    {
        let skipped = usize::from(git::option_takes_value(option)).min(rest.len());
        words = &rest[skipped..];
    }
    let (name, rest) = words.split_first()?;
    let forced = has(rest, 'f', "--force") || rest.iter().any(|word| word.starts_with("--force"));
    match *name {
        "push"
            if forced
                || rest
                    .iter()
                    .any(|word| word.starts_with('+') || word.starts_with(':'))
                || has(rest, 'd', "--delete")
                || has(rest, '\0', "--mirror")
                || has(rest, '\0', "--prune") =>
        {
            Some("push --force")
        }
        "reset" if has(rest, '\0', "--hard") || has(rest, '\0', "--merge") => Some("reset --hard"),
        "rm" if forced => Some("rm --force"),
        "switch" if forced || has(rest, '\0', "--discard-changes") => Some("switch --force"),
        "checkout-index" | "read-tree" if forced || has(rest, 'u', "--reset") => {
            Some("checkout-index")
        }
        "clean" if !has(rest, 'n', "--dry-run") => Some("clean"),
        "checkout" if forced || rest.contains(&"--") || rest.contains(&".") => Some("checkout"),
        "restore" if !rest.contains(&"--staged") || has(rest, 'W', "--worktree") => Some("restore"),
        "branch" if has(rest, 'D', "-D") || forced => Some("branch -D"),
        "stash" if rest.iter().any(|word| matches!(*word, "drop" | "clear")) => Some("stash drop"),
        "reflog" if rest.iter().any(|word| matches!(*word, "expire" | "delete")) => {
            Some("reflog expire")
        }
        "filter-branch" | "filter-repo" => Some("filter-branch"),
        "update-ref" if has(rest, 'd', "--delete") => Some("update-ref -d"),
        "gc" if rest.iter().any(|word| word.starts_with("--prune")) => Some("gc --prune"),
        "worktree" if rest.contains(&"remove") && forced => Some("worktree remove --force"),
        _ => None,
    }
}

fn talks(program: &str, arguments: &[&str]) -> bool {
    let first = arguments
        .iter()
        .find(|word| !word.starts_with('-'))
        .copied()
        .unwrap_or_default();
    match program {
        "curl" | "wget" | "ssh" | "scp" | "sftp" | "ftp" | "nc" | "ncat" | "netcat" | "socat"
        | "telnet" | "ping" | "dig" | "nslookup" | "host" | "gh" | "glab" | "aws" | "gcloud"
        | "az" | "rsync" | "apt" | "apt-get" | "brew" | "pip" | "pip3" | "npx" | "uvx"
        | "twine" => true,
        "git" => arguments.iter().any(|word| {
            matches!(
                *word,
                "push" | "fetch" | "pull" | "clone" | "ls-remote" | "submodule"
            )
        }),
        "npm" | "pnpm" | "yarn" | "bun" => matches!(
            first,
            "install" | "i" | "ci" | "add" | "publish" | "update" | "audit"
        ),
        "cargo" => matches!(
            first,
            "install" | "publish" | "update" | "fetch" | "add" | "search"
        ),
        "docker" | "podman" => matches!(first, "pull" | "push" | "login"),
        "go" => matches!(first, "get" | "install"),
        _ => false,
    }
}

/// Programs that change nothing, with arguments that keep it so.
fn reads(program: &str, arguments: &[&str]) -> bool {
    match program {
        "echo" | "printf" | "true" | "false" | ":" | "pwd" | "whoami" | "id" | "uname"
        | "sleep" | "seq" | "basename" | "dirname" | "which" | "type" | "cat" | "head" | "tail"
        | "wc" | "nl" | "tac" | "rev" | "cut" | "file" | "stat" | "ls" | "ll" | "diff" | "cmp"
        | "comm" | "paste" | "md5sum" | "sha1sum" | "sha256sum" | "cksum" | "xxd" | "od"
        | "hexdump" | "strings" | "readlink" | "realpath" | "du" | "df" | "column" | "fold"
        | "tr" | "cd" | "test" | "[" | "grep" | "egrep" | "fgrep" | "jq" | "ps" | "exit"
        | "zcat" | "uniq" | "rg" | "sort" | "tree" | "base64" | "fd"
        // What these run is judged by itself.
        | "sh" | "bash" | "zsh" | "dash" | "env" | "timeout" | "nice" | "nohup" | "command"
        | "exec" | "eval" | "stdbuf" | "setsid" => true,
        "date" | "hostname" => {
            arguments.iter().all(|word| word.starts_with(['+', '-']))
        }
        "find" => {
            let acts = [
                "-exec", "-ok", "-delete", "-fprint", "-fls",
            ];
            !arguments
                .iter()
                .any(|word| acts.iter().any(|act| word.starts_with(act)))
        }
        "git" => git::reads(arguments),
        _ => false,
    }
}
