//! What people are told of: once, whatever ends meanwhile.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::claude::FakeClaude;
use crate::support::TestHome;
use crate::workflows::Execution;

fn all(home: &TestHome, query: &str) -> Vec<Value> {
    let answer = home.call("GET", &format!("/notifications{query}"), &Value::Null);
    answer["notifications"].as_array().unwrap().clone()
}

fn of(home: &TestHome, kind: &str) -> Vec<Value> {
    all(home, &format!("?eventType={kind}"))
}

#[test]
fn a_person_is_told_once_of_what_needs_them_and_whoever_goes_on_has_read_it() {
    let mut home = TestHome::new();
    let id = home.demo(&["--name", "api"]);
    home.run(&["send", &id, "SAY: hello", "--wait"]).ok();
    home.until("the turn is told of", || of(&home, "turn_done").len() == 1);
    let told = &of(&home, "turn_done")[0];
    assert_eq!(
        (&told["title"], &told["body"]),
        (&json!("Turn done"), &json!("api"))
    );
    let counts = home.call("GET", "/notifications/counts", &Value::Null);
    assert_eq!(counts["counts"]["bySession"][&id], 1);
    home.kill_daemon();
    home.start_daemon();
    let shown = home.run(&["notifications"]).ok().stdout;
    assert_eq!(shown.matches("Turn done").count(), 1, "{shown}");

    home.run(&["send", &id, "SAY: more", "--wait"]).ok();
    home.until("the next is told of", || of(&home, "turn_done").len() == 2);
    let unread = all(&home, "?unreadOnly=true");
    assert_eq!(
        unread.len(),
        1,
        "who went on has read the first: {unread:?}"
    );
    assert_eq!(of(&home, "turn_done")[1]["readSource"], "went_on");
    let path = format!("/notifications/{}/read", unread[0]["id"]);
    assert_eq!(home.call("POST", &path, &json!({}))["changed"], true);
    assert_eq!(home.call("POST", &path, &json!({}))["changed"], false);
    assert!(all(&home, "?unreadOnly=true").is_empty());

    let pid = home.session(&id)["pid"].as_i64().unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    home.until("the crash is told of", || {
        of(&home, "session_crashed").len() == 1
    });
    home.run(&["delete", &id, "--yes"]).ok();
    assert!(all(&home, "").is_empty(), "with its session");
}

#[test]
fn what_claude_code_asks_is_told_with_what_an_answer_needs() {
    let claude = FakeClaude::new();
    let home = FakeClaude::home();
    let rules = json!([{ "id": "look", "action": "ask", "tool": "Bash" }]);
    home.policy(&rules);
    let id = claude.start(&home, &[]);
    home.run(&["send", &id, "RUN: touch made"]).ok();
    let approval = home.pending(&id);
    home.until("it is told of", || {
        of(&home, "permission_needed").len() == 1
    });
    let told = &of(&home, "permission_needed")[0];
    assert_eq!(told["payload"]["approvalId"], approval["id"]);
    assert_eq!(told["payload"]["requestHash"], approval["requestHash"]);
    assert!(
        told["body"].as_str().unwrap().contains("touch made"),
        "{told}"
    );
    let answer = json!({ "decision": "allow", "requestHash": "sha256:another" });
    let path = format!("/approvals/{}/answer", approval["id"].as_str().unwrap());
    let (status, body) = home.http("POST", &path, answer.to_string().as_bytes());
    assert_eq!(
        status, 409,
        "a changed request refuses the old button: {body}"
    );
    let answer = json!({ "decision": "allow", "requestHash": told["payload"]["requestHash"] });
    let (status, body) = home.http("POST", &path, answer.to_string().as_bytes());
    assert_eq!(status, 200, "{body}");
    home.until("the agent has gone on", || home.path("work/made").exists());
    home.until("it is read", || {
        of(&home, "permission_needed")[0]["readSource"] == "answered"
    });
}

const ASKS: &str = "
name: Deploy
cwd: ${cwd}
steps:
  - {name: agent, type: session, provider: demo}
  - {name: says, type: send, session: agent, prompt: 'SAY: ready'}
  - {name: sure, type: approve, message: 'To production?'}
  - {name: goes, type: command, run: 'exit 3'}
";

#[test]
fn a_workflow_tells_of_what_it_asks_and_how_it_ended_and_not_of_each_turn() {
    let mut home = TestHome::new();
    let deploy = Execution::begin(&home, "deploy", ASKS, &[]);
    home.until("it asks", || of(&home, "input_needed").len() == 1);
    let asked = &of(&home, "input_needed")[0];
    assert_eq!(asked["body"], "Deploy: To production?");
    assert_eq!(asked["sessionId"], Value::Null);
    let path = format!("/workflows/executions/{}", deploy.id);
    assert_eq!(asked["payload"]["url"], path);
    let id = deploy.id.clone();
    home.kill_daemon();
    home.start_daemon();
    home.until("it asks again", || {
        home.run(&["workflow", "approve", &id]).code == 0
    });
    home.until("it has failed", || of(&home, "workflow_failed").len() == 1);
    let failed = &of(&home, "workflow_failed")[0];
    assert!(
        failed["body"].as_str().unwrap().starts_with("Deploy: "),
        "{failed}"
    );
    assert!(
        failed["body"].as_str().unwrap().contains("`goes`"),
        "{failed}"
    );
    let asked = of(&home, "input_needed");
    assert_eq!(
        asked.len(),
        1,
        "a daemon that was killed asks, and tells nobody twice"
    );
    assert_eq!(asked[0]["readSource"], "answered");
    assert!(of(&home, "turn_done").is_empty());
    let shown = home.run(&["notifications"]).ok().stdout;
    assert!(shown.contains("Workflow failed"), "{shown}");
}

#[test]
fn a_sign_in_is_told_of_where_it_was_never_seen_before() {
    let home = TestHome::with_web(&[]);
    let mut browser = Browser::of(&home);
    let (mut authenticator, codes) = browser.enrol(&home);
    let password = authenticator.password.clone();
    let code = authenticator.code();
    assert_eq!(Browser::of(&home).login(&password, &code).status, 200);
    assert!(
        of(&home, "sign_in").is_empty(),
        "the same browser at the same place"
    );
    let origin = format!("http://{}", browser.host);
    let headers = [("Origin", origin.as_str()), ("User-Agent", "Another/1.0")];
    let body = json!({ "password": password, "totpCode": codes[0] });
    let mut other = Browser::of(&home);
    assert_eq!(
        other.ask("POST", "/api/auth/login", &headers, &body).status,
        200
    );
    let told = &of(&home, "sign_in")[0];
    assert_eq!(told["title"], "Sign-in from a new device");
    assert_eq!(told["body"], "127.0.0.1: Another/1.0");
    let counts = home.call("GET", "/notifications/counts", &Value::Null);
    assert_eq!(
        counts["counts"],
        json!({ "totalUnread": 1, "bySession": {} })
    );
}
