//! What is believed of sessions whose agents show recorded screens of the real programs.
//!
//! The program in the terminal is a script in the agent's place: it writes what it is told to, so
//! everything from tmux on is as always. Codex has its real app-server beside it.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::codex::FakeCodex;
use crate::support::{TestHome, codex_program};

/// Recordings, with what is to be believed of a session that shows them.
struct Recordings(PathBuf);

struct Recording {
    name: String,
    state: String,
    kind: String,
}

impl Recordings {
    fn of(folder: &str) -> Self {
        let fixtures = "../codepiper-providers/tests/fixtures";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(fixtures);
        Self(path.join(folder))
    }

    fn all(&self) -> Vec<Recording> {
        let table = std::fs::read_to_string(self.0.join("expected.txt")).unwrap();
        let rows = table.lines().map(|row| {
            let mut words = row.split_whitespace().map(str::to_owned);
            let mut word = || words.next().unwrap();
            Recording {
                name: word(),
                state: word(),
                kind: word(),
            }
        });
        // The painter's terminal has the size of nearly all of them.
        rows.filter(|row: &Recording| self.meta(&row.name)["cols"].is_null())
            .collect()
    }

    fn meta(&self, name: &str) -> Value {
        let path = self.0.join(format!("{name}.meta.json"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    /// The bytes that make a terminal show it, with its title and its cursor.
    fn bytes(&self, name: &str) -> String {
        let read = |end: &str| std::fs::read_to_string(self.0.join(format!("{name}.{end}")));
        let screen = read("screen.txt").or_else(|_| read("capture.txt")).unwrap();
        let meta = self.meta(name);
        let mut rows = String::new();
        for (row, text) in screen.lines().enumerate() {
            let _ = write!(rows, "\x1b[{};1H{text}", row + 1);
        }
        let (title, cursor) = (meta["title"].as_str().unwrap(), &meta["cursor"]);
        let place = |axis: usize| cursor[axis].as_u64().unwrap() + 1;
        let shown = if meta["cursor_visible"] == true {
            'h'
        } else {
            'l'
        };
        format!(
            "\x1b]2;{title}\x07\x1b[2J{rows}\x1b[{};{}H\x1b[?25{shown}",
            place(1),
            place(0)
        )
    }

    /// What the agent wrote down of the latest turn, where that was kept.
    fn transcript(&self, name: &str) -> Option<String> {
        ["transcript", "rollout"].iter().find_map(|kind| {
            std::fs::read_to_string(self.0.join(format!("{name}.{kind}.jsonl"))).ok()
        })
    }
}

/// A program that shows what it is told to.
struct Painter {
    dir: tempfile::TempDir,
    program: PathBuf,
}

impl Painter {
    /// Takes the place of `program`; the `real` one is its app-server.
    fn new(program: &str, real: &Path) -> Self {
        let dir = tempfile::Builder::new().prefix("cp").tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        let (pipe, real) = (pipe.display(), real.display());
        let script = format!(
            "#!/bin/sh\ncase \" $* \" in *' app-server '*) exec '{real}' \"$@\";; esac\n\
             stty raw -echo\nwhile :; do read -r screen <'{pipe}' && cat \"$screen\"; done\n"
        );
        let program = dir.path().join(program);
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { dir, program }
    }

    /// A home in which it is found.
    fn home(&self, key: &str) -> TestHome {
        let mut home = TestHome::bare();
        home.offer(&self.program);
        home.set_env(key, "fake");
        home.start_daemon();
        home
    }

    fn show(&self, bytes: &str) {
        let screen = self.dir.path().join("screen");
        std::fs::write(&screen, bytes).unwrap();
        let line = format!("{}\n", screen.display());
        std::fs::write(self.dir.path().join("pipe"), line).unwrap();
    }
}

/// Shows every recording of an agent and returns what was not believed as it should be.
fn misjudged(home: &TestHome, id: &str, painter: &Painter, recordings: &Recordings) -> Vec<String> {
    let transcript = home.session(id)["transcriptPath"]
        .as_str()
        .map(PathBuf::from);
    let explain = || {
        home.run(&["providers", "explain", id, "--json"])
            .ok()
            .json()
    };
    // Where the agent's state is the same as before, nobody could tell whether it was read.
    let between = |state: &str| {
        let other = if state == "working" {
            "idle-fresh"
        } else {
            "working-streaming"
        };
        painter.show(&recordings.bytes(other));
        home.until("the screen between two is read", || {
            let now = explain()["activity"]["state"].clone();
            now == if state == "working" {
                "idle"
            } else {
                "working"
            }
        });
    };
    let mut wrong = Vec::new();
    for Recording { name, state, kind } in recordings.all() {
        if let Some(path) = &transcript {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text = recordings.transcript(&name).unwrap_or_default();
            std::fs::write(path, text).unwrap();
        }
        between(&state);
        painter.show(&recordings.bytes(&name));
        // What shows nothing known counts when it stays.
        let kind = match kind.as_str() {
            "unknown_screen" => "unreadable_screen",
            kind => kind,
        };
        let mut explained = Value::Null;
        let is_right = eventually(|| {
            explained = explain();
            let activity = &explained["activity"];
            activity["state"] == state.as_str() && activity["evidence"]["type"] == kind
        });
        if !is_right {
            wrong.push(format!("{name}: not {state} {kind} but {explained}"));
        }
    }
    wrong
}

/// Whether something becomes so within a few seconds.
fn eventually(mut is_so: impl FnMut() -> bool) -> bool {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(6);
    while std::time::Instant::now() < deadline {
        if is_so() {
            return true;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
    false
}

#[test]
fn every_recorded_screen_of_claude_is_judged_right() {
    let painter = Painter::new("claude", Path::new("/bin/false"));
    let home = painter.home("ANTHROPIC_API_KEY");
    let work = home.work();
    let start = [
        "start",
        "-p",
        "claude-code",
        "-b",
        "api",
        "--json",
        "-d",
        &work,
    ];
    let id = home.run(&start).ok().json()["session"]["id"].clone();
    let id = id.as_str().unwrap();
    let recordings = Recordings::of("claude-code/2.1.197");
    let wrong = misjudged(&home, id, &painter, &recordings);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(recordings.all().len() >= 60);

    // Nothing in its place runs hooks, which is said where somebody looks.
    let explained = home.run(&["providers", "explain", id]).ok().stdout;
    assert!(
        explained.contains("warning: a turn was seen"),
        "{explained}"
    );
    assert!(home.daemon_log().contains("no hook has reported"));
}

#[test]
fn every_recorded_screen_of_codex_is_judged_right() {
    let fake = FakeCodex::new();
    let painter = Painter::new("codex", &codex_program());
    let home = painter.home("OPENAI_API_KEY");
    let id = fake.start(&home, &[]);
    let recordings = Recordings::of("codex/0.169.0");
    let wrong = misjudged(&home, &id, &painter, &recordings);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(recordings.all().len() >= 60);
}
