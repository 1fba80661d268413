//! What the hooks of a session know and say, said without them: by whoever measures.

use std::fmt::Write as _;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::Result;
use crate::home::Home;
use crate::http::Connection;

/// Policies, and rules in each.
const POLICIES: usize = 20;

pub(crate) struct Agent {
    pub(crate) session: String,
    pub(crate) secret: String,
}

impl Agent {
    /// A new session of the demo agent, with the secret that its hooks have. That stands nowhere
    /// but in their environment.
    pub(crate) fn start(home: &Home) -> Result<Self> {
        let session = home.demo_sessions(1)?.concat();
        let answer = home.connect()?.get(&format!("/sessions/{session}"))?;
        let pid = answer["session"]["pid"].as_u64();
        let pid = pid.ok_or("a session without a process")?;
        let environment = fs_err::read_to_string(format!("/proc/{pid}/environ"))?;
        let secret = environment
            .split('\0')
            .find_map(|line| line.strip_prefix("CODEPIPER_SECRET="));
        Ok(Self {
            secret: secret.ok_or("a session without a secret")?.to_owned(),
            session,
        })
    }

    /// Posts what a hook was given and returns the answer.
    pub(crate) fn post(&self, daemon: &mut Connection, payload: &Value) -> Result<Value> {
        let mut secret = String::new();
        write!(secret, "x-codepiper-secret: {}\r\n", self.secret)?;
        let body = json!({
            "sessionId": self.session,
            "event": payload["hook_event_name"],
            "data": payload,
            "deliveryId": Uuid::now_v7(),
        });
        daemon.send_with("POST", "/hooks/claude", &secret, &body.to_string())?;
        daemon.answer()
    }
}

/// Before a command that one of the policies allows, no two alike.
pub(crate) fn before_tool(number: usize) -> Value {
    payload(
        "PreToolUse",
        number,
        json!({
            "tool_name": "Bash",
            "tool_input": command(number),
            "tool_use_id": format!("toolu_{number:024}"),
        }),
    )
}

/// An event from which nothing follows for any tool call.
pub(crate) fn notification(number: usize) -> Value {
    payload(
        "Notification",
        number,
        json!({
            "message": "test result: ok. 12 passed; 0 failed; 0 ignored; finished in 0.31s\n".repeat(6),
            "notification_type": "idle_prompt",
        }),
    )
}

fn command(number: usize) -> Value {
    json!({
        "command": format!("cargo test -p service-{} number_{number}", number % POLICIES),
        "description": "Run the tests of one service",
    })
}

fn payload(event: &str, number: usize, details: Value) -> Value {
    let mut payload = json!({
        "session_id": "6af55177-55d5-401e-8ab7-74289aaf555f",
        "transcript_path": "/home/somebody/.claude/projects/-some-project/6af55177.jsonl",
        "cwd": format!("/home/somebody/some/project/service-{}", number % POLICIES),
        "permission_mode": "default",
        "hook_event_name": event,
    });
    if let (Value::Object(payload), Value::Object(details)) = (&mut payload, details) {
        payload.extend(details);
    }
    payload
}

/// Makes policies as people have them, with ten rules each. One rule of all allows the command of
/// [`before_tool`].
pub(crate) fn make_policies(home: &Home) -> Result<()> {
    let mut daemon = home.connect()?;
    for n in 0..POLICIES {
        let policy = json!({ "name": format!("service {n}"), "rules": rules(n) });
        daemon.post("/policies", &policy)?;
    }
    Ok(())
}

fn rules(n: usize) -> Value {
    let test = [
        format!("cargo {{test,check}} -p service-{n} *"),
        "!*--release*".to_owned(),
    ];
    let hidden = ["*/.env*".to_owned(), format!("*/service-{n}/secrets/**")];
    json!([
        { "id": "tests", "action": "allow", "tool": "Bash", "args": { "command": test } },
        { "id": "push", "action": "ask", "tool": "Bash",
          "args": { "command": format!("git push*service-{n}*") } },
        { "id": "force", "action": "deny", "tool": "Bash",
          "args": { "command": format!("*@(--force|-f) *service-{n}*") },
          "reason": "history is not rewritten" },
        { "id": "read", "action": "allow", "tool": ["Read", "Glob", "Grep"],
          "args": { "file_path": format!("*/service-{n}/**") } },
        { "id": "hidden", "action": "deny", "tool": "{Read,Write,Edit}",
          "args": { "file_path": hidden } },
        { "id": "fetch", "action": "ask", "tool": "WebFetch",
          "args": { "url": format!("http?(s)://*.service-{n}.example/*") } },
        { "id": "tools", "action": "ask", "tool": format!("mcp__service-{n}__*") },
        { "id": "remove", "action": "deny", "tool": "Bash", "cwd": "*/service-*",
          "args": { "command": format!("*rm -[rf]* *service-{n}*") } },
        { "id": "deploy", "action": "ask", "tool": "*",
          "args": { "command": format!("*deploy*service-{n}*") } },
        { "id": "root", "action": "deny", "tool": "Bash", "cwd": format!("*/service-{n}"),
          "args": { "command": ["sudo *", "*;sudo *", "*| sudo *"] } },
    ])
}
