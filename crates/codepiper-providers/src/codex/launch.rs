//! The command lines of Codex: the app-server, the terminal on it, and the terminal alone.

use std::path::Path;

use codepiper_model::PromptText;

use super::arguments::divided;
use super::overrides::{Overrides, table, text};
use super::{Hook, Trust};
use crate::provider::push_prompt;

/// What a session may do without asking, in the terms of Codex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Reads; asks for everything else.
    ReadOnly,
    /// Works in the sandbox: its folder and the temporary ones, without the network; asks for more.
    Workspace,
    /// No sandbox; asks where the model finds it right.
    HostAccess,
    /// No sandbox, and nobody is asked.
    Dangerous,
}

impl Mode {
    /// The sandbox's name.
    pub const fn sandbox(self) -> &'static str {
        match self {
            Self::ReadOnly => "read-only",
            Self::Workspace => "workspace-write",
            Self::HostAccess | Self::Dangerous => "danger-full-access",
        }
    }

    /// The name of when a person is asked.
    pub const fn approvals(self) -> &'static str {
        match self {
            Self::ReadOnly | Self::Workspace | Self::HostAccess => "on-request",
            Self::Dangerous => "never",
        }
    }
}

/// What a session of Codex is asked to be.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    /// The program.
    pub program: &'a Path,
    /// Where it works, with links resolved.
    pub cwd: &'a Path,
    /// What it may do.
    pub mode: Mode,
    /// The model to use.
    pub model: Option<&'a str>,
    /// Where to ask with the key in `OPENAI_API_KEY`, instead of with the account that somebody
    /// signed in with: see [`API`].
    pub api: Option<&'a str>,
    /// Further arguments, as the person gave them: those that [`refusal`](super::refusal) lets through.
    pub args: &'a [String],
    /// What it shall report to.
    pub hooks: &'a [Hook],
}

/// Where keys are good, where `OPENAI_BASE_URL` does not say otherwise. Codex itself heeds neither
/// that variable nor `OPENAI_API_KEY`.
pub const API: &str = "https://api.openai.com/v1";

/// Which conversation a terminal without an app-server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start<'a> {
    /// A new one.
    Fresh,
    /// The one of that name goes on.
    Resume(&'a str),
    /// A copy of the one of that name.
    Fork(&'a str),
}

/// Models that are asked about at the start, and what the answer would switch to. There is no
/// other answer: both keys of that screen switch.
const SUCCESSORS: [(&str, &str); 4] = [
    ("gpt-5.5", "gpt-6-sol"),
    ("gpt-5.6-sol", "gpt-6-sol"),
    ("gpt-5.6-terra", "gpt-6-sol"),
    ("gpt-5.6-luna", "gpt-6-luna"),
];

/// A name that is no provider of Codex's own.
pub(super) const API_PROVIDER: &str = "openai-api-key";

impl Launch<'_> {
    /// The app-server, which listens on `socket` until it is told to end: once where nothing
    /// is pending, twice otherwise (SIGTERM).
    pub fn app_server(&self, socket: &Path, trust: &Trust) -> Vec<String> {
        let mut argv = self.program_with(["app-server", "--listen"]);
        argv.push(address(socket));
        let mut overrides = self.settings();
        overrides.set("sandbox_mode", &text(self.mode.sandbox()));
        overrides.set("approval_policy", &text(self.mode.approvals()));
        if let Some(model) = self.model {
            overrides.set("model", &text(model));
        }
        self.trusted_hooks(&mut overrides, trust);
        argv.extend(overrides.into_args());
        let args = divided(self.args);
        argv.extend(args.settings);
        argv.extend(args.permissions);
        argv
    }

    /// The terminal of the conversation `thread` in the app-server on `socket`. The mode is the
    /// conversation's, and is refused here; the model counts for the one after `/clear`.
    pub fn terminal(&self, socket: &Path, thread: &str) -> Vec<String> {
        let mut argv = self.program_with(["resume", thread, "--remote"]);
        argv.push(address(socket));
        argv.extend(self.settings().into_args());
        if let Some(model) = self.model {
            argv.extend(["--model".to_owned(), model.to_owned()]);
        }
        let args = divided(self.args);
        argv.extend(args.settings);
        argv.extend(args.terminal);
        argv
    }

    /// The terminal without an app-server, and whether the prompt is among its arguments.
    pub fn alone(
        &self,
        start: Start<'_>,
        trust: &Trust,
        prompt: Option<&PromptText>,
    ) -> (Vec<String>, bool) {
        let mut argv = match start {
            Start::Fresh => self.program_with([]),
            Start::Resume(thread) => self.program_with(["resume", thread]),
            Start::Fork(thread) => self.program_with(["fork", thread]),
        };
        // The server that it would share otherwise outlives the session, commands and all.
        argv.push("--no-daemon".to_owned());
        if self.mode == Mode::Dangerous {
            argv.push("--dangerously-bypass-approvals-and-sandbox".to_owned());
        } else {
            let mode = ["--sandbox", self.mode.sandbox()];
            let asks = ["--ask-for-approval", self.mode.approvals()];
            argv.extend([mode, asks].concat().into_iter().map(str::to_owned));
        }
        if let Some(model) = self.model {
            argv.extend(["--model".to_owned(), model.to_owned()]);
        }
        let mut overrides = self.settings();
        self.trusted_hooks(&mut overrides, trust);
        argv.extend(overrides.into_args());
        argv.extend(self.args.iter().cloned());
        let prompt_in_argv = push_prompt(&mut argv, prompt);
        (argv, prompt_in_argv)
    }

    fn program_with<const N: usize>(&self, args: [&str; N]) -> Vec<String> {
        let program = self.program.display().to_string();
        std::iter::once(program)
            .chain(args.map(str::to_owned))
            .collect()
    }

    /// What keeps the screens away that would come before the conversation.
    fn settings(&self) -> Overrides {
        let mut overrides = Overrides::default();
        overrides.set("check_for_update_on_startup", "false");
        let folder = self.cwd.display().to_string();
        let trusted = r#"{trust_level="trusted"}"#.to_owned();
        overrides.set("projects", &table([(folder, trusted)]));
        let migrations = SUCCESSORS.map(|(model, next)| (model.to_owned(), text(next)));
        overrides.set("notice.model_migrations", &table(migrations));
        if let Some(url) = self.api {
            let provider = format!(
                r#"{{name="OpenAI",base_url={},env_key="OPENAI_API_KEY",wire_api="responses"}}"#,
                text(url)
            );
            overrides.set("model_provider", &text(API_PROVIDER));
            overrides.set(&format!("model_providers.{API_PROVIDER}"), &provider);
        }
        overrides
    }

    fn trusted_hooks(&self, overrides: &mut Overrides, trust: &Trust) {
        for hook in self.hooks {
            let handler = format!(
                r#"{{type="command",command={},timeout={}}}"#,
                text(&hook.command),
                hook.timeout
            );
            let key = format!("hooks.{}", hook.event);
            overrides.set(&key, &format!("[{{hooks=[{handler}]}}]"));
        }
        overrides.set("hooks.state", &trust.toml());
    }
}

fn address(socket: &Path) -> String {
    format!("unix://{}", socket.display())
}

#[cfg(test)]
mod tests;
