use std::path::{Path, PathBuf};

use codepiper_model::{Capabilities, LaunchSpec, Native, ProviderId};
use serde_json::Value;

use super::{Launch, PROGRAM, SHARED, Setting, Start, Trust, hooks, screen, shared};
use crate::provider::directory;
use crate::{
    Conversation, Home, HookAnswer, HookReading, LaunchRequest, Provider, Reading, Refusal,
    ScreenText, Support, TranscriptPlace,
};

/// `OpenAI`'s Codex.
pub(crate) struct Codex;

impl Provider for Codex {
    fn id(&self) -> ProviderId {
        ProviderId::Codex
    }

    fn label(&self) -> &'static str {
        "Codex"
    }

    fn program(&self) -> Option<&'static str> {
        Some(PROGRAM)
    }

    fn install_hint(&self) -> &'static str {
        "npm install -g @openai/codex"
    }

    fn sign_in_hint(&self) -> &'static str {
        "run `codex login`, or start with `--billing api` and an OPENAI_API_KEY"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            activity: Native::Native,
            permissions: Native::Native,
            prompt_receipts: Native::Screen,
            supports_dangerous_mode: true,
            supports_resume: true,
        }
    }

    fn support(&self) -> Support {
        SHARED
    }

    fn signed_in(&self, home: Home<'_>) -> bool {
        super::signed_in(home)
    }

    fn refusal(&self, request: &LaunchRequest<'_>, _is_root: bool) -> Option<Refusal> {
        super::refusal(request.args)
    }

    /// The terminal alone: with an app-server the conversation has to be there first, see
    /// [`Shared`](super::Shared).
    fn launch(&self, request: &LaunchRequest<'_>) -> LaunchSpec {
        let hooks = hooks::hooks(request.hooks, Setting::Alone);
        let start = match request.conversation {
            Conversation::New(_) => Start::Fresh,
            Conversation::Resume(name) => Start::Resume(name),
            Conversation::Fork { from, .. } => Start::Fork(from),
        };
        let api = shared::api(request.home);
        let launch = Launch {
            program: request.program,
            cwd: request.cwd,
            mode: shared::mode(request),
            model: request.model,
            api: api.as_deref(),
            args: request.args,
            hooks: &hooks,
        };
        let (argv, prompt_in_argv) = launch.alone(start, &Trust::expected(&hooks), request.prompt);
        LaunchSpec {
            argv,
            env: Vec::new(),
            files: Vec::new(),
            // Codex chooses the name of a conversation itself, and a file with the time in it.
            provider_session_id: None,
            transcript_path: None,
            prompt_in_argv,
        }
    }

    fn transcript(&self, _place: &TranscriptPlace<'_>, _conversation: &str) -> Option<PathBuf> {
        None
    }

    fn transcript_folders(&self, home: Home<'_>) -> Vec<PathBuf> {
        let root = directory(home, "CODEX_HOME", ".codex");
        let folders =
            root.map(|root| ["sessions", "archived_sessions"].map(|name| root.join(name)));
        folders.into_iter().flatten().collect()
    }

    /// `<root>/<year>/<month>/<day>/rollout-<time>-<conversation>.jsonl`
    fn transcript_root<'a>(&self, transcript: &'a Path) -> Option<&'a Path> {
        transcript.ancestors().nth(4)
    }

    fn hook_only_forbids(&self) -> bool {
        true
    }

    fn read_hook(&self, event: &str, data: &Value) -> HookReading {
        hooks::read(event, data)
    }

    fn hook_answer(&self, event: &str, answer: HookAnswer<'_>) -> Option<String> {
        hooks::answer(event, answer)
    }

    fn read_screen(&self, screen: ScreenText<'_>) -> Reading {
        screen::read(screen)
    }

    fn typed_text(&self, screen: ScreenText<'_>) -> Option<String> {
        screen::typed_text(screen)
    }

    fn completions(&self, screen: ScreenText<'_>) -> Vec<String> {
        screen::completions(screen)
    }
}
