//! What people are told of beside the inbox: in browsers where no page is open, and by a web hook.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::browser::Browser;
use crate::claude::FakeClaude;
use crate::push_endpoint::PushEndpoint;
use crate::support::TestHome;
use crate::viewer::Viewer;

const SUBSCRIPTIONS: &str = "/notifications/push/subscriptions";

fn subscribe(home: &TestHome, endpoint: &PushEndpoint) {
    home.call("PUT", SUBSCRIPTIONS, &endpoint.subscription());
}

fn deliveries(home: &TestHome) -> Vec<Value> {
    let answer = home.call("GET", "/notifications/deliveries", &Value::Null);
    answer["deliveries"].as_array().unwrap().clone()
}

fn notifications(home: &TestHome) -> Vec<Value> {
    let answer = home.call("GET", "/notifications", &Value::Null);
    answer["notifications"].as_array().unwrap().clone()
}

/// Lets a turn end.
fn turn(home: &TestHome, id: &str) {
    home.run(&["send", id, "SAY: hello", "--wait"]).ok();
}

#[test]
fn a_browser_is_told_sealed_and_signed_until_it_has_it_and_gone_ones_are_forgotten() {
    let home = TestHome::new();
    let endpoint = PushEndpoint::new();
    let id = home.demo(&["--name", "api"]);
    subscribe(&home, &endpoint);
    let status = home.call("GET", "/notifications/push/status", &Value::Null);
    let public_key = status["status"]["publicKey"].as_str().unwrap();

    // Busy at first, and then it says when to come again.
    endpoint.answer(&[
        "500 Internal Server Error",
        "429 Too Many Requests\r\nRetry-After: 1",
        "201 Created",
    ]);
    turn(&home, &id);
    let first = endpoint.posted();
    endpoint.prove(&first, public_key);
    assert_eq!(first.headers["urgency"], "normal");
    assert!(first.headers["ttl"].parse::<u32>().unwrap() > 0);
    let told = endpoint.read(&first);
    assert_eq!(
        (&told["title"], &told["body"]),
        (&json!("Turn done"), &json!("api"))
    );
    assert_eq!(told["tag"], format!("{id}:turn_done"));
    for _ in 0..2 {
        let again = endpoint.posted();
        assert_eq!(endpoint.read(&again), told);
        assert_eq!(again.headers["topic"], first.headers["topic"]);
    }
    home.until("it is noted", || {
        deliveries(&home)[0]["state"] == "delivered"
    });
    let noted = &deliveries(&home)[0];
    assert_eq!(noted["attempts"], 3);
    let origin = endpoint.url.strip_suffix("/push/secret-part").unwrap();
    assert_eq!(noted["target"], origin, "the rest of the URL is a secret");
    assert!(!home.daemon_log().contains("secret-part"));

    // What will not be taken is not tried again, with the reason.
    endpoint.answer(&["413 Payload Too Large"]);
    turn(&home, &id);
    endpoint.posted();
    home.until("it is dropped", || {
        deliveries(&home)[0]["state"] == "dropped"
    });
    assert_eq!(deliveries(&home)[0]["lastError"], "it answered 413");

    endpoint.answer(&["410 Gone"]);
    turn(&home, &id);
    endpoint.posted();
    home.until("the browser is forgotten", || {
        let all = home.call("GET", SUBSCRIPTIONS, &Value::Null);
        all["subscriptions"].as_array().unwrap().is_empty()
    });
    let before = notifications(&home).len();
    turn(&home, &id);
    home.until("it is told of", || notifications(&home).len() > before);
    assert!(endpoint.is_quiet());
    assert_eq!(deliveries(&home).len(), 3);

    let refused = json!({ "endpoint": "http://push.example/a",
        "keys": endpoint.subscription()["keys"] });
    let (status, body) = home.http("PUT", SUBSCRIPTIONS, refused.to_string().as_bytes());
    assert_eq!(status, 400, "in the clear to another machine: {body}");
}

#[test]
fn a_waiting_claude_code_goes_on_after_the_button_of_a_push_message_and_no_other_request_is_answered()
 {
    let claude = FakeClaude::new();
    let mut home = TestHome::bare_web();
    FakeClaude::furnish(&mut home);
    home.start_daemon();
    let mut browser = Browser::of(&home);
    browser.enrol(&home);
    let endpoint = PushEndpoint::new();
    let origin = format!("http://{}", browser.host);
    let path = format!("/api{SUBSCRIPTIONS}");
    let subscribed = browser.ask(
        "PUT",
        &path,
        &[("Origin", &origin)],
        &endpoint.subscription(),
    );
    assert_eq!(subscribed.status, 200, "{subscribed:?}");
    home.policy(&json!([{ "id": "look", "action": "ask", "tool": "Bash" }]));
    let id = claude.start(&home, &[]);
    home.run(&["send", &id, "RUN: touch made"]).ok();
    let posted = endpoint.posted();
    assert_eq!(posted.headers["urgency"], "high");
    let told = endpoint.read(&posted);
    assert!(
        told["body"].as_str().unwrap().contains("touch made"),
        "{told}"
    );
    assert_eq!(told["sessionId"], id.as_str());
    let path = format!(
        "/api/approvals/{}/answer",
        told["approvalId"].as_str().unwrap()
    );
    // As the service worker does.
    let mut press = |hash: &Value| {
        let headers = [("Origin", origin.as_str()), ("X-CodePiper-Via", "push")];
        let body = json!({ "decision": "allow", "requestHash": hash });
        browser.ask("POST", &path, &headers, &body)
    };
    let changed = press(&json!("sha256:another"));
    assert_eq!(changed.refusal(), (409, "request_changed".to_owned()));
    let answered = press(&told["requestHash"]);
    assert_eq!(answered.status, 200, "{answered:?}");
    assert_eq!(answered.json()["approval"]["answer"]["via"], "push");
    home.until("the agent has gone on", || home.path("work/made").exists());
    let late = press(&told["requestHash"]);
    assert_eq!(late.refusal(), (409, "already_answered".to_owned()));

    let hook = json!({ "webhookUrl": endpoint.url, "webhookSecret": "sixteen letters or more" });
    let headers = [("Origin", origin.as_str())];
    let stolen = browser.ask("PUT", "/api/notifications/settings", &headers, &hook);
    assert_eq!(stolen.refusal(), (403, "confirm_required".to_owned()));
    assert_eq!(browser.post("/api/auth/logout", &Value::Null).status, 200);
    let left = home.call("GET", SUBSCRIPTIONS, &Value::Null);
    assert_eq!(
        left["subscriptions"],
        json!([]),
        "who has left is told no more"
    );
}

