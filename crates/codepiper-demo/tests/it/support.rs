//! The demo agent in a real tmux: a private server for each test, which dies with it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_secs(20);

/// A pane of 80 by 24, or as asked, in which the demo agent runs.
pub(crate) struct Pane {
    pub(crate) folder: TempDir,
}

impl Pane {
    /// The agent with these arguments, its transcript at [`Pane::transcript`].
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::sized(80, 24, args)
    }

    pub(crate) fn sized(cols: usize, rows: usize, args: &[&str]) -> Self {
        let pane = Self::closed();
        pane.open(cols, rows, args);
        pane
    }

    /// The agent with these settings in its folder.
    pub(crate) fn with_settings(settings: &Value, args: &[&str]) -> Self {
        let pane = Self::closed();
        std::fs::write(pane.path("settings.json"), settings.to_string()).unwrap();
        pane.open(80, 24, &[&["--settings", "settings.json"], args].concat());
        pane
    }

    fn closed() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn open(&self, cols: usize, rows: usize, args: &[&str]) {
        let conf = self.path("tmux.conf");
        let options = "set -g remain-on-exit on\nset -g history-limit 10000\n\
                       set -g default-terminal tmux-256color\nset -s escape-time 0\n";
        std::fs::write(&conf, options).unwrap();
        let conf = conf.to_string_lossy().into_owned();
        let (cols, rows) = (cols.to_string(), rows.to_string());
        let window = [
            "-f",
            &conf,
            "new-session",
            "-d",
            "-x",
            &cols,
            "-y",
            &rows,
            "-s",
            "demo",
        ];
        self.launch(&window, args);
    }

    /// Runs the agent once more, in the pane that its end left.
    pub(crate) fn restart(&self, args: &[&str]) {
        self.launch(&["respawn-pane", "-t", "demo"], args);
    }

    fn launch(&self, command: &[&str], args: &[&str]) {
        let folder = self.folder.path().to_string_lossy().into_owned();
        let transcript = self.path("transcript.jsonl").to_string_lossy().into_owned();
        let program = env!("CARGO_BIN_EXE_codepiper-demo-agent");
        let program = ["-c", &folder, "--", program, "--transcript", &transcript];
        self.tmux(&[command, &program, args].concat());
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs tmux and answers what it printed.
    pub(crate) fn tmux(&self, args: &[&str]) -> String {
        let mut command = Command::new("tmux");
        command.arg("-S").arg(self.path("s")).args(args);
        let output = run(command);
        assert!(output.status.success(), "tmux {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn keys(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys", "-t", "demo"], keys].concat());
    }

    pub(crate) fn type_text(&self, text: &str) {
        self.tmux(&["send-keys", "-t", "demo", "-l", "--", text]);
    }

    /// Types a prompt of one line and submits it.
    pub(crate) fn submit(&self, text: &str) {
        self.type_text(text);
        self.keys(&["Enter"]);
    }

    /// A bracketed paste as the daemon does it.
    pub(crate) fn paste(&self, text: &str) {
        let file = self.path("paste");
        std::fs::write(&file, text).unwrap();
        self.tmux(&["load-buffer", &file.to_string_lossy()]);
        self.tmux(&["paste-buffer", "-p", "-r", "-d", "-t", "demo"]);
    }

    pub(crate) fn resize(&self, cols: usize, rows: usize) {
        let (cols, rows) = (cols.to_string(), rows.to_string());
        self.tmux(&["resize-window", "-t", "demo", "-x", &cols, "-y", &rows]);
    }

    pub(crate) fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-t", "demo"])
    }

    /// The screen with all that scrolled away.
    pub(crate) fn history(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-S", "-", "-t", "demo"])
    }

    pub(crate) fn show(&self, format: &str) -> String {
        self.tmux(&["display-message", "-p", "-t", "demo", format])
            .trim_end()
            .to_owned()
    }

    pub(crate) fn title(&self) -> String {
        self.show("#{pane_title}")
    }

    /// Waits for a text on the screen, and answers the screen.
    pub(crate) fn see(&self, text: &str) -> String {
        self.until(&format!("`{text}` on the screen"), || {
            Some(self.screen()).filter(|screen| screen.contains(text))
        })
    }

    /// Waits until the agent is idle at its prompt.
    pub(crate) fn idle(&self) -> String {
        self.until("an idle agent", || {
            let screen = self.screen();
            let idle =
                screen.contains("CodePiper demo agent · /help") && !screen.contains("Working…");
            (idle && self.title() == "✳ demo").then_some(screen)
        })
    }

    /// Waits for the agent's end, and answers its exit code.
    pub(crate) fn exit_code(&self) -> String {
        self.until("the agent's end", || {
            // tmux 3.3a sometimes misses a SIGCHLD and leaves the zombie and the status alone; the
            // end of another child makes it look again. It may miss that one, too: nobody waits.
            self.tmux(&["run-shell", "-b", "true"]);
            Some(self.show("#{pane_dead_status}")).filter(|status| !status.is_empty())
        })
    }

    /// Asks until there is an answer, or the deadline is over.
    pub(crate) fn until<T>(&self, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
        let end = Instant::now() + DEADLINE;
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            assert!(
                Instant::now() < end,
                "waited for {what} in vain:\n{}",
                self.screen()
            );
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }

    /// The entries of the transcript so far; a line is whole or not there.
    pub(crate) fn transcript(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path("transcript.jsonl")).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// What was said, in short: `user: text`, `assistant: text`, `tool_use: input`, `tool_result: text`.
    pub(crate) fn told(&self) -> Vec<String> {
        let told = |entry: &Value| match &entry["message"]["content"] {
            Value::String(text) => format!("user: {text}"),
            blocks => {
                let block = &blocks[0];
                match block["type"].as_str() {
                    Some("tool_use") => format!("tool_use: {} {}", block["name"], block["input"]),
                    Some("tool_result") => format!("tool_result: {}", block["content"]),
                    _ => format!(
                        "{}: {}",
                        entry["type"].as_str().unwrap(),
                        block["text"].as_str().unwrap()
                    ),
                }
            }
        };
        let entries = self.transcript();
        let said = entries.iter().filter(|entry| entry["type"] != "system");
        said.map(told).collect()
    }

    pub(crate) fn mode(&self, name: &str) -> u32 {
        self.path(name).metadata().unwrap().permissions().mode() & 0o777
    }
}

impl Drop for Pane {
    fn drop(&mut self) {
        let mut command = Command::new("tmux");
        command.arg("-S").arg(self.path("s")).arg("kill-server");
        run(command);
    }
}

/// A child that is waited for no longer than the deadline.
fn run(mut command: Command) -> Output {
    let child = command
        .env_remove("TMUX")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id().to_string();
    let (done, output) = mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    output.recv_timeout(DEADLINE).map_or_else(
        |_| {
            Command::new("kill").args(["-9", &id]).status().unwrap();
            panic!("{command:?} hangs");
        },
        Result::unwrap,
    )
}
