use std::path::{Path, PathBuf};

use codepiper_model::{Capabilities, Channel, LaunchSpec, Native, Note, ProviderId};
use serde_json::Value;

use super::{
    ALONE, Launch, Mode, PROGRAM, SEEN, SHARED, Setting, Start, Trust, UNHEARD, arguments, hooks,
    installed, line, screen, shared, trouble,
};
use crate::provider::directory;
use crate::{
    Claim, Conversation, Home, HookAnswer, HookReading, Installed, LaunchHints, LaunchRequest,
    Malformed, Provider, ReaderState, Reading, Refusal, ScreenText, Support, TranscriptPlace,
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

    fn capabilities(&self, channel: Channel) -> Capabilities {
        let is_heard = channel != Channel::Screen;
        let native = if is_heard {
            Native::Native
        } else {
            Native::Screen
        };
        Capabilities {
            activity: native,
            permissions: native,
            prompt_receipts: Native::Screen,
            supports_dangerous_mode: true,
            // A conversation's name is learnt from the app-server or a hook.
            supports_resume: is_heard,
        }
    }

    fn questions(&self) -> &'static [&'static [&'static str]] {
        &installed::QUESTIONS
    }

    fn installed(&self, answers: &[Option<String>]) -> Installed {
        installed::read(answers)
    }

    fn seen(&self) -> &'static str {
        SEEN
    }

    fn support(&self, channel: Channel) -> Support {
        match channel {
            Channel::AppServer => SHARED,
            Channel::Hooks => ALONE,
            Channel::Screen => UNHEARD,
        }
    }

    fn launch_hints(&self) -> LaunchHints {
        LaunchHints {
            dangerous_flag: "--dangerously-bypass-approvals-and-sandbox",
            resume: "codex resume {id}",
            fork: "codex fork {id}",
        }
    }

    fn is_dangerous(&self, args: &[String]) -> bool {
        Mode::asked_for(false, args) == Ok(Mode::DANGEROUS)
    }

    fn widens(&self, args: &[String]) -> bool {
        let mode = Mode::asked_for(false, args);
        mode.is_ok_and(|mode| mode != Mode::WORKSPACE && mode != Mode::READ_ONLY)
            || arguments::permits(args)
    }

    fn signed_in(&self, home: Home<'_>) -> bool {
        super::signed_in(home)
    }

    fn refusal(&self, request: &LaunchRequest<'_>, _is_root: bool) -> Option<Refusal> {
        arguments::refusal(request.dangerous, request.args)
    }

    /// The terminal alone: with an app-server the conversation has to be there first, see
    /// [`Shared`](super::Shared).
    fn launch(&self, request: &LaunchRequest<'_>) -> LaunchSpec {
        let hooks = match request.channel {
            Channel::Screen => Vec::new(),
            Channel::AppServer | Channel::Hooks => hooks::hooks(request.hooks, Setting::Alone),
        };
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
        let (mut argv, prompt_in_argv) =
            launch.alone(start, &Trust::expected(&hooks), request.prompt);
        let ours = argv.iter().position(|arg| arg == installed::NO_DAEMON);
        if let Some(ours) = ours.filter(|_| request.unknown.contains(&installed::NO_DAEMON)) {
            argv.remove(ours);
        }
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

    fn read_line(&self, text: &str, state: &mut ReaderState) -> Result<Vec<Note>, Malformed> {
        line::read(text, state)
    }

    /// They stand where all others do, and are found by their names.
    fn sub_agents_folder(&self, _transcript: &Path) -> Option<PathBuf> {
        None
    }

    fn sub_agent_of(&self, _transcript: &Path) -> Option<String> {
        None
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

    fn read_trouble(&self, screen: ScreenText<'_>) -> Option<Claim> {
        trouble::read(screen)
    }

    fn typed_text(&self, screen: ScreenText<'_>) -> Option<String> {
        screen::typed_text(screen)
    }

    fn completions(&self, screen: ScreenText<'_>) -> Vec<String> {
        screen::completions(screen)
    }
}
