//! `/ws`: what a dashboard hears of.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::browser::Browser;
use crate::support::TestHome;
use crate::viewer::Viewer;

fn subscribed(home: &TestHome, topics: &[&str]) -> Viewer {
    let mut client = Viewer::of(home, "/ws");
    client.say(&json!({ "op": "hello", "version": 1, "supports": { "ptyPaste": true } }));
    let ack = client.said_where("hello_ack", |said| said["op"] == "hello_ack");
    assert_eq!(ack["negotiated"]["ptyPaste"], true);
    for topic in topics {
        client.say(&json!({ "op": "subscribe", "topic": topic }));
    }
    // A topic that there is not is answered, after the ones that there are.
    client.say(&json!({ "op": "subscribe", "topic": "weather" }));
    let error = client.said_where("an error", |said| said["error"].is_string());
    assert!(
        error["error"].as_str().unwrap().contains("`weather`"),
        "{error}"
    );
    client
}

#[test]
fn sessions_and_approvals_are_pushed_as_the_api_shows_them() {
    let home = TestHome::new();
    let mut client = subscribed(&home, &["sessions", "approvals"]);
    let id = home.demo(&[]);
    let created = client.said("session_created");
    assert_eq!(created["session"]["id"], id.as_str());
    client.said_where("it is idle", |said| {
        said["type"] == "session_updated" && said["session"]["activity"]["state"] == "idle"
    });
    home.run(&["send", &id, "RUN: touch made"]).ok();
    let asked = client.said("approval_updated");
    let pending = home.pending(&id);
    assert_eq!(asked["approval"], pending);
    client.said_where("it waits", |said| {
        said["session"]["activity"]["approvalId"] == pending["id"]
    });
    home.answer(&pending, "allow", "");
    client.said_where("the answer", |said| {
        said["approval"]["answer"]["decision"] == "allow"
    });
    home.run(&["rename", &id, "another"]).ok();
    client.said_where("the name", |said| said["session"]["name"] == "another");
    home.run(&["kill", &id]).ok();
    let ended = client.said_where("the end", |said| said["session"]["status"] == "STOPPED");
    assert!(ended["session"]["exit"].is_object());
    home.run(&["delete", &id, "--yes"]).ok();
    assert_eq!(client.said("session_deleted")["session"]["id"], id.as_str());
}

#[test]
fn events_are_replayed_from_where_one_was_and_none_is_lost() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let topic = format!("session:{id}:events");
    let before = home.events(&id);
    let since = before[1]["id"].as_i64().unwrap();
    let mut client = Viewer::of(&home, "/ws");
    client.say(&json!({ "op": "subscribe", "topic": topic, "sinceSeq": since }));
    for expected in &before[2..] {
        assert_eq!(&client.said_where("an event", |_| true)["data"], expected);
    }
    for _ in 0..300 {
        home.call(
            "POST",
            &format!("/sessions/{id}/keys"),
            &json!({ "keys": ["x"] }),
        );
    }
    let all = home.events(&id);
    let last = all.last().unwrap()["id"].clone();
    let mut heard = before.clone();
    while heard.last().unwrap()["id"] != last {
        heard.push(client.said_where("an event", |_| true)["data"].clone());
    }
    assert_eq!(heard, all);
}

#[test]
fn a_terminal_is_pictured_and_typed_into_under_the_rules() {
    let home = TestHome::new();
    home.policy(
        &json!([{ "id": "rm", "action": "deny", "tool": "terminal_input",
        "args": { "input": "*rm -rf*" } }]),
    );
    let id = home.demo(&[]);
    let mut client = subscribed(&home, &[&format!("session:{id}:pty")]);
    client.say(&json!({ "op": "pty_input", "sessionId": id, "data": "SAY: ", "requestId": "a" }));
    client.said_where("the ack", |said| {
        said["op"] == "pty_input_ack" && said["requestId"] == "a"
    });
    for (index, data) in ["one ", "two"].iter().enumerate() {
        client.say(
            &json!({ "op": "pty_paste", "sessionId": id, "requestId": "p",
            "chunkIndex": index, "chunkCount": 2, "data": data }),
        );
    }
    client.said_where("the ack", |said| said["op"] == "pty_paste_ack");
    let frame = client.said_where("the picture", |said| {
        said["type"] == "pty_output" && said["data"].as_str().unwrap().contains("SAY: one two")
    });
    assert!(frame["cursor"]["x"].is_u64() && frame["seq"].is_u64());
    client.say(&json!({ "op": "pty_key", "sessionId": id, "key": "enter", "requestId": "k" }));
    client.said_where("the ack", |said| said["op"] == "pty_key_ack");
    client.say(&json!({ "op": "pty_input", "sessionId": id, "data": "rm -rf x\r" }));
    let error = client.said_where("the error", |said| said["op"] == "pty_input_error");
    assert_eq!(
        (&error["code"], &error["status"], &error["policyAction"]),
        (&json!("policy_blocked"), &json!(403), &json!("deny"))
    );
    client.say(&json!({ "op": "pty_key", "sessionId": "nobody", "key": "enter" }));
    let error = client.said_where("the error", |said| said["op"] == "pty_key_error");
    assert_eq!(error["code"], "session_not_found");
}

#[test]
fn who_says_too_much_is_closed() {
    let home = TestHome::new();
    let mut client = Viewer::of(&home, "/ws");
    for _ in 0..130 {
        client.send(Message::text("nonsense"));
    }
    assert_eq!(client.closed(), 1008);
    let mut client = Viewer::of(&home, "/ws");
    client.send(Message::text("x".repeat(65 * 1024)));
    assert_eq!(client.closed(), 1009);
}

#[test]
fn the_web_has_it_for_who_is_signed_in_and_on_a_port_of_its_own() {
    let home = TestHome::with_web(&[]);
    let mut browser = Browser::of(&home);
    assert_eq!(Viewer::on_web(&browser, "/ws", &[]).err(), Some(401));
    browser.enrol(&home);
    let foreign = [("origin", "http://localhost:5173")];
    assert_eq!(Viewer::on_web(&browser, "/ws", &foreign).err(), Some(403));
    let page = format!("http://{}", browser.host);
    let own = [("origin", page.as_str())];
    let mut client = Viewer::on_web(&browser, "/ws", &own).unwrap();

    let health = home.call("GET", "/health", &Value::Null);
    let mut apart = browser.stolen();
    apart.host = health["ws"].as_str().unwrap().to_owned();
    assert_eq!(Viewer::on_web(&apart, "/ws", &foreign).err(), Some(403));
    assert_eq!(apart.get("/api/sessions").status, 404);
    assert_eq!(apart.get("/").status, 404);
    let mut other = Viewer::on_web(&apart, "/ws", &own).unwrap();
    for client in [&mut client, &mut other] {
        client.say(&json!({ "op": "hello" }));
        client.said_where("hello_ack", |said| said["op"] == "hello_ack");
    }
    browser.post("/api/auth/logout", &Value::Null);
    let begun = Instant::now();
    assert_eq!((client.closed(), other.closed()), (4401, 4401));
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_port_of_its_own_that_is_taken_is_a_warning() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let home = TestHome::with_web(&[("CODEPIPER_WS_PORT", &port)]);
    let health = home.call("GET", "/health", &Value::Null);
    assert!(health["ws"].is_null() && health["web"][0].is_string());
    assert!(home.daemon_log().contains("CODEPIPER_WS_PORT"));
}
