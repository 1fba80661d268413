//! Sessions that are removed, and what stays of them.

use serde_json::{Value, json};

use crate::support::TestHome;

/// An ended session with a decision in the audit, a policy of its own and a name.
fn ended(home: &TestHome, name: &str) -> String {
    let id = home.demo(&["--name", name]);
    let rule = json!({ "id": "r", "action": "allow", "command": "echo *" });
    let policy =
        json!({ "id": format!("of-{name}"), "name": name, "sessionId": id, "rules": [rule] });
    home.call("POST", "/policies", &policy);
    home.run(&["send", &id, "RUN: echo it\nSAY: said", "--wait"])
        .ok();
    home.run(&["stop", &id]).ok();
    id
}

fn entries(home: &TestHome) -> Vec<Value> {
    let answer = home.call("GET", "/audit/entries?kind=session_deleted", &Value::Null);
    answer["entries"].as_array().unwrap().clone()
}

/// Makes a session one that ended so many days ago.
fn age(home: &TestHome, id: &str, days: i64) {
    let db = codepiper_store::Connection::open(home.path(".codepiper/codepiper.db")).unwrap();
    let sql = format!(
        "UPDATE sessions SET exit = json_set(exit, '$.at', strftime('%Y-%m-%dT%H:%M:%fZ', 'now', \
         '-{days} days')) WHERE id = '{id}'"
    );
    assert_eq!(db.execute(&sql, []).unwrap(), 1);
}

#[test]
fn a_deleted_session_is_gone_and_its_decisions_and_its_conversation_stay() {
    let home = TestHome::new();
    let (gone, other) = (ended(&home, "gone"), ended(&home, "other"));
    let transcript = home.session(&gone)["transcriptPath"]
        .as_str()
        .unwrap()
        .to_owned();
    let events = home.events(&gone).len();

    let asked = home.run(&["delete", "gone"]);
    assert_eq!(asked.code, 2, "{asked:?}");
    assert!(asked.stderr.contains("`--yes`"), "{asked:?}");
    let done = home.run(&["delete", "gone", "--yes"]).ok();
    assert!(
        done.stdout.contains(&format!("its {events} events")),
        "{done:?}"
    );
    assert!(done.stdout.contains(&transcript), "{done:?}");

    assert_eq!(home.run(&["show", &gone]).code, 3);
    assert_eq!(home.run(&["delete", &gone, "--yes"]).code, 3);
    assert!(!home.path(".codepiper/sessions").join(&gone).exists());
    let policies = home.call("GET", "/policies", &Value::Null)["policies"].to_string();
    assert!(
        policies.contains("of-other") && !policies.contains("of-gone"),
        "{policies}"
    );
    let db = codepiper_store::Connection::open(home.path(".codepiper/codepiper.db")).unwrap();
    for table in ["events", "approvals", "session_policy_sets"] {
        let sql = format!("SELECT count(*) FROM {table} WHERE session_id = '{gone}'");
        let left: i64 = db.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{table}");
    }
    assert_eq!(home.session(&other)["status"], "STOPPED");

    let decisions = home.decisions(&gone);
    assert_eq!(decisions[0]["args"]["command"], "echo it");
    let facts = entries(&home)[0]["facts"].clone();
    assert_eq!(facts["sessionId"], json!(gone));
    let (name, by) = (&facts["name"], &facts["by"]);
    assert_eq!(
        (name, by, &facts["provider"]),
        (&json!("gone"), &json!("owner"), &json!("demo"))
    );
    assert_eq!(
        facts["cwd"],
        json!(home.path("work").canonicalize().unwrap())
    );
    home.run(&["audit", "verify"]).ok();

    // Its agent's own record is all that another session needs to go on with the conversation.
    let id = home.demo(&["--resume", &gone]);
    assert_eq!(home.session(&id)["transcriptPath"], json!(transcript));
    home.run(&["send", &id, "SAY: again", "--wait"]).ok();
    let text = std::fs::read_to_string(transcript).unwrap();
    assert!(text.contains("said") && text.contains("again"), "{text}");
}