#[test]
fn what_a_daemon_that_was_killed_has_not_noted_is_sent_again_and_nothing_is_told_twice() {
    let mut home = TestHome::bare();
    home.set_env("CODEPIPER_FAULT", "delivered:1");
    home.start_daemon();
    let endpoint = PushEndpoint::new();
    let id = home.demo(&[]);
    let secret = "a secret of the web hook";
    let settings = json!({ "webhookUrl": endpoint.url, "webhookSecret": secret });
    let answer = home.call("PUT", "/notifications/settings", &settings);
    assert!(!answer.to_string().contains(secret));
    home.run(&["send", &id, "SAY: hello"]).ok();
    let first = endpoint.posted();
    assert!(home.daemon_has_died());
    home.set_env("CODEPIPER_FAULT", "");
    home.start_daemon();
    let again = endpoint.posted();
    home.until("it is noted", || {
        deliveries(&home)[0]["state"] == "delivered"
    });
    let name = "x-codepiper-delivery";
    assert_eq!(
        first.headers[name], again.headers[name],
        "who has had it knows"
    );
    assert_eq!(first.body, again.body);
    assert_eq!(
        (deliveries(&home).len(), notifications(&home).len()),
        (1, 1)
    );

    let signed = again.headers["x-codepiper-signature"].clone();
    let (time, code) = signed
        .strip_prefix("t=")
        .unwrap()
        .split_once(",v1=")
        .unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{time}.").as_bytes());
    mac.update(&again.body);
    let byte = |at: usize| u8::from_str_radix(&code[at * 2..at * 2 + 2], 16).unwrap();
    let code: Vec<u8> = (0..code.len() / 2).map(byte).collect();
    mac.verify_slice(&code).unwrap();
    let body: Value = serde_json::from_slice(&again.body).unwrap();
    assert_eq!(
        (&body["eventType"], &body["sessionId"]),
        (&json!("turn_done"), &json!(id))
    );
    assert!(!home.daemon_log().contains(secret));

    // Another key: what is sealed is sealed with that one, and goes on being used.
    home.run(&["key", "rotate"]).ok();
    turn(&home, &id);
    assert!(
        endpoint
            .posted()
            .headers
            .contains_key("x-codepiper-signature")
    );
    home.run(&["notifications", "settings", "--no-webhook"])
        .ok();
    let shown = home.call("GET", "/notifications/settings", &Value::Null);
    assert_eq!(shown["settings"]["hasWebhookSecret"], false);
}

#[test]
fn nobody_is_told_elsewhere_of_what_they_look_at_or_do_not_want_to_hear_of() {
    let home = TestHome::new();
    let endpoint = PushEndpoint::new();
    let id = home.demo(&[]);
    subscribe(&home, &endpoint);
    let mut page = Viewer::of(&home, "/ws");
    page.say(&json!({ "op": "presence", "sessionId": id }));
    page.say(&json!({ "op": "hello", "version": 1, "supports": {} }));
    page.said_where("what was said before is heard", |said| {
        said["op"] == "hello_ack"
    });
    turn(&home, &id);
    home.until("it is told of", || notifications(&home).len() == 1);
    assert_eq!(notifications(&home)[0]["readSource"], "seen");
    page.say(&json!({ "op": "presence", "sessionId": null }));
    page.say(&json!({ "op": "hello", "version": 1, "supports": {} }));
    page.said_where("and this", |said| said["op"] == "hello_ack");

    home.run(&["notifications", "settings", "--off", "turn_done.push"])
        .ok();
    turn(&home, &id);
    home.until("it is told of", || notifications(&home).len() == 2);
    assert_eq!(notifications(&home)[0]["readAt"], Value::Null);
    home.run(&[
        "notifications",
        "settings",
        "--on",
        "turn_done.push",
        "--off",
        "turn_done.inbox",
    ])
    .ok();
    turn(&home, &id);
    let told = endpoint.read(&endpoint.posted());
    assert_eq!(told["notificationId"], notifications(&home)[0]["id"]);
    assert!(
        notifications(&home)[0]["readAt"].is_string(),
        "not for the inbox"
    );

    home.run(&["notifications", "mute", &id]).ok();
    turn(&home, &id);
    home.run(&["notifications", "unmute", &id]).ok();
    turn(&home, &id);
    endpoint.posted();
    assert_eq!(notifications(&home).len(), 4, "the muted one is not there");
    assert!(endpoint.is_quiet());
    assert_eq!(deliveries(&home).len(), 2);
    let tried = home.run(&["notifications", "test"]).ok().stdout;
    assert!(tried.contains("1 of 1"), "{tried}");
    assert_eq!(endpoint.read(&endpoint.posted())["eventType"], "test");
}
