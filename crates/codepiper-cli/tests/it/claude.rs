use std::fmt::Write as _;

use codepiper_fake_model::{FakeModel, Request};

use crate::support::{TestHome, claude_program};

const KEY: &str = "sk-ant-fake-0123456789abcdef";

/// What keeps Claude Code from talking to anybody else.
const QUIET: [&str; 4] = [
    "DISABLE_TELEMETRY",
    "DISABLE_ERROR_REPORTING",
    "DISABLE_AUTOUPDATER",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
];

/// The fake model, and homes whose Claude Code talks to it.
pub(crate) struct FakeClaude {
    model: FakeModel,
    // The model lives in it.
    _runtime: tokio::runtime::Runtime,
}

impl FakeClaude {
    pub(crate) fn new() -> Self {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        let model = runtime.block_on(FakeModel::start());
        Self {
            model,
            _runtime: runtime,
        }
    }

    /// A home in which Claude Code starts without a question, with a running daemon.
    pub(crate) fn home() -> TestHome {
        let mut home = TestHome::bare();
        Self::furnish(&mut home);
        home.start_daemon();
        home
    }

    /// The same without a key, whose person has signed in with a subscription.
    pub(crate) fn subscribed_home() -> TestHome {
        let mut home = TestHome::bare();
        Self::furnish(&mut home);
        home.set_env("ANTHROPIC_API_KEY", "");
        let account = serde_json::json!({ "claudeAiOauth": {
            "accessToken": "sk-ant-oat01-fake", "refreshToken": "sk-ant-ort01-fake",
            "expiresAt": 4_102_444_800_000_u64, "subscriptionType": "max",
            "scopes": ["user:inference", "user:profile"],
        }});
        std::fs::create_dir(home.path(".claude")).unwrap();
        std::fs::write(home.path(".claude/.credentials.json"), account.to_string()).unwrap();
        home.start_daemon();
        home
    }

    /// Makes Claude Code start there without a question.
    pub(crate) fn furnish(home: &mut TestHome) {
        home.offer(&claude_program());
        home.set_env("ANTHROPIC_API_KEY", KEY);
        let work = home.path("work").canonicalize().unwrap();
        let config = serde_json::json!({
            "hasCompletedOnboarding": true,
            "customApiKeyResponses": { "approved": [&KEY[KEY.len() - 20..]], "rejected": [] },
            "projects": { work.to_str().unwrap(): { "hasTrustDialogAccepted": true } },
        });
        std::fs::write(home.path(".claude.json"), config.to_string()).unwrap();
    }

    /// Whether the model was ever sent a text that contains this.
    pub(crate) fn was_told(&self, text: &str) -> bool {
        let requests = self.model.requests();
        requests
            .iter()
            .any(|request| request.body.to_string().contains(text))
    }

    /// The latest request to the model whose own words contain this, with all that was said before.
    pub(crate) fn history_of(&self, text: &str) -> String {
        let requests = self.model.requests();
        let bodies = requests.iter().map(|request| &request.body);
        let found = bodies
            .filter(|body| body["messages"].to_string().contains(text))
            .max_by_key(|body| body.to_string().len());
        found.unwrap()["messages"].to_string()
    }

    /// Has this said in a conversation of which no session knows, and returns its name.
    pub(crate) fn outside(&self, home: &TestHome, words: &str) -> String {
        let mut program = std::process::Command::new(claude_program());
        program.args(["-p", &format!("SAY: {words}"), "--output-format", "json"]);
        program
            .env_clear()
            .env("HOME", home.path(""))
            .env("PATH", std::env::var("PATH").unwrap())
            .env("ANTHROPIC_API_KEY", KEY)
            .env("ANTHROPIC_BASE_URL", self.model.base_url());
        for quiet in QUIET {
            program.env(quiet, "1");
        }
        let done = program.current_dir(home.work()).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        let said: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        said["session_id"].as_str().unwrap().to_owned()
    }

