//! Reports as an agent's hooks could send them: late, in another order, twice, after the end.
#![cfg(target_os = "linux")]

use serde_json::{Value, json};

use crate::support::TestHome;

/// A session that reports what the test says.
struct Agent<'a> {
    home: &'a TestHome,
    id: String,
    secret: String,
}

impl<'a> Agent<'a> {
    fn new(home: &'a TestHome) -> Self {
        let id = home.demo(&[]);
        let pid = home.session(&id)["pid"].clone();
        let environ = std::fs::read(format!("/proc/{pid}/environ")).unwrap();
        let environ = String::from_utf8(environ).unwrap();
        let secret = environ
            .split('\0')
            .find_map(|entry| entry.strip_prefix("CODEPIPER_SECRET="));
        let secret = secret.unwrap().to_owned();
        Self { home, id, secret }
    }

    fn request(&self, event: &str, data: &Value, more: &Value) -> Vec<u8> {
        let mut body = json!({
            "sessionId": self.id,
            "event": event,
            "data": data,
            "deliveryId": codepiper_model::ApprovalId::random().to_string(),
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let body = body.to_string();
        let head = format!(
            "POST /hooks/claude HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             X-CodePiper-Secret: {}\r\nContent-Length: {}\r\n\r\n",
            self.secret,
            body.len()
        );
        (head + &body).into_bytes()
    }

    fn report(&self, event: &str, data: &Value) -> Value {
        self.report_with(event, data, &Value::Null)
    }

    fn report_with(&self, event: &str, data: &Value, more: &Value) -> Value {
        let (status, body) = self.home.raw_http(&self.request(event, data, more));
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// A report that is answered by a person, in a thread of its own.
    fn ask<'s>(
        &'s self,
        scope: &'s std::thread::Scope<'s, '_>,
        data: Value,
    ) -> std::thread::ScopedJoinHandle<'s, Value> {
        scope.spawn(move || self.report("PermissionRequest", &data))
    }
}

fn bash(command: &str, tool_use_id: &str) -> Value {
    json!({
        "tool_name": "Bash",
        "tool_input": { "command": command },
        "tool_use_id": tool_use_id,
        "cwd": "/",
    })
}

fn deny_all(home: &TestHome) {
    home.policy(&json!([{ "id": "no", "action": "deny", "tool": "*" }]));
}

#[test]
fn a_call_whose_hook_has_given_up_is_not_said_to_be_denied() {
    let home = TestHome::new();
    deny_all(&home);
    let agent = Agent::new(&home);
    let long_ago = json!({ "at": "2026-01-01T00:00:00.000Z" });
    let reply = agent.report_with("PreToolUse", &bash("late", "t1"), &long_ago);
    assert_eq!(reply["decision"], "none");
    agent.report("PostToolUse", &bash("late", "t1"));
    let decision = &home.decisions(&agent.id)[0];
    assert_eq!(decision["source"], "fallback");
    assert_eq!(decision["outcome"], "ran");
}

#[test]
fn a_call_that_was_made_before_it_was_asked_about_has_one_row_that_says_so() {
    let home = TestHome::new();
    deny_all(&home);
    let agent = Agent::new(&home);
    agent.report("PostToolUse", &bash("first", "t1"));
    agent.report("PreToolUse", &bash("first", "t1"));
    let batch = json!({ "tool_calls": [bash("first", "t1")] });
    agent.report("PostToolBatch", &batch);
    let decisions = home.decisions(&agent.id);
    assert_eq!(decisions.len(), 1, "{decisions:?}");
    assert_eq!(decisions[0]["source"], "fallback");
    assert_eq!(decisions[0]["outcome"], "ran");
}

#[test]
fn a_report_that_its_hook_left_behind_gives_a_call_no_second_row() {
    let mut home = TestHome::new();
    let id = {
        let agent = Agent::new(&home);
        agent.report("PostToolUse", &bash("first", "t1"));
        agent.id
    };
    let spooled = json!({
        "sessionId": id, "event": "PreToolUse", "data": bash("first", "t1"),
        "deliveryId": "0f5d3b9e-5b0a-7c8e-9d0c-2f6d1a7b8c9d",
        "at": "2026-11-23T10:00:00.000Z", "fallback": "none",
    });
    home.kill_daemon();
    std::fs::write(
        home.path(".codepiper/spool/2026-1.json"),
        spooled.to_string(),
    )
    .unwrap();
    home.start_daemon();
    home.until("it was taken", || {
        home.events(&id)
            .iter()
            .any(|event| event["type"] == "PreToolUse")
    });
    let decisions = home.decisions(&id);
    assert_eq!(decisions.len(), 1, "{decisions:?}");
    assert_eq!(decisions[0]["outcome"], "ran");
}

#[test]
fn a_tool_that_got_something_else_than_was_decided_on_is_told_of() {
    let home = TestHome::new();
    let agent = Agent::new(&home);
    agent.report("PreToolUse", &bash("echo harmless", "t1"));
    agent.report("PostToolUse", &bash("touch rewritten", "t1"));
    let events = home.events(&agent.id);
    let told = events
        .iter()
        .find(|event| event["type"] == "ToolInputChanged");
    let told = &told.expect("an event")["payload"];
    assert_eq!(told["decidedOn"]["command"], "echo harmless");
    assert_eq!(told["used"]["command"], "touch rewritten");
}

#[test]
fn of_two_calls_that_are_alike_each_has_its_own_answer() {
    let home = TestHome::new();
    let agent = Agent::new(&home);
    for id in ["t1", "t2"] {
        agent.report("PreToolUse", &bash("same", id));
    }
    let mut request = bash("same", "");
    request.as_object_mut().unwrap().remove("tool_use_id");
    std::thread::scope(|scope| {
        let first = agent.ask(scope, request.clone());
        let one = home.pending(&agent.id);
        let second = agent.ask(scope, request.clone());
        home.until("both wait", || home.pending(&agent.id)["id"] != one["id"]);
        let two = home.pending(&agent.id);
        assert_eq!(home.answer(&one, "deny", "").0, 200);
        assert_eq!(home.answer(&two, "allow", "").0, 200);
        assert_eq!(first.join().unwrap()["decision"], "deny");
        assert_eq!(second.join().unwrap()["decision"], "allow");
        agent.report("PostToolUse", &bash("same", "t2"));
        let batch = json!({ "tool_calls": [bash("same", "t1"), bash("same", "t2")] });
        agent.report("PostToolBatch", &batch);
        assert_eq!(home.approval(&one["id"])["status"], "effective");
        assert_eq!(home.approval(&two["id"])["status"], "effective");
    });
    let outcomes: Vec<Value> = home
        .decisions(&agent.id)
        .iter()
        .map(|decision| json!([decision["actor"], decision["outcome"]]))
        .collect();
    assert_eq!(
        outcomes,
        [json!(["owner", "ran"]), json!(["owner", "blocked"])]
    );
}

#[test]
fn after_the_end_nobody_is_asked() {
    let home = TestHome::new();
    let agent = Agent::new(&home);
    home.run(&["kill", &agent.id]).ok();
    let reply = agent.report("PermissionRequest", &bash("late", "t1"));
    assert_eq!(reply["stdout"], Value::Null);
    let answer = home.call("GET", "/approvals", &Value::Null);
    assert_eq!(answer["approvals"], json!([]));
}

#[test]
fn of_a_large_call_the_audit_keeps_what_a_person_can_read() {
    let home = TestHome::new();
    deny_all(&home);
    let agent = Agent::new(&home);
    let large = bash(&"x".repeat(1024 * 1024), "t1");
    assert_eq!(agent.report("PreToolUse", &large)["decision"], "deny");
    let kept = home.decisions(&agent.id)[0]["toolInput"]["command"].clone();
    let kept = kept.as_str().unwrap();
    assert!(
        kept.len() < 64 * 1024 && kept.ends_with("more bytes]"),
        "{}",
        kept.len()
    );
}