#[test]
fn what_lives_is_not_deleted_unless_it_is_stopped() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let refused = home.run(&["delete", &id, "--yes"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(refused.stderr.contains("--stop"), "{refused:?}");
    assert_eq!(home.session(&id)["status"], "RUNNING");
    assert_eq!(home.run(&["delete", &id, "--stop"]).code, 2);
    assert_eq!(home.session(&id)["status"], "RUNNING");
    home.run(&["delete", &id, "--stop", "--yes"]).ok();
    assert_eq!(home.run(&["show", &id]).code, 3);
}

#[test]
fn what_may_live_is_not_deleted() {
    let mut home = TestHome::new();
    let id = ended(&home, "x");
    let socket = home
        .path(".codepiper/run")
        .join(format!("{}.tmux", &id.replace('-', "")[..12]));
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let refused = home.run(&["delete", &id, "--yes"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(
        refused.stderr.contains(&socket.display().to_string()),
        "{refused:?}"
    );
    home.call("PUT", "/settings/daemon", &json!({ "retentionDays": 1 }));
    age(&home, &id, 3);
    home.kill_daemon();
    home.start_daemon();
    home.until("it is left alone", || {
        home.daemon_log().contains("cannot remove a session")
    });
    assert_eq!(home.session(&id)["status"], "STOPPED");
    drop(listener);
    home.run(&["delete", &id, "--yes"]).ok();
    assert!(!socket.exists());
}

#[test]
fn what_ended_long_ago_is_pruned_when_somebody_says_so() {
    let home = TestHome::new();
    let live = home.demo(&[]);
    let (old, new) = (ended(&home, "old"), ended(&home, "new"));
    age(&home, &old, 40);
    let shown = home
        .run(&["prune", "--older-than", "30d", "--dry-run", "--json"])
        .ok()
        .json();
    assert_eq!(
        (
            shown["sessions"].as_array().unwrap().len(),
            &shown["dryRun"]
        ),
        (1, &json!(true))
    );
    let asked = home.run(&["prune", "--older-than", "30d"]);
    assert_eq!(asked.code, 2, "{asked:?}");
    assert!(
        asked.stdout.contains(&old[..8]) && asked.stderr.contains("`--yes`"),
        "{asked:?}"
    );
    assert_eq!(home.session(&old)["status"], "STOPPED");
    let done = home
        .run(&["prune", "--older-than", "30d", "--yes", "--json"])
        .ok()
        .json();
    assert_eq!(done["sessions"][0]["id"], json!(old));
    assert_eq!(home.run(&["show", &old]).code, 3);
    assert_eq!(home.session(&new)["status"], "STOPPED");
    home.run(&["prune", "--yes"]).ok();
    assert_eq!(home.run(&["show", &new]).code, 3);
    assert_eq!(home.session(&live)["status"], "RUNNING");
    let none = home.run(&["prune"]).ok();
    assert!(none.stderr.contains("nothing to remove"), "{none:?}");
    assert_eq!(home.run(&["prune", "--older-than", "soon"]).code, 2);
}

#[test]
fn a_retention_removes_what_is_older_when_the_daemon_starts() {
    let mut home = TestHome::new();
    let (old, new) = (ended(&home, "old"), ended(&home, "new"));
    age(&home, &old, 8);
    home.kill_daemon();
    home.start_daemon();
    home.run(&["sessions"]).ok();
    assert_eq!(
        home.session(&old)["status"],
        "STOPPED",
        "nothing is removed by itself"
    );
    let changed = home.call("PUT", "/settings/daemon", &json!({ "retentionDays": 7 }));
    assert_eq!(changed["settings"]["retentionDays"], 7);
    home.kill_daemon();
    home.start_daemon();
    home.until("it is removed", || home.run(&["show", &old]).code == 3);
    assert_eq!(home.session(&new)["status"], "STOPPED");
    let found = entries(&home);
    assert_eq!(
        (found.len(), &found[0]["facts"]["by"]),
        (1, &json!("retention"))
    );
    let changed = home.call("PUT", "/settings/daemon", &json!({ "retentionDays": null }));
    assert_eq!(changed["settings"]["retentionDays"], Value::Null);
}

#[test]
fn what_a_session_takes_is_shown_without_arguments() {
    let home = TestHome::new();
    let (id, other) = (home.demo(&["--name", "busy"]), home.demo(&[]));
    home.policy(&json!([{ "id": "r", "action": "allow", "command": "*" }]));
    // It leaves its parents, and empties its environment.
    let hidden = "RUN: setsid env -i sh -c 'sleep 300; : s3cret' & sleep 0.1";
    home.run(&["send", &id, hidden, "--wait"]).ok();
    let path = format!("/sessions/{id}/processes");
    let tree = home.call("GET", &path, &Value::Null);
    let processes = tree["processes"].as_array().unwrap();
    let names: Vec<_> = processes
        .iter()
        .map(|p| p["command"].as_str().unwrap())
        .collect();
    let session = home.session(&id);
    assert!(
        processes.iter().any(|p| p["pid"] == session["pid"]),
        "{tree}"
    );
    for name in ["codepiper", "tmux: server", "sleep"] {
        #[cfg(target_os = "linux")]
        assert!(names.contains(&name), "{name}: {tree}");
    }
    assert!(!tree.to_string().contains("s3cret"), "{tree}");
    let sum = |field: &str| {
        processes
            .iter()
            .map(|p| p[field].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!(tree["total"]["rssBytes"], json!(sum("rssBytes")));
    assert_eq!(tree["total"]["cpuMillis"], json!(sum("cpuMillis")));
    assert!(
        processes
            .iter()
            .all(|p| p["rssBytes"].as_u64() > Some(100_000)),
        "{tree}"
    );
    let created = session["createdAt"].as_str().unwrap()[..16].to_owned();
    let started: Vec<_> = processes
        .iter()
        .map(|p| p["startedAt"].as_str().unwrap())
        .collect();
    assert!(
        started.is_sorted() && started[0] >= created.as_str(),
        "{created} {tree}"
    );

    let table = home.run(&["top"]).ok().stdout;
    assert!(
        table.contains("busy") && table.contains(&other[..8]) && table.contains(" MiB"),
        "{table}"
    );
    let table = home.run(&["top", "busy"]).ok().stdout;
    assert!(
        table.contains("sleep") && table.contains("total") && !table.contains("s3cret"),
        "{table}"
    );
    home.run(&["kill", &id]).ok();
    let tree = home.call("GET", &path, &Value::Null);
    assert_eq!(tree["processes"], json!([]));
    assert!(!home.run(&["top"]).ok().stdout.contains("busy"));
}