    /// Every request to the model so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.model.requests()
    }

    pub(crate) fn url(&self) -> String {
        self.model.base_url()
    }

    /// Starts a session and returns its id.
    pub(crate) fn start(&self, home: &TestHome, extra: &[&str]) -> String {
        let work = home.work();
        let url = format!("ANTHROPIC_BASE_URL={}", self.model.base_url());
        let mut args = vec!["start", "-p", "claude-code", "-b", "api", "--json"];
        args.extend(["--env", &url, "--env-from", "ANTHROPIC_API_KEY"]);
        let quiet = QUIET.map(|name| format!("{name}=1"));
        for quiet in &quiet {
            args.extend(["--env", quiet]);
        }
        if !extra.contains(&"-d") {
            args.extend(["-d", &work]);
        }
        args.extend(extra);
        home.run(&args).ok().json()["session"]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

#[test]
fn claude_is_given_another_model_and_uses_it() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let id = fake.start(&home, &[]);
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    home.run(&["send", &id, "SAY: before", "--wait"]).ok();
    let shown = home.run(&["model", &id, "haiku"]).ok();
    assert_eq!(shown.stdout.trim(), "haiku");
    home.run(&["send", &id, "SAY: after the switch", "--wait"])
        .ok();
    let requests = fake.model.requests();
    let asked = requests.iter().map(|request| &request.body).filter(|body| {
        body["messages"].to_string().contains("after the switch") && body["stream"] == true
    });
    let models: Vec<String> = asked.map(|body| body["model"].to_string()).collect();
    assert!(
        models.iter().any(|model| model.contains("haiku")),
        "{models:?}"
    );
    assert_eq!(home.session(&id)["model"], "haiku");
    assert_eq!(home.run(&["model", &id]).ok().stdout.trim(), "haiku");
    for bad in ["", "a b", "x\ny", "opus; rm"] {
        assert_eq!(home.run(&["model", &id, bad]).code, 1, "{bad:?}");
    }
    let demo = home.demo(&[]);
    assert_eq!(home.run(&["model", &demo, "x"]).code, 5);
}

#[test]
fn claude_answers_a_prompt_and_the_reply_comes_back() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let id = fake.start(&home, &["--name", "api"]);
    let first = home
        .run(&["send", "api", "SAY: the first reply", "--wait"])
        .ok();
    assert_eq!(first.stdout.trim(), "the first reply");
    let second = home
        .run(&["send", &id[..8], "THINK: hm\nSAY: the second", "--wait"])
        .ok();
    assert_eq!(second.stdout.trim(), "the second");
    let session = home.session(&id);
    assert_eq!(session["providerSessionId"], id.as_str());
    assert!(std::path::Path::new(session["transcriptPath"].as_str().unwrap()).exists());
    home.run(&["stop", &id]).ok();
    assert_eq!(home.session(&id)["exit"]["reason"], "stopped");
}

#[test]
fn what_would_undo_the_session_is_refused_before_anything_is_made() {
    let home = FakeClaude::home();
    let work = home.work();
    for (args, code) in [
        (
            &["--", "--resume", "x", "--fork-session"][..],
            "start --resume ID",
        ),
        (&["--", "-c"], "conversation_taken"),
        (&["--", "--bg"], "terminal_taken"),
        (&["--", "-p", "SAY: x"], "send --wait"),
        (&["--", "--model=opus"], "model_taken"),
        (&["--", "--safe-mode"], "no rule would be asked"),
        (&["--", "SAY: x"], "`--prompt`"),
        (&["--", "mcp", "list"], "prompt_taken"),
        (&["--env", "CLAUDE_CODE_SIMPLE=1"], "CLAUDE_CODE_SIMPLE=0"),
    ] {
        let mut all = vec!["start", "-p", "claude-code", "--json", "-d", &work];
        all.extend(args);
        let done = home.run(&all);
        assert_eq!(done.code, 5, "{args:?}: {done:?}");
        assert!(done.stderr.contains(code), "{args:?}: {done:?}");
    }
    let list = home.run(&["sessions", "--json"]).ok().json();
    assert_eq!(list["sessions"], serde_json::json!([]));
}

#[test]
fn no_settings_of_a_project_take_the_hooks_away() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    home.policy(&serde_json::json!([
        {"id": "never", "action": "deny", "tool": "Bash", "args": {"command": "touch never*"}},
    ]));
    let settings = serde_json::json!({
        "disableAllHooks": true,
        "env": { "CLAUDE_CODE_SIMPLE": "1", "CLAUDE_CODE_SAFE_MODE": "1" },
        "permissions": { "allow": ["Bash"] },
    });
    let folder = home.path("work/.claude");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("settings.json"), settings.to_string()).unwrap();
    for sources in ["user,project,local", "user", ""] {
        let id = fake.start(&home, &["--", "--setting-sources", sources]);
        home.run(&["wait", &id, "--timeout", "30"]).ok();
        let prompt = "RUN: touch never\nSAY: done";
        let done = home.run(&["send", &id, prompt, "--wait", "--timeout", "30"]);
        assert_eq!(done.code, 0, "{sources:?}: {done:?}");
        assert!(!home.path("work/never").exists(), "{sources:?}");
        assert_eq!(home.decisions(&id)[0]["decision"], "deny", "{sources:?}");
        home.run(&["kill", &id]).ok();
    }
}

