//! The model of a Codex session, changed from the command line and in the terminal.

use serde_json::{Value, json};

use crate::codex::{FakeCodex, app_servers, reply, screen};
use crate::support::TestHome;

/// What was told of the model.
fn told(home: &TestHome, id: &str) -> Vec<Value> {
    let events = home.events(id).into_iter();
    let told =
        events.filter(|event| event["type"] == "ModelSwitched" || event["type"] == "ModelSeen");
    told.map(|event| {
        json!([
            event["source"],
            event["payload"]["by"],
            event["payload"]["to"]
        ])
    })
    .collect()
}

#[test]
fn another_model_is_used_from_the_next_turn_on_and_shown() {
    let fake = FakeCodex::new();
    let mut home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    reply(&home, &id, "SAY: one");
    let switched = home
        .run(&["model", &id, "other-model", "--json"])
        .ok()
        .json();
    assert_eq!(switched["model"], "other-model");
    assert_eq!(switched["supportsModelSwitch"], true);
    assert_eq!(home.session(&id)["model"], "other-model");
    home.until("the terminal shows it", || {
        screen(&home, &id).contains("other-model")
    });
    reply(&home, &id, "SAY: two");
    let used = fake.model.requests().last().unwrap().body["model"].clone();
    assert_eq!(used, "other-model");
    // Once more is nothing new.
    home.run(&["model", &id, "other-model"]).ok();
    let expected = [json!(["user", "owner", "other-model"])];
    assert_eq!(told(&home, &id), expected);

    home.kill_daemon();
    home.start_daemon();
    home.run(&["model", &id, "third-model"]).ok();
    let expected = [expected[0].clone(), json!(["user", "owner", "third-model"])];
    assert_eq!(told(&home, &id), expected);
    // A new conversation goes on with it, and so does an app-server that is started again.
    home.run(&["slash", &id, "/clear"]).ok();
    home.until("the terminal shows it", || {
        let screen = screen(&home, &id);
        !screen.contains("SAY: two") && screen.contains("third-model")
    });
    reply(&home, &id, "SAY: cleared");
    let used = fake.model.requests().last().unwrap().body["model"].clone();
    assert_eq!(used, "third-model");
    let [server] = app_servers(&id)[..] else {
        panic!("{:?}", app_servers(&id));
    };
    let server = rustix::process::Pid::from_raw(server).unwrap();
    rustix::process::kill_process(server, rustix::process::Signal::KILL).unwrap();
    home.until("it is started again", || {
        let mut events = home.events(&id).into_iter();
        events.any(|event| event["type"] == "AppServerRestarted")
    });
    home.until("the terminal found it", || {
        !screen(&home, &id).contains("Reconnecting")
    });
    reply(&home, &id, "SAY: after");
    let used = fake.model.requests().last().unwrap().body["model"].clone();
    assert_eq!(used, "third-model");
    assert_eq!(told(&home, &id), expected);

    // The person chooses one from the list, and how hard it thinks.
    home.run(&["slash", &id, "/model"]).ok();
    for title in ["Select Model", "Select Reasoning"] {
        home.until(title, || screen(&home, &id).contains(title));
        home.run(&["keys", &id, "enter"]).ok();
    }
    home.until("it is known", || told(&home, &id).len() == 3);
    let last = home.session(&id)["model"].clone();
    assert_eq!(told(&home, &id)[2], json!(["app-server", "terminal", last]));
    reply(&home, &id, "SAY: three");
    assert_eq!(fake.model.requests().last().unwrap().body["model"], last);
}

#[test]
fn a_model_that_nobody_named_is_learnt() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    std::fs::create_dir(home.path(".codex")).unwrap();
    std::fs::write(home.path(".codex/config.toml"), "model = \"configured\"\n").unwrap();
    let mut args = fake.start_arguments(&home, &[]);
    let named = args.iter().position(|arg| arg == "--model").unwrap();
    args.drain(named..named + 2);
    let started = home.run(&args).ok().json();
    let id = started["session"]["id"].as_str().unwrap();
    home.until("the model", || home.session(id)["model"] == "configured");
    let seen = home.events(id).into_iter();
    let seen: Vec<Value> = seen.filter(|event| event["type"] == "ModelSeen").collect();
    assert_eq!(seen[0]["payload"], json!({"model": "configured"}));
    assert_eq!(told(&home, id).len(), 1);
}
