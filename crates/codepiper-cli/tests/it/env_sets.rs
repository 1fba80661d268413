//! Sets of secret variables: who gets the values, and where they never stand.

use serde_json::{Value, json};

use crate::support::TestHome;

const SECRET: &str = "s3cr3t-0f-the-set";
/// Nothing in its form tells that it is a secret.
const PLACE: &str = "/srv/of-the-set";
const OTHER: &str = "an0ther-s3cr3t";

/// What the agent of a session has under a name.
fn seen(home: &TestHome, id: &str, name: &str) -> String {
    let prompt = format!("RUN: printf %s \"${name}\" > seen\nSAY: done");
    home.run(&["send", id, &prompt, "--wait"]).ok();
    std::fs::read_to_string(home.path("work/seen")).unwrap()
}

fn staging(home: &TestHome) -> String {
    let made = home.run(&["env-set", "create", "staging", "--json"]).ok();
    let id = made.json()["envSet"]["id"].as_str().unwrap().to_owned();
    home.run_with_input(
        &["env-set", "set", "staging", "DB_URL"],
        format!("{SECRET}\n").as_bytes(),
    )
    .ok();
    id
}

#[test]
fn a_session_gets_the_values_and_nobody_else_sees_them() {
    let home = TestHome::new();
    home.policy(&json!([{ "id": "all", "action": "allow", "tool": "*" }]));
    let set = staging(&home);
    let text = format!("export TOKEN='{OTHER}' # of the other place\nPLACE={PLACE}\n");
    home.run_with_input(&["env-set", "import", "staging", "-"], text.as_bytes())
        .ok();
    let id = home.demo(&["--env-set", "staging", "--env", "MORE=own"]);
    assert_eq!(seen(&home, &id, "DB_URL"), SECRET, "the import kept it");
    assert_eq!(seen(&home, &id, "TOKEN"), OTHER);
    assert_eq!(seen(&home, &id, "MORE"), "own");
    home.run(&[
        "send",
        &id,
        &format!("RUN: echo {PLACE}\nSAY: done"),
        "--wait",
    ])
    .ok();
    let own = home.demo(&["--env-set", &set[..13], "--env", "DB_URL=own"]);
    assert_eq!(seen(&home, &own, "DB_URL"), "own", "the request is above");
    std::fs::remove_file(home.path("work/seen")).unwrap();

    let ps = std::process::Command::new("ps");
    let ps = { ps }.args(["-eww", "-o", "args"]).output().unwrap();
    let shown = [
        home.http("GET", "/env-sets", b"").1,
        home.http("GET", &format!("/env-sets/{set}"), b"").1,
        home.http("GET", "/sessions", b"").1,
        home.http("GET", "/events?limit=1000", b"").1,
        home.daemon_log(),
        home.http("GET", "/audit?limit=1000", b"").1,
        home.http("GET", "/audit/entries?limit=1000", b"").1,
        String::from_utf8_lossy(&ps.stdout).into_owned(),
    ];
    for text in shown {
        assert!(
            !text.contains(SECRET) && !text.contains(OTHER) && !text.contains(PLACE),
            "{text}"
        );
    }
    let state = home.path(".codepiper");
    for entry in std::fs::read_dir(state).unwrap().flatten() {
        let Ok(bytes) = std::fs::read(entry.path()) else {
            continue;
        };
        let leaks = bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes());
        assert!(!leaks, "in {}", entry.path().display());
    }
    let revealed = home.run(&["env-set", "get", "staging", "--reveal", "DB_URL"]);
    assert_eq!(revealed.ok().stdout, format!("{SECRET}\n"));
}

#[test]
fn a_session_that_goes_on_has_the_values_of_now_and_says_which_set_is_gone() {
    let home = TestHome::new();
    home.policy(&json!([{ "id": "all", "action": "allow", "tool": "*" }]));
    let set = staging(&home);
    let id = home.demo(&["--env-set", "staging"]);
    assert_eq!(seen(&home, &id, "DB_URL"), SECRET);
    home.run(&["stop", &id]).ok();
    home.run_with_input(&["env-set", "set", "staging", "DB_URL"], b"newer")
        .ok();
    home.run(&["resume", &id]).ok();
    assert_eq!(seen(&home, &id, "DB_URL"), "newer");
    home.run(&["stop", &id]).ok();
    home.run(&["env-set", "delete", "staging"]).ok();
    let refused = home.run(&["resume", &id]);
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains(&set), "{}", refused.stderr);
}

#[test]
fn what_is_wrong_is_named_without_its_value() {
    let home = TestHome::new();
    let set = staging(&home);
    let call = |method: &str, path: &str, body: Value| {
        home.http(method, path, body.to_string().as_bytes())
    };
    let one = format!("/env-sets/{set}");
    let import = format!("{one}/import");
    for (method, path, body, status) in [
        ("POST", "/env-sets", json!({"name": "staging"}), 409),
        ("POST", "/env-sets", json!({"name": " "}), 400),
        (
            "POST",
            "/env-sets",
            json!({"name": "x", "vars": {"1A": SECRET}}),
            400,
        ),
        (
            "POST",
            "/env-sets",
            json!({"name": "x", "vars": {"CODEPIPER_SECRET": SECRET}}),
            400,
        ),
        ("PUT", &one, json!({"values": {"A": SECRET}}), 400),
        ("PUT", &one, json!({"unset": ["NEVER"]}), 400),
        (
            "POST",
            &import,
            json!({"text": format!("A=1\n{SECRET}")}),
            400,
        ),
        ("PUT", "/env-sets/none", json!({"name": "y"}), 404),
        (
            "POST",
            "/sessions",
            json!({"provider": "demo", "cwd": "/", "envSetIds": ["none"]}),
            404,
        ),
    ] {
        let (got, answer) = call(method, path, body.clone());
        assert_eq!(got, status, "{method} {path} {body}: {answer}");
        assert!(!answer.contains(SECRET), "{answer}");
    }
    let (_, answer) = call("POST", &import, json!({"text": "A=1\nnonsense"}));
    assert!(answer.contains("line 2"), "{answer}");
    let refused = home.run(&["env-set", "set", "staging", &format!("A={SECRET}")]);
    assert_eq!(refused.code, 2);
    assert!(!refused.stderr.contains(SECRET));
    assert_eq!(
        home.run(&["start", "-p", "demo", "--env-set", "none"]).code,
        3
    );
    home.run(&["env-set", "unset", "staging", "DB_URL"]).ok();
    let left = home.call("GET", &one, &Value::Null);
    assert_eq!(left["envSet"]["varCount"], 0);
}