#[test]
fn a_hundred_kilobytes_reach_claude_byte_for_byte() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let id = fake.start(&home, &[]);
    let mut text = String::from("ECHO");
    for i in 0..2200 {
        let _ = write!(text, "\nline {i} with é and $HOME; \"q\" 漢字 🎉 end");
    }
    let done = home
        .run_with_input(&["send", &id, "-", "--wait"], text.as_bytes())
        .ok();
    assert_eq!(done.stdout.trim(), codepiper_fake_model::fingerprint(&text));
}

#[test]
fn a_line_taller_than_the_screen_reaches_claude() {
    let claude = FakeClaude::new();
    let home = FakeClaude::home();
    let id = claude.start(&home, &["--cols", "40", "--rows", "10"]);
    let long = "word ".repeat(90);
    for words in ["the first", "the second"] {
        let prompt = format!("{long}{words}");
        let done = home.run(&["send", &id, &prompt, "--wait", "--timeout", "30"]);
        assert_eq!(
            done.code,
            0,
            "{done:?}\n{}",
            home.run(&["tail", &id]).stdout
        );
        assert!(claude.was_told(&prompt));
    }
}

#[test]
fn a_first_prompt_is_answered_short_or_long() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let long = format!("{}\nSAY: long one read", "x".repeat(30_000));
    for (prompt, reply) in [
        ("SAY: short one read", "● short one read"),
        (&long, "● long one read"),
    ] {
        let id = fake.start(&home, &["--prompt", prompt]);
        home.until(reply, || home.run(&["tail", &id]).stdout.contains(reply));
        home.run(&["kill", &id]).ok();
    }
}

#[test]
fn an_untrusted_directory_is_reported_and_not_confirmed() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let stranger = home.path("stranger");
    std::fs::create_dir(&stranger).unwrap();
    let stranger = stranger.display().to_string();
    let id = fake.start(&home, &["-d", &stranger, "--prompt", "SAY: never"]);
    let done = home
        .run(&["wait", &id, "--until", "needs_input", "--timeout", "30"])
        .ok();
    assert_eq!(done.stdout.trim(), "needs_input");
    let session = home.session(&id);
    assert_eq!(session["activity"]["evidence"]["type"], "trust_dialog");
    let refused = home.run(&["send", &id, "hello"]);
    assert_eq!(refused.code, 5);
    assert!(refused.stderr.contains("trust_dialog"), "{refused:?}");
}

#[test]
fn a_permission_dialog_of_claude_is_seen() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let id = fake.start(&home, &[]);
    let done = home.run(&[
        "send",
        &id,
        "RUN: touch made-by-claude",
        "--wait",
        "--timeout",
        "30",
    ]);
    assert_eq!(done.code, 7, "{done:?}");
    let session = home.session(&id);
    assert_eq!(
        session["activity"]["state"], "needs_permission",
        "{session}"
    );
    home.run(&["keys", &id, "1"]).ok();
    home.until("it ran", || home.path("work/made-by-claude").exists());
}

#[test]
fn words_that_would_end_claude_are_refused() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let id = fake.start(&home, &[]);
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    for words in ["exit", " quit ", ":wq"] {
        let refused = home.run(&["send", &id, words]);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.stderr.contains("codepiper stop"), "{refused:?}");
    }
    let done = home.run(&["send", &id, "SAY: exit", "--wait"]).ok();
    assert_eq!(done.stdout.trim(), "exit");
}

#[test]
fn a_prompt_that_claude_puts_back_is_not_called_done() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let id = fake.start(&home, &[]);
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    let send = [
        "send",
        &id,
        "WAIT: 8000\nSAY: never heard",
        "--wait",
        "--json",
    ];
    let sent = home.command(send).spawn().unwrap();
    home.run(&["wait", &id, "--until", "working", "--timeout", "30"])
        .ok();
    home.run(&["interrupt", &id]).ok();
    let sent = crate::support::finish(sent);
    let screen = home.run(&["tail", &id]).stdout;
    assert_eq!(sent.code, 1, "{sent:?}\n{screen}");
    assert!(sent.stdout.contains("\"interrupted\""), "{sent:?}");
}
