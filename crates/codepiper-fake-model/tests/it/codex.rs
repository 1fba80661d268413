//! The pinned Codex does what the script says.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use codepiper_fake_model::{FakeModel, Kind};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn thoughts_replies_and_their_tokens_arrive() {
    let codex = Codex::start().await;
    let events = codex
        .exec("fake-codex", "THINK: hm hm\nSAY: hello you")
        .await;
    assert_eq!(items(&events, "reasoning")[0]["text"], "hm hm");
    assert_eq!(items(&events, "agent_message")[0]["text"], "hello you");
    let usage = &events.last().unwrap()["usage"];
    assert_eq!(usage["reasoning_output_tokens"], 2);
    assert_eq!(usage["output_tokens"], 2 + 3);
    assert!(usage["cached_input_tokens"].as_u64() > Some(0));
}

#[tokio::test]
async fn calls_of_one_turn_follow_each_other() {
    // A model of before GPT-6, which has a tool for patches, and one that acts through code.
    for model in ["gpt-5.5", "gpt-6.1-sol"] {
        let codex = Codex::start().await;
        let outside = codex.home().join("outside");
        let touch = format!("RUN: touch {}", outside.display());
        let script = format!("{touch}\nWRITE: new.txt\nREAD: new.txt");
        let events = codex.exec(model, &script).await;
        assert!(!outside.exists(), "{events:#?}");
        assert_eq!(items(&events, "file_change")[0]["status"], "completed");
        // 0.169.0 may leave out a command that the sandbox stopped.
        let read = items(&events, "command_execution").pop().unwrap();
        assert_eq!(read["aggregated_output"], "Written by the fake model.\n");
        let last = items(&events, "agent_message").pop().unwrap();
        assert_eq!(last["text"], "Result: Written by the fake model.");
    }
}

#[tokio::test]
async fn a_failure_ends_the_turn() {
    let codex = Codex::start().await;
    let events = codex.exec("fake-codex", "FAIL").await;
    let expected = json!({"type": "turn.failed", "error": {"message": "scripted failure"}});
    assert_eq!(events.last(), Some(&expected));
    let turns = codex.model.requests();
    assert_eq!(turns.len(), 1, "{turns:#?}");
}

#[tokio::test]
async fn escalations_are_asked_for_and_a_slow_reply_can_be_interrupted() {
    let codex = Codex::start().await;
    let mut server = codex.app_server();
    let thread = server.thread().await;

    let refused = codex.home().join("refused");
    let made = codex.home().join("made");
    let script = format!(
        "ESCALATE: touch {}\nESCALATE: touch {}\nSAY: both",
        refused.display(),
        made.display()
    );
    server.prompt(&thread, &script).await;
    for decision in ["decline", "accept"] {
        let asked = server.until("item/commandExecution/requestApproval").await;
        assert_eq!(
            asked["params"]["reason"],
            "May the script leave the sandbox?"
        );
        let answer = json!({"id": asked["id"], "result": {"decision": decision}});
        server.send(&answer).await;
    }
    let done = server.until("turn/completed").await;
    assert_eq!(done["params"]["turn"]["status"], "completed");
    assert_eq!([refused.exists(), made.exists()], [false, true]);

    let begun = server.prompt(&thread, "SLOW: 60000\nLINES: 50").await;
    server.until("item/agentMessage/delta").await;
    let turn = json!({"threadId": thread, "turnId": begun["turn"]["id"]});
    server.call("turn/interrupt", turn).await;
    let done = server.until("turn/completed").await;
    assert_eq!(done["params"]["turn"]["status"], "interrupted");
    let kinds: Vec<Kind> = codex.model.requests().iter().map(|r| r.kind).collect();
    assert_eq!(kinds, [Kind::Turn; 4]);
}

#[tokio::test]
async fn several_can_be_asked_for_at_once() {
    let codex = Codex::start().await;
    let mut server = codex.app_server();
    let thread = server.thread().await;
    let script = "TOGETHER\nESCALATE: true\nESCALATE: false\nSAY: both";
    server.prompt(&thread, script).await;
    let mut asked = Vec::new();
    for _ in 0..2 {
        asked.push(server.until("item/commandExecution/requestApproval").await);
    }
    for asked in asked.iter().rev() {
        let answer = json!({"id": asked["id"], "result": {"decision": "accept"}});
        server.send(&answer).await;
    }
    let done = server.until("turn/completed").await;
    assert_eq!(done["params"]["turn"]["items"][0]["text"], "both");
}

