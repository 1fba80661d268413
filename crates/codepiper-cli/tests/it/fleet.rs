use serde_json::Value;

use crate::claude::FakeClaude;
use crate::codex::FakeCodex;
use crate::support::TestHome;

/// The real Claude Code and the real Codex beside the demo agent, all in one home and directory.
pub(crate) struct Fleet {
    claude: FakeClaude,
    codex: FakeCodex,
}

impl Fleet {
    pub(crate) fn new() -> Self {
        Self {
            claude: FakeClaude::new(),
            codex: FakeCodex::new(),
        }
    }

    /// A home in which each agent starts without a question, with a running daemon.
    pub(crate) fn home() -> TestHome {
        let mut home = TestHome::bare();
        Self::furnish(&mut home);
        home.start_daemon();
        home
    }

    /// Makes each agent start there without a question.
    pub(crate) fn furnish(home: &mut TestHome) {
        FakeClaude::furnish(home);
        FakeCodex::furnish(home);
    }

    /// Starts a session of each agent: of the demo, of Claude Code, of Codex.
    pub(crate) fn start(&self, home: &TestHome) -> [String; 3] {
        let ids = [
            home.demo(&[]),
            self.claude.start(home, &[]),
            self.codex.start(home, &[]),
        ];
        for id in &ids {
            home.run(&["wait", id, "--timeout", "30"]).ok();
        }
        ids
    }

    /// What the agent of a session knew when it was told this.
    pub(crate) fn history(&self, home: &TestHome, id: &str, text: &str) -> String {
        let session = home.session(id);
        match session["provider"].as_str().unwrap() {
            "claude-code" => self.claude.history_of(text),
            "codex" => self.codex.history_of(text),
            _ => std::fs::read_to_string(session["transcriptPath"].as_str().unwrap()).unwrap(),
        }
    }
}

/// Tells the agent to say this, and waits until it has.
#[track_caller]
pub(crate) fn say(home: &TestHome, id: &str, words: &str) {
    let prompt = format!("SAY: {words}");
    let done = home.run(&["send", id, &prompt, "--wait", "--timeout", "30"]);
    let screen = home.run(&["tail", id]).stdout;
    assert_eq!(
        (done.code, done.stdout.trim()),
        (0, words),
        "{done:?}\n{screen}\n{}",
        home.daemon_log()
    );
}

/// Takes a session's tmux server away.
pub(crate) fn kill_terminal(attach: &Value) {
    let args = [
        "5",
        "tmux",
        "-N",
        "-S",
        attach[2].as_str().unwrap(),
        "kill-server",
    ];
    let mut timeout = std::process::Command::new("timeout");
    assert!(timeout.args(args).status().unwrap().success());
}

/// Whether the screen shows that the agent said this.
pub(crate) fn shows(home: &TestHome, id: &str, words: &str) -> bool {
    let screen = home.run(&["tail", id]).stdout;
    ["●", "•"]
        .iter()
        .any(|dot| screen.contains(&format!("{dot} {words}")))
}
