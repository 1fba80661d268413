//! Sets of policies: what they change, and from when on.

use serde_json::{Value, json};

use crate::support::TestHome;

/// A set `careful` with a policy that denies `touch`.
fn with_set(home: &TestHome, extra: &[&str]) {
    let rules = r#"[{"id":"no","action":"deny","tool":"Bash","args":{"command":"*touch*"},"reason":"no touching"}]"#;
    home.run(&[
        "policy", "create", "--id", "touch", "--name", "touch", "--rules", rules,
    ])
    .ok();
    let mut create = vec![
        "policy-set",
        "create",
        "--id",
        "careful",
        "--name",
        "Careful",
    ];
    create.extend(["--policy", "touch"]);
    create.extend(extra);
    home.run(&create).ok();
}

fn allow_everything(home: &TestHome) {
    home.policy(&json!([{ "id": "all", "action": "allow", "tool": "*" }]));
}

/// Whether the agent may make a file now.
fn may_touch(home: &TestHome, id: &str, file: &str) -> bool {
    home.run(&["send", id, &format!("RUN: touch {file}\nSAY: x"), "--wait"])
        .ok();
    home.path(&format!("work/{file}")).exists()
}

#[test]
fn a_set_counts_from_the_next_decision_of_a_running_session_until_it_is_taken() {
    let home = TestHome::new();
    allow_everything(&home);
    with_set(&home, &[]);
    let (id, other) = (home.demo(&[]), home.demo(&[]));
    assert!(
        may_touch(&home, &id, "a"),
        "a policy in a set counts only where that is given"
    );
    home.run(&["policy-set", "apply", "careful", &id]).ok();
    assert!(!may_touch(&home, &id, "b"));
    let decision = &home.decisions(&id)[0];
    assert_eq!(decision["matched"][0]["scope"], "set");
    assert!(may_touch(&home, &other, "c"));
    let effective = |id: &str| {
        let path = format!("/sessions/{id}/effective-policies");
        let found = home.call("GET", &path, &Value::Null)["policies"].clone();
        found.as_array().unwrap().len()
    };
    assert_eq!((effective(&id), effective(&other)), (2, 1));

    home.run(&["policy-set", "remove-policy", "careful", "touch"])
        .ok();
    assert!(
        !may_touch(&home, &other, "d"),
        "in no set it counts everywhere"
    );
    home.run(&["policy-set", "add-policy", "careful", "touch"])
        .ok();
    home.run(&["policy-set", "remove", "careful", &id]).ok();
    assert!(may_touch(&home, &id, "e"));
}

#[test]
fn the_default_set_is_given_to_every_new_session_and_survives_a_restart() {
    let mut home = TestHome::new();
    allow_everything(&home);
    let before = home.demo(&[]);
    with_set(&home, &["--default"]);
    let after = home.demo(&[]);
    assert!(may_touch(&home, &before, "a"));
    assert!(!may_touch(&home, &after, "b"));
    home.kill_daemon();
    home.start_daemon();
    assert!(!may_touch(&home, &after, "c"));

    // Another default takes its place; there is never more than one.
    home.run(&[
        "policy-set",
        "create",
        "--id",
        "free",
        "--name",
        "Free",
        "--default",
    ])
    .ok();
    let list = home.run(&["policy-set", "list", "--json"]).ok().json();
    let default: Vec<_> = list["policySets"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|set| set["isDefault"] == true)
        .map(|set| set["id"].clone())
        .collect();
    assert_eq!(default, ["free"]);
    home.run(&["policy-set", "delete", "careful"]).ok();
    assert!(
        !may_touch(&home, &before, "d"),
        "the policies of a removed set stay"
    );
}

#[test]
fn what_is_not_there_or_there_already_is_said() {
    let home = TestHome::new();
    with_set(&home, &[]);
    let id = home.demo(&[]);
    for (args, code, said) in [
        (vec!["policy-set", "get", "nope"], 3, "`nope`"),
        (vec!["policy-set", "delete", "nope"], 3, "`nope`"),
        (
            vec!["policy-set", "add-policy", "careful", "nope"],
            3,
            "`nope`",
        ),
        (
            vec!["policy-set", "add-policy", "careful", "touch"],
            5,
            "already",
        ),
        (
            vec!["policy-set", "remove-policy", "careful", "nope"],
            3,
            "`nope`",
        ),
        (vec!["policy-set", "apply", "nope", &id], 3, "`nope`"),
        (vec!["policy-set", "remove", "careful", &id], 3, "no set"),
        (
            vec!["policy-set", "create", "--name", "Careful"],
            5,
            "Careful",
        ),
        (
            vec!["policy-set", "create", "--id", "careful", "--name", "x"],
            5,
            "careful",
        ),
        (vec!["policy-set", "create", "--name", " "], 1, "name"),
        (
            vec!["policy-set", "create", "--name", "x", "--policy", "nope"],
            1,
            "`nope`",
        ),
        (vec!["policy-set", "update", "careful"], 1, "nothing"),
    ] {
        let done = home.run(&args);
        assert_eq!(done.code, code, "{args:?}: {done:?}");
        assert!(done.stderr.contains(said), "{args:?}: {done:?}");
    }
    let list = home.run(&["policy-set", "list"]).ok();
    assert!(list.stdout.contains("careful"), "{list:?}");
    assert_eq!(list.stdout.lines().count(), 2, "{list:?}");
}

