//! What is looked up about a call, once and only when a rule asks for it.

use std::cell::OnceCell;

use codepiper_model::{Risk, ToolCall};
use serde_json::Value;

use crate::access::{self, Accesses};
use crate::host::{self, Hosts};
use crate::shell::{self, Command, Line};
use crate::{Context, patch, risk};

/// Arguments that hold a shell line, or a program with its arguments.
pub(crate) const SHELL_ARGUMENTS: [&str; 2] = ["command", "cmd"];

/// A call with what is known of it.
pub(crate) struct Facts<'a> {
    pub(crate) call: &'a ToolCall,
    pub(crate) context: &'a Context<'a>,
    pub(crate) cwd: String,
    session: OnceCell<String>,
    shell: OnceCell<Option<Shell>>,
    whole: OnceCell<Part>,
}

/// A shell line and its parts.
pub(crate) struct Shell {
    pub(crate) raw: String,
    pub(crate) line: Line,
    pub(crate) parts: Vec<Part>,
}

/// What is known of a simple command, or of a call that is none.
#[derive(Default)]
pub(crate) struct Part {
    accesses: OnceCell<Accesses>,
    hosts: OnceCell<Hosts>,
    risk: OnceCell<Risk>,
}

/// The tools whose `command` is not for a shell.
fn is_shell(call: &ToolCall) -> bool {
    call.tool_name != patch::TOOL && !call.tool_name.starts_with("str_replace")
}

impl<'a> Facts<'a> {
    pub(crate) fn new(call: &'a ToolCall, context: &'a Context<'a>) -> Self {
        Self {
            call,
            context,
            cwd: call.cwd.to_string_lossy().into_owned(),
            session: OnceCell::new(),
            shell: OnceCell::new(),
            whole: OnceCell::new(),
        }
    }

    pub(crate) fn session(&self) -> &str {
        let text = || {
            self.call
                .session_id
                .map(|id| id.to_string())
                .unwrap_or_default()
        };
        self.session.get_or_init(text)
    }

    /// The shell line, where the call has one.
    pub(crate) fn shell(&self) -> Option<&Shell> {
        self.shell.get_or_init(|| read(self.call)).as_ref()
    }

    /// The shell line, where something has looked at it already.
    pub(crate) fn shell_if_read(&self) -> Option<&Shell> {
        self.shell.get()?.as_ref()
    }

    /// The call as one part: one that is no shell line.
    pub(crate) fn whole(&self) -> &Part {
        self.whole.get_or_init(Part::default)
    }

    pub(crate) fn accesses<'b>(
        &self,
        part: &'b Part,
        of: Option<(&Shell, &Command)>,
    ) -> &'b Accesses {
        part.accesses.get_or_init(|| match of {
            None => access::of_tool(self.call, self.context),
            Some((shell, command)) => access::of_command(
                command,
                shell.line.directories.as_deref(),
                self.call,
                self.context,
            ),
        })
    }

    pub(crate) fn hosts<'b>(&self, part: &'b Part, of: Option<(&Shell, &Command)>) -> &'b Hosts {
        part.hosts.get_or_init(|| match of {
            None => host::of_tool(self.call),
            Some((_, command)) => host::of_command(command),
        })
    }

    pub(crate) fn risk<'b>(&self, part: &'b Part, of: Option<(&Shell, &Command)>) -> &'b Risk {
        part.risk.get_or_init(|| match of {
            None => risk::of_tool(self.call, self.accesses(part, None)),
            Some((shell, command)) => risk::of_command(
                command,
                shell.line.doubt,
                self.accesses(part, of),
                self.hosts(part, of),
            ),
        })
    }
}

/// Whether a line begins with what runs a command and is none itself: `time x` is `x`.
fn stands_around(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    word.starts_with(['(', '{', '!']) || matches!(word, "time" | "coproc")
}

fn read(call: &ToolCall) -> Option<Shell> {
    if !is_shell(call) {
        return None;
    }
    let argument = SHELL_ARGUMENTS
        .iter()
        .find_map(|name| call.tool_input.get(*name))?;
    let (raw, mut line) = match argument {
        Value::String(text) => (text.clone(), shell::read(text)),
        Value::Array(words) => {
            let words: Option<Vec<&str>> = words.iter().map(Value::as_str).collect();
            (argument.to_string(), shell::read_argv(&words?))
        }
        _ => return None,
    };
    let given = SHELL_ARGUMENTS
        .iter()
        .filter(|name| call.tool_input.get(**name).is_some());
    if given.count() > 1 {
        line.doubt.get_or_insert("two arguments hold a shell line");
    }
    // A line of one command is that command, however it is written.
    if let (None, [only]) = (line.doubt, line.commands.as_mut_slice())
        && only.doubt.is_none()
        && only.redirect.is_none()
        && !only.texts.contains(&raw)
        && !stands_around(&raw)
    {
        only.texts.push(raw.clone());
    }
    let parts = line.commands.iter().map(|_| Part::default()).collect();
    Some(Shell { raw, line, parts })
}
