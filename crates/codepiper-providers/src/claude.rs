//! Claude Code. Seen: 2.1.197.

mod arguments;
pub(crate) mod hooks;
pub(crate) mod line;
mod model;
mod status_line;
pub(crate) mod trouble;

use std::path::PathBuf;

use codepiper_model::{
    ActivityState, Capabilities, Channel, LaunchSpec, Native, ProviderId, StatusLine,
};
use serde_json::{Value, json};

use crate::provider::{UNASKED, directory, push_prompt};
use crate::{
    Claim, Conversation, Home, HookAnswer, HookReading, LaunchHints, LaunchRequest, ModelSwitch,
    Provider, Reading, Refusal, ScreenText, Support, TranscriptPlace, dialog, prompt_box,
};

/// Anthropic's Claude Code.
pub(crate) struct ClaudeCode;

/// What stands before the first row of the prompt box: of words, a shell line and a memory.
const MARKERS: [char; 3] = ['❯', '!', '#'];

/// The settings overlay in the session's directory.
const OVERLAY: &str = "claude-settings.json";

impl Provider for ClaudeCode {
    fn id(&self) -> ProviderId {
        ProviderId::ClaudeCode
    }

    fn label(&self) -> &'static str {
        "Claude Code"
    }

    fn program(&self) -> Option<&'static str> {
        Some("claude")
    }

    fn install_hint(&self) -> &'static str {
        "npm install -g @anthropic-ai/claude-code"
    }

    fn sign_in_hint(&self) -> &'static str {
        "run `claude` once and sign in, or start with `--billing api` and an ANTHROPIC_API_KEY"
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

    fn seen(&self) -> &'static str {
        "2.1.197"
    }

    fn support(&self, _channel: Channel) -> Support {
        Support {
            hooks: Native::Native,
            approvals: Native::Native,
            model_switch: Native::Screen,
            transcript: Native::Native,
            interrupt: Native::Screen,
            usage: Native::None,
        }
    }

    fn launch_hints(&self) -> LaunchHints {
        LaunchHints {
            dangerous_flag: UNASKED,
            resume: "claude --resume {id}",
            fork: "claude --resume {id} --fork-session",
        }
    }

    fn is_dangerous(&self, args: &[String]) -> bool {
        let is_mode = |mode: &str| mode == "bypassPermissions";
        let says_mode = |pair: &[String]| pair[0] == "--permission-mode" && is_mode(&pair[1]);
        args.iter().any(|arg| {
            arg == UNASKED || arg.strip_prefix("--permission-mode=").is_some_and(is_mode)
        }) || args.windows(2).any(says_mode)
    }

    fn widens(&self, args: &[String]) -> bool {
        self.is_dangerous(args) || arguments::allows(args)
    }

    fn signed_in(&self, home: Home<'_>) -> bool {
        let has = |file: Option<PathBuf>, keys: &[&str]| {
            file.and_then(|path| (home.file)(&path))
                .and_then(|text| serde_json::from_str::<Value>(&text).ok())
                .is_some_and(|json| keys.iter().any(|key| json[key].is_object()))
        };
        let config = directory(home, "CLAUDE_CONFIG_DIR", ".claude");
        let account = match (home.var)("CLAUDE_CONFIG_DIR") {
            Some(dir) if !dir.is_empty() => Some(PathBuf::from(dir).join(".claude.json")),
            _ => (home.var)("HOME").map(|dir| PathBuf::from(dir).join(".claude.json")),
        };
        has(
            config.map(|dir| dir.join(".credentials.json")),
            &["claudeAiOauth"],
        ) || has(account, &["oauthAccount"])
    }

    fn refusal(&self, request: &LaunchRequest<'_>, is_root: bool) -> Option<Refusal> {
        let refused = arguments::refusal(request.args)
            .or_else(|| arguments::refused_environment(request.home));
        if refused.is_some() {
            return refused;
        }
        let in_sandbox = (request.home.var)("IS_SANDBOX").is_some_and(|value| value == "1");
        (request.dangerous && is_root && !in_sandbox).then_some(Refusal {
            code: "dangerous_as_root",
            message: "Claude Code does not run in dangerous mode as root",
            hint: "run the daemon as another user or, where the machine is a sandbox that may be \
                   lost, start with `--env IS_SANDBOX=1`",
        })
    }

    fn launch(&self, request: &LaunchRequest<'_>) -> LaunchSpec {
        let overlay = request.dir.join(OVERLAY);
        let mut argv = vec![request.program.display().to_string()];
        let conversation = request.conversation.name();
        let options: &[&str] = match request.conversation {
            Conversation::New(name) => &["--session-id", name],
            Conversation::Resume(name) => &["--resume", name],
            Conversation::Fork { from, to } => {
                &["--resume", from, "--fork-session", "--session-id", to]
            }
        };
        argv.extend(options.iter().map(ToString::to_string));
        argv.extend(["--settings".to_owned(), overlay.display().to_string()]);
        if request.dangerous && !request.args.iter().any(|arg| arg == UNASKED) {
            argv.push(UNASKED.to_owned());
        }
        if let Some(model) = request.model {
            argv.extend(["--model".to_owned(), model.to_owned()]);
        }
        argv.extend(request.args.iter().cloned());
        let prompt_in_argv = push_prompt(&mut argv, request.prompt);
        LaunchSpec {
            argv,
            env: Vec::new(),
            files: vec![(OVERLAY.to_owned(), overlay_text(request))],
            transcript_path: self.transcript(&request.transcript_place(), conversation),
            provider_session_id: Some(conversation.to_owned()),
            prompt_in_argv,
        }
    }

    /// `<config>/projects/<directory with every other character as a hyphen>/<conversation>.jsonl`
    fn transcript(&self, place: &TranscriptPlace<'_>, conversation: &str) -> Option<PathBuf> {
        let folder: String = place
            .cwd
            .to_string_lossy()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let config = directory(place.home, "CLAUDE_CONFIG_DIR", ".claude")?;
        let name = format!("{conversation}.jsonl");
        Some(config.join("projects").join(folder).join(name))
    }

    fn read_hook(&self, event: &str, data: &Value) -> HookReading {
        hooks::read(event, data)
    }

    fn read_status_line(&self, data: &Value) -> Option<StatusLine> {
        Some(status_line::read(data))
    }

    fn hook_answer(&self, event: &str, answer: HookAnswer<'_>) -> Option<String> {
        hooks::answer(event, answer)
    }

    fn read_screen(&self, screen: ScreenText<'_>) -> Reading {
        if let Some(found) = prompt_box::find(screen, &MARKERS) {
            // The title, not the hints below the box: a status line of the user's own, a mode or
            // typed text takes their place.
            let working =
                screen.title.starts_with(is_braille) || runs_stop_hooks(&screen.lines[..found.top]);
            let (state, kind) = if waits_for_agents(&screen.lines[..found.top]) {
                (ActivityState::Working, Reading::BACKGROUND)
            } else if working {
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
        if let Some(dialog) = dialog::find(screen) {
            return read_dialog(&dialog);
        }
        if prompt_box::is_cut_off(screen) {
            let working = screen.title.starts_with(is_braille);
            let (state, kind) = if working {
                (ActivityState::Working, "working")
            } else {
                (ActivityState::Idle, "prompt_box")
            };
            return Reading {
                state,
                kind,
                has_box: true,
                box_empty: false,
            };
        }
        if screen
            .lines
            .iter()
            .any(|line| line.contains("Press Enter to continue"))
        {
            return Reading::dialog(ActivityState::NeedsInput, "onboarding");
        }
        if screen.title.starts_with(is_braille) {
            return Reading {
                state: ActivityState::Working,
                kind: "working",
                ..Reading::UNKNOWN
            };
        }
        Reading::UNKNOWN
    }

    fn read_trouble(&self, screen: ScreenText<'_>) -> Option<Claim> {
        trouble::read(screen, self.read_screen(screen))
    }

    fn typed_text(&self, screen: ScreenText<'_>) -> Option<String> {
        prompt_box::text(screen, &MARKERS)
    }

    fn model_switch(&self, screen: ScreenText<'_>, name: &str) -> Option<ModelSwitch> {
        model::read(screen, name)
    }

    fn is_farewell(&self, text: &str) -> bool {
        ["exit", "quit", ":q", ":q!", ":wq", ":wq!"].contains(&text.trim())
    }

    fn completions(&self, screen: ScreenText<'_>) -> Vec<String> {
        let typed = self.typed_text(screen).unwrap_or_default();
        // A blank behind a name does not always keep it from being completed.
        let typed = typed.trim_end();
        if !typed.starts_with('/') || typed.contains(char::is_whitespace) {
            return Vec::new();
        }
        let commands = screen.lines.iter().rev().filter_map(|line| {
            let word = line.split_whitespace().next()?;
            line.starts_with('/').then(|| word.to_owned())
        });
        let commands: Vec<_> = commands.collect();
        // Of a name that is whole, Enter takes that command.
        if commands.iter().any(|command| command == typed) {
            Vec::new()
        } else {
            commands
        }
    }
}

/// The overlay that goes over the user's own settings, whose hooks and permissions stay.
fn overlay_text(request: &LaunchRequest<'_>) -> String {
    // The variables of the hooks stand here too: a project's settings, which an agent may be able
    // to write, could give them other values.
    let ours = [
        ("CLAUDE_CODE_DISABLE_AGENT_VIEW", "1"),
        // The title tells whether the agent works.
        ("CLAUDE_CODE_DISABLE_TERMINAL_TITLE", "0"),
        // Each would switch the hooks off, and a project's settings may set it.
        ("CLAUDE_CODE_SIMPLE", "0"),
        ("CLAUDE_CODE_SAFE_MODE", "0"),
    ];
    let hooks = request.hooks.variables.iter();
    let variables = hooks.map(|(name, value)| (*name, value.as_str()));
    let env: serde_json::Map<String, Value> = ours
        .into_iter()
        .chain(variables)
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let mut overlay = json!({
        // One key on an empty prompt would move the session into a background daemon.
        "disableAgentView": true,
        // A project's settings must not take the hooks away, now or later.
        "disableAllHooks": false,
        "env": env,
        "hooks": hooks::settings(request.hooks),
    });
    if request.hooks.status_line {
        overlay["statusLine"] = status_line::setting(request.hooks.program);
    }
    if request.dangerous {
        // Its own warning has been given by us; the dialog would wait for ever.
        overlay["skipDangerousModePermissionPrompt"] = true.into();
    }
    overlay.to_string()
}

/// The title already says that the turn is over while hooks run at its end, one of which may make it
/// go on. The spinner above the box says so: `✻ Computing… (running stop hook · 1s · ↓ 1 tokens)`.
fn runs_stop_hooks(conversation: &[String]) -> bool {
    let latest = conversation.iter().rev().filter(|line| !line.is_empty());
    latest
        .take(4)
        .any(|line| is_spinner(line) && line.contains("… (running stop hook"))
}

/// `✻ Waiting for 2 background agents to finish`: the turn is not over, and a prompt is welcome.
fn waits_for_agents(conversation: &[String]) -> bool {
    let latest = conversation.iter().rev().find(|line| !line.is_empty());
    latest.is_some_and(|line| {
        line.contains(" Waiting for ") && line.contains(" background agent") && is_spinner(line)
    })
}

fn is_spinner(line: &str) -> bool {
    line.starts_with(['·', '✢', '✳', '✶', '✻', '✽', '*'])
}

fn is_braille(c: char) -> bool {
    ('\u{2800}'..='\u{28ff}').contains(&c)
}

fn read_dialog(dialog: &dialog::Dialog<'_>) -> Reading {
    use ActivityState::{NeedsInput, NeedsPermission};

    // What asks for leave to do something; the rest are questions.
    const KNOWN: [(&str, &str, ActivityState); 15] = [
        ("I trust this folder", "trust_dialog", NeedsInput),
        (
            "Do you want to use this API key?",
            "api_key_dialog",
            NeedsInput,
        ),
        ("Bypass Permissions mode", "bypass_dialog", NeedsInput),
        ("New MCP server", "mcp_server_dialog", NeedsInput),
        ("Settings Error", "settings_error", NeedsInput),
        ("Settings Warning", "settings_error", NeedsInput),
        ("Choose the text style", "onboarding", NeedsInput),
        ("Select login method", "sign_in", NeedsInput),
        ("Switch model?", "model_dialog", NeedsInput),
        (
            "Stop and wait for limit to reset",
            "usage_limit",
            NeedsInput,
        ),
        ("Exit plan mode?", "plan_dialog", NeedsInput),
        ("Would you like to proceed?", "plan_dialog", NeedsInput),
        ("Do you want to", "permission_dialog", NeedsPermission),
        ("Claude wants to", "permission_dialog", NeedsPermission),
        ("don't ask again", "permission_dialog", NeedsPermission),
    ];
    KNOWN.iter().find(|(text, ..)| dialog.says(text)).map_or(
        Reading::dialog(NeedsInput, "question_dialog"),
        |(_, kind, state)| Reading::dialog(*state, kind),
    )
}