/// The items of one kind that were completed.
fn items(events: &[Value], kind: &str) -> Vec<Value> {
    let completed = events
        .iter()
        .filter(|event| event["type"] == "item.completed");
    let items = completed.map(|event| event["item"].clone());
    items.filter(|item| item["type"] == kind).collect()
}

/// A home of its own for the program, and a model that it knows.
struct Codex {
    folder: TempDir,
    model: FakeModel,
}

impl Codex {
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        for name in ["home", "tmp", "project"] {
            fs_err::create_dir(folder.path().join(name)).unwrap();
        }
        Self {
            folder,
            model: FakeModel::start().await,
        }
    }

    /// Outside of what the sandbox lets be written: it lies beside the temporary directory.
    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn command(&self, command: &str) -> Command {
        let provider = format!(
            r#"model_providers.fake={{name="fake",base_url="{}/v1",env_key="FAKE_KEY",wire_api="responses"}}"#,
            self.model.base_url()
        );
        let mut program = Command::new(program());
        program
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.home())
            .env("TMPDIR", self.folder.path().join("tmp"))
            .env("FAKE_KEY", "fake")
            .current_dir(self.folder.path().join("project"))
            .arg(command)
            .args(["-c", "model_provider=\"fake\"", "-c", &provider])
            .args(["-c", "check_for_update_on_startup=false"])
            .args(["-c", "sandbox_workspace_write.exclude_slash_tmp=true"])
            .stderr(Stdio::null())
            .kill_on_drop(true);
        program
    }

    /// The events of a run that answers one prompt.
    async fn exec(&self, model: &str, prompt: &str) -> Vec<Value> {
        let mut command = self.command("exec");
        command.args(["--json", "--skip-git-repo-check", "-s", "workspace-write"]);
        command.args(["-m", model, "--", prompt]);
        let done = tokio::time::timeout(PATIENCE, command.stdin(Stdio::null()).output());
        let output = done.await.unwrap().unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let events = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        events.collect()
    }

    fn app_server(&self) -> AppServer {
        let mut command = self.command("app-server");
        command.args(["-c", "model=\"fake-codex\""]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        AppServer {
            requests: child.stdin.take().unwrap(),
            messages: BufReader::new(child.stdout.take().unwrap()).lines(),
            last_id: 0,
            _child: child,
        }
    }
}

/// The pinned program; `make test` installs it.
fn program() -> PathBuf {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agents/node_modules/@openai");
    let vendored = std::fs::read_dir(&packages).into_iter().flatten().flatten();
    let targets = vendored.flat_map(|package| std::fs::read_dir(package.path().join("vendor")));
    let mut programs = targets
        .flatten()
        .flatten()
        .map(|target| target.path().join("bin/codex"));
    let found = programs.find(|program| program.is_file());
    let Some(found) = found else {
        panic!("Codex is not installed in `agents/`: run `make test`, which installs it");
    };
    found
}

struct AppServer {
    requests: ChildStdin,
    messages: Lines<BufReader<ChildStdout>>,
    last_id: u64,
    _child: Child,
}

impl AppServer {
    async fn send(&mut self, message: &Value) {
        let line = format!("{message}\n");
        self.requests.write_all(line.as_bytes()).await.unwrap();
    }

    /// Says hello and begins a conversation.
    async fn thread(&mut self) -> Value {
        let info = json!({"clientInfo": {"name": "test", "version": "0"}});
        self.call("initialize", info).await;
        self.send(&json!({"method": "initialized"})).await;
        let start = json!({"approvalPolicy": "on-request", "sandbox": "workspace-write"});
        self.call("thread/start", start).await["thread"]["id"].clone()
    }

    /// Begins a turn.
    async fn prompt(&mut self, thread: &Value, text: &str) -> Value {
        let input = json!([{"type": "text", "text": text}]);
        self.call("turn/start", json!({"threadId": thread, "input": input}))
            .await
    }

    async fn call(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({"id": id, "method": method, "params": params}))
            .await;
        let is_answer = |message: &Value| message["id"] == id && message["method"].is_null();
        let answer = self.next(method, is_answer).await;
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].clone()
    }

    async fn until(&mut self, method: &str) -> Value {
        self.next(method, |message| message["method"] == method)
            .await
    }

    /// The next message for which `wanted` holds; what comes before it is passed over.
    async fn next(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = tokio::time::timeout(PATIENCE, self.messages.next_line()).await;
            let Ok(line) = line else {
                panic!("never came: {what}");
            };
            let message = serde_json::from_str(&line.unwrap().unwrap()).unwrap();
            if wanted(&message) {
                return message;
            }
        }
    }
}
