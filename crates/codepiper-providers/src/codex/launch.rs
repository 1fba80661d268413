//! The command lines of Codex: the app-server, the terminal on it, and the terminal alone.

use std::path::Path;

use codepiper_model::PromptText;

use super::arguments::divided;
use super::installed::NO_DAEMON;
use super::overrides::{Overrides, table, text};
use super::{Hook, Mode, Successors, Trust};
use crate::provider::push_prompt;

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
    /// Further arguments, as the person gave them, as far as they are not refused.
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

/// Where Codex keeps which successors it has asked about.
const MIGRATIONS: &str = "notice.model_migrations";

/// A name that is no provider of Codex's own.
pub(super) const API_PROVIDER: &str = "openai-api-key";

impl Launch<'_> {
    /// The app-server, which listens on `socket` until it is told to end: once where nothing
    /// is pending, twice otherwise (SIGTERM). Without a socket it has one client, on its standard
    /// input and output.
    pub fn app_server(&self, socket: Option<&Path>, trust: &Trust) -> Vec<String> {
        let mut argv = self.program_with(["app-server"]);
        if let Some(socket) = socket {
            argv.extend(["--listen".to_owned(), address(socket)]);
        }
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
    pub fn terminal(&self, socket: &Path, thread: &str, successors: &Successors) -> Vec<String> {
        let mut argv = self.program_with(["resume", thread, "--remote"]);
        argv.push(address(socket));
        let mut overrides = self.settings();
        overrides.set(MIGRATIONS, &successors.toml());
        argv.extend(overrides.into_args());
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
        argv.push(NO_DAEMON.to_owned());
        if self.mode == Mode::DANGEROUS {
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
        overrides.set(MIGRATIONS, &Successors::known().toml());
        self.trusted_hooks(&mut overrides, trust);
        argv.extend(overrides.into_args());
        let args = divided(self.args);
        argv.extend(args.settings);
        argv.extend(args.permissions);
        argv.extend(args.terminal);
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
        if self.hooks.is_empty() {
            return;
        }
        for hook in self.hooks {
            let status = hook
                .status
                .map(|status| format!(",statusMessage={}", text(status)));
            let handler = format!(
                r#"{{type="command",command={},timeout={}{}}}"#,
                text(&hook.command),
                hook.timeout,
                status.unwrap_or_default()
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