/// A rule that another program wrote and that cannot be used asks, and breaks no other.
#[test]
fn a_broken_rule_in_the_database_asks_and_never_allows() {
    let mut home = TestHome::new();
    home.policy(&json!([
        { "id": "all", "action": "allow", "tool": "*" },
        { "id": "no", "action": "deny", "args": { "command": "*secret*" } },
    ]));
    let id = home.demo(&[]);
    assert!(may_touch(&home, &id, "a"));
    home.run(&["daemon", "stop"]).ok();
    home.kill_daemon();
    let db = codepiper_store::Connection::open(home.path(".codepiper/codepiper.db")).unwrap();
    db.execute_batch("UPDATE policies SET rules = replace(rules, '\"*\"', '\"[\"')")
        .unwrap();
    drop(db);
    home.start_daemon();
    assert!(home.daemon_log().contains("a rule cannot be used"));
    home.run(&["send", &id, "RUN: touch secret\nSAY: x", "--wait"])
        .ok();
    assert!(!home.path("work/secret").exists());
    home.run(&["send", &id, "RUN: touch b"]).ok();
    let approval = home.pending(&id);
    assert!(
        approval["matched"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("broken")
    );
}

/// However a policy is broken, it is shown as what it is, asks, and keeps nothing else from working.
#[test]
fn a_policy_that_cannot_be_read_is_reported_asks_and_can_be_removed() {
    for broken in [
        "{[",
        "",
        "null",
        "{}",
        "5",
        r#"[{"id":7,"action":"deny"}]"#,
        r#"["x"]"#,
    ] {
        let mut home = TestHome::new();
        allow_everything(&home);
        home.run(&[
            "policy",
            "create",
            "--id",
            "bad",
            "--name",
            "bad",
            "--rules",
            r#"[{"id":"no","action":"deny","tool":"Bash","command":"shutdown"}]"#,
        ])
        .ok();
        home.run(&["daemon", "stop"]).ok();
        home.kill_daemon();
        let db = codepiper_store::Connection::open(home.path(".codepiper/codepiper.db")).unwrap();
        db.execute("UPDATE policies SET rules = ?1 WHERE id = 'bad'", [broken])
            .unwrap();
        drop(db);
        home.start_daemon();
        let check = home.run(&["policy", "check", "ls", "--json"]).ok().json();
        assert_eq!(
            (&check["verdict"], &check["decidedBy"]["policyId"]),
            (&json!("ask"), &json!("bad")),
            "{broken}"
        );
        let list = home.run(&["policy", "list"]).ok().stdout;
        assert!(list.contains("broken"), "{broken}: {list}");
        let shown = home.run(&["policy", "get", "bad", "--json"]).ok().json();
        assert!(shown["policy"]["broken"].is_string(), "{broken}: {shown}");
        let export = home.run(&["policy", "export", "--all"]);
        assert!(
            export.code == 5 && export.stderr.contains("`bad` is broken"),
            "{broken}: {export:?}"
        );
        home.run(&["policy", "toggle", "bad"]).ok();
        home.run(&["policy", "delete", "bad"]).ok();
        let check = home.run(&["policy", "check", "ls", "--json"]).ok().json();
        assert_eq!(check["verdict"], "allow");
    }
}

#[test]
fn a_ready_set_is_listed_printed_tried_and_given() {
    let home = TestHome::new();
    let list = home.run(&["policy-set", "ready"]).ok().stdout;
    let ids: Vec<&str> = list
        .lines()
        .skip(1)
        .filter_map(|l| l.split(' ').next())
        .collect();
    assert_eq!(ids, ["read-only", "cautious", "balanced"]);
    for id in ids {
        let text = home.run(&["policy-set", "ready", id]).ok().stdout;
        let tried = home.run_with_input(&["policy", "test", "-"], text.as_bytes());
        assert!(tried.ok().stdout.starts_with("calls"));
        let dry = ["policy-set", "ready", id, "--apply", "--dry-run"];
        let would = home.run(&dry).ok().stdout;
        assert!(
            would.contains(&format!("policy set {id} would be created")),
            "{would}"
        );
    }
    assert!(home.run(&["policy", "ls"]).ok().stdout.is_empty());

    let apply = ["policy-set", "ready", "balanced", "--apply"];
    let applied = home.run(&apply).ok();
    assert!(
        applied.stdout.contains("policy set balanced created"),
        "{applied:?}"
    );
    assert!(applied.stderr.contains("--default"), "{applied:?}");
    home.run(&["policy-set", "update", "balanced", "--default"])
        .ok();
    // Once more changes nothing, and leaves alone which sessions it is given to.
    let again = home.run(&apply).ok().stdout;
    assert!(
        again.lines().all(|line| line.ends_with(" unchanged")),
        "{again}"
    );

    let id = home.demo(&[]);
    std::fs::write(home.path("work/.env"), "A=1").unwrap();
    let prompt = "RUN: touch made && ls\nRUN: cat .env\nSAY: went on";
    let done = home.run(&["send", &id, prompt, "--wait"]).ok();
    assert_eq!(done.stdout.trim(), "went on");
    assert!(home.path("work/made").exists());
    let screen = home.run(&["tail", &id]).ok().stdout;
    assert!(screen.contains("secrets are for people"), "{screen}");
    let done = home.run(&["send", &id, "RUN: git push", "--wait"]);
    assert_eq!(done.code, 7, "{done:?}");

    assert_eq!(home.run(&["policy-set", "ready", "bold"]).code, 3);
    assert_eq!(home.run(&["policy-set", "ready", "--apply"]).code, 2);
    let taken = ["policy-set", "create", "--id", "ready", "--name", "x"];
    assert_eq!(home.run(&taken).code, 1);
}
