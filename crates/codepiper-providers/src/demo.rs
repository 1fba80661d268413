//! The demo agent inside our own binary.

use std::path::{Path, PathBuf};

use codepiper_model::{ActivityState, Capabilities, Channel, LaunchSpec, Native, ProviderId};

use serde_json::{Value, json};

use crate::claude::hooks;
use crate::provider::{UNASKED, push_prompt};
use crate::{
    Conversation, Home, HookAnswer, HookReading, Installed, LaunchHints, LaunchRequest, Provider,
    Reading, ScreenText, Support, TranscriptPlace, dialog, prompt_box,
};

/// The settings in the session's directory.
const SETTINGS: &str = "demo-settings.json";

/// The scripted agent for people without an account.
pub(crate) struct Demo;

impl Provider for Demo {
    fn id(&self) -> ProviderId {
        ProviderId::Demo
    }

    fn label(&self) -> &'static str {
        "CodePiper demo agent"
    }

    fn program(&self) -> Option<&'static str> {
        None
    }

    fn install_hint(&self) -> &'static str {
        "it is built in"
    }

    fn sign_in_hint(&self) -> &'static str {
        "it needs no account"
    }

    fn capabilities(&self, _channel: Channel) -> Capabilities {
        Capabilities {
            activity: Native::Native,
            permissions: Native::Native,
            prompt_receipts: Native::Screen,
            supports_dangerous_mode: true,
            supports_resume: true,
        }
    }

    /// It is inside our own binary.
    fn questions(&self) -> &'static [&'static [&'static str]] {
        &[]
    }

    fn installed(&self, _answers: &[Option<String>]) -> Installed {
        Installed {
            version: Some(self.seen().to_owned()),
            channel: Channel::Hooks,
            unknown: &[],
        }
    }

    fn seen(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn support(&self, _channel: Channel) -> Support {
        Support {
            hooks: Native::Native,
            approvals: Native::Native,
            model_switch: Native::None,
            transcript: Native::Native,
            interrupt: Native::Screen,
            usage: Native::None,
        }
    }

    fn launch_hints(&self) -> LaunchHints {
        LaunchHints {
            dangerous_flag: UNASKED,
            resume: "codepiper demo-agent --resume {id}",
            fork: "codepiper demo-agent --resume {id} --fork-session",
        }
    }

    fn is_dangerous(&self, args: &[String]) -> bool {
        args.iter().any(|arg| arg == UNASKED)
    }

    fn signed_in(&self, _home: Home<'_>) -> bool {
        true
    }

    fn launch(&self, request: &LaunchRequest<'_>) -> LaunchSpec {
        let conversation = request.conversation.name();
        let transcript = place(request.dir, conversation);
        let mut argv = vec![
            request.program.display().to_string(),
            "demo-agent".to_owned(),
        ];
        let options: &[&str] = match request.conversation {
            Conversation::New(name) => &["--session-id", name],
            Conversation::Resume(name) => &["--resume", name],
            Conversation::Fork { from, to } => {
                &["--resume", from, "--fork-session", "--session-id", to]
            }
        };
        argv.extend(options.iter().map(ToString::to_string));
        argv.extend(["--transcript".to_owned(), transcript.display().to_string()]);
        let settings = request.dir.join(SETTINGS);
        argv.extend(["--settings".to_owned(), settings.display().to_string()]);
        if request.dangerous && !request.args.iter().any(|arg| arg == UNASKED) {
            argv.push(UNASKED.to_owned());
        }
        argv.extend(request.args.iter().cloned());
        let prompt_in_argv = push_prompt(&mut argv, request.prompt);
        LaunchSpec {
            argv,
            env: Vec::new(),
            files: vec![(
                SETTINGS.to_owned(),
                json!({ "hooks": hooks::settings(request.hooks) }).to_string(),
            )],
            provider_session_id: Some(conversation.to_owned()),
            transcript_path: Some(transcript),
            prompt_in_argv,
        }
    }

    fn transcript(&self, from: &TranscriptPlace<'_>, conversation: &str) -> Option<PathBuf> {
        Some(place(from.dir, conversation))
    }

    fn read_hook(&self, event: &str, data: &Value) -> HookReading {
        hooks::read(event, data)
    }

    fn hook_answer(&self, event: &str, answer: HookAnswer<'_>) -> Option<String> {
        hooks::answer(event, answer)
    }

    fn read_screen(&self, screen: ScreenText<'_>) -> Reading {
        if let Some(found) = prompt_box::find(screen, &['>']) {
            let working = screen.title.starts_with(['⠂', '⠐']);
            let (state, kind) = if working {
                (ActivityState::Working, "working")
            } else {
                (ActivityState::Idle, "prompt_box")
            };
            return Reading {
                state,
                kind,
                has_box: true,
                box_empty: found.empty,
            };
        }
        match dialog::find(screen) {
            Some(found) if found.says("Do you want to") => {
                Reading::dialog(ActivityState::NeedsPermission, "permission_dialog")
            }
            Some(_) => Reading::dialog(ActivityState::NeedsInput, "question_dialog"),
            None => Reading::UNKNOWN,
        }
    }

    fn typed_text(&self, screen: ScreenText<'_>) -> Option<String> {
        prompt_box::text(screen, &['>'])
    }
}

/// `<state>/demo/transcripts/<conversation>.jsonl`, beside the sessions' own directories: a
/// conversation may go on in another session.
fn place(dir: &Path, conversation: &str) -> PathBuf {
    let state = dir.ancestors().nth(2).unwrap_or(dir);
    let name = format!("{conversation}.jsonl");
    state.join("demo").join("transcripts").join(name)
}
