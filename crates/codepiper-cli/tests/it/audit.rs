//! `codepiper audit`: every tool call has a row, and no secret is in it.

use codepiper_store::Connection;
use serde_json::{Value, json};

use crate::support::TestHome;

const SECRET: &str = "correct-horse-battery-staple";

/// Answers what a session asks with a command of the command line.
#[track_caller]
pub(crate) fn ask_and(home: &TestHome, id: &str, prompt: &str, command: &str) {
    let done = home.run(&["send", id, prompt, "--wait", "--timeout", "30"]);
    assert_eq!(done.code, 7, "{done:?}");
    let approval = home.pending(id);
    let name = approval["id"].as_str().unwrap();
    match command.strip_prefix("keys ") {
        Some(key) => home.run(&["keys", id, key]).ok(),
        None => home.run(&[command, name]).ok(),
    };
    home.until("it is settled", || {
        let status = home.approval(&approval["id"])["status"].clone();
        status == "effective" || status == "closed"
    });
    home.run(&["wait", id, "--timeout", "30"]).ok();
}

fn audit(home: &TestHome, args: &[&str]) -> Vec<Value> {
    let mut all = vec!["audit", "--json"];
    all.extend(args);
    let answer = home.run(&all).ok().json();
    answer["decisions"].as_array().unwrap().clone()
}

#[test]
fn every_call_has_a_row_that_says_who_decided_and_what_came_of_it() {
    let home = TestHome::new();
    assert!(home.run(&["audit"]).ok().stdout.is_empty());
    home.policy(&json!([
        { "id": "ok", "action": "allow", "tool": "Bash", "args": { "command": "touch allowed" } },
        { "id": "no", "action": "deny", "tool": "Bash", "args": { "command": "touch denied" } },
        { "id": "look", "action": "ask", "tool": "Write" },
    ]));
    let id = home.demo(&["--name", "api"]);
    let run = |prompt: &str| home.run(&["send", &id, prompt, "--wait"]).ok();
    run("RUN: touch allowed");
    run("RUN: touch denied\nSAY: went on");
    ask_and(&home, &id, "WRITE: asked", "approve");
    ask_and(&home, &id, "RUN: touch no", "deny");
    ask_and(&home, &id, "RUN: touch key", "keys 1");
    ask_and(&home, &id, "RUN: touch escape", "keys escape");

    let mut rows = audit(&home, &["--session", "api"]);
    rows.reverse();
    let told = |row: &Value| {
        ["decision", "outcome", "actor", "ruleId", "source"]
            .map(|name| row[name].as_str().unwrap_or("-").to_owned())
            .join(" ")
    };
    assert_eq!(
        rows.iter().map(told).collect::<Vec<_>>(),
        [
            "allow ran policy ok rule",
            "deny blocked policy no rule",
            "ask ran owner look rule",
            "ask blocked owner - default",
            "ask ran terminal - default",
            "ask blocked terminal - default",
        ]
    );
    assert_eq!(rows[0]["prevHash"], "");
    for pair in rows.windows(2) {
        assert_eq!(pair[1]["prevHash"], pair[0]["hash"]);
    }
    let hashes: Vec<&str> = rows.iter().map(|r| r["hash"].as_str().unwrap()).collect();
    assert!(hashes.iter().all(|hash| hash.starts_with("sha256:")));

    let table = home.run(&["audit"]).ok().stdout;
    let newest = table.lines().nth(1).unwrap();
    assert!(newest.ends_with("  touch escape"), "{table}");
    let first = table.lines().last().unwrap();
    for part in [
        &id[..8],
        "api",
        "Bash",
        "allow",
        "ran",
        "policy",
        "/ok",
        "touch allowed",
    ] {
        assert!(first.contains(part), "{part}: {table}");
    }
}

#[test]
fn the_audit_is_filtered_and_read_in_pages() {
    let home = TestHome::new();
    home.policy(&json!([{ "id": "ok", "action": "allow", "tool": "Bash" }]));
    home.policy(&json!([{ "id": "no", "action": "deny", "tool": "Write" }]));
    let id = home.demo(&[]);
    let other = home.demo(&[]);
    home.run(&["send", &id, "RUN: true\nRUN: true\nWRITE: x", "--wait"])
        .ok();
    home.run(&["send", &other, "RUN: true", "--wait"]).ok();
    assert_eq!(audit(&home, &[]).len(), 4);
    assert_eq!(audit(&home, &["--session", &id[..8]]).len(), 3);
    let denied = audit(&home, &["--decision", "deny"]);
    assert_eq!(denied.len(), 1);
    assert_eq!(denied[0]["toolName"], "Write");
    assert_eq!(audit(&home, &["--decision", "ask"]), [] as [Value; 0]);

    let mut ids = Vec::new();
    let mut before: Vec<String> = Vec::new();
    loop {
        let mut args = vec!["--limit", "1"];
        args.extend(before.iter().map(String::as_str));
        let page = audit(&home, &args);
        let Some(row) = page.first() else { break };
        let name = row["id"].as_str().unwrap().to_owned();
        before = vec!["--before".to_owned(), name.clone()];
        ids.push(name);
    }
    let all: Vec<Value> = audit(&home, &[]).iter().map(|r| r["id"].clone()).collect();
    assert_eq!(ids, all);
    let table = home.run(&["audit", "--limit", "1"]).ok();
    assert!(table.stderr.contains(&ids[0]), "{table:?}");

    // What was decided outlives its session.
    home.run(&["kill", &id]).ok();
    assert_eq!(audit(&home, &["--session", &id]).len(), 3);
    let nobody = "01234567-89ab-4cde-8f01-23456789abcd";
    assert_eq!(home.run(&["audit", "--session", nobody]).code, 3);
    assert_eq!(home.run(&["audit", "--before", "a b"]).code, 1);
    assert_eq!(home.run(&["audit", "--decision", "maybe"]).code, 2);
}

#[test]
fn no_secret_is_kept_of_a_call() {
    let home = TestHome::with_env(&[("MY_TOKEN", SECRET)]);
    let id = home.demo(&[
        "--env-from",
        "MY_TOKEN",
        "--env",
        "OTHER_KEY=s3cr3t-of-mine",
    ]);
    home.policy(&json!([{
        "id": "no", "action": "deny", "tool": "Bash", "args": { "command": "login *" },
    }]));
    // The agent puts them into the command itself; nobody typed them.
    let secrets = [SECRET, "s3cr3t-of-mine", "hunter2"];
    let typed = format!("RUN: login {SECRET} s3cr3t-of-mine --password=hunter2\nSAY: went on");
    home.run(&["send", &id, &typed, "--wait"]).ok();
    let asked = format!("RUN: connect {SECRET} s3cr3t-of-mine --password=hunter2");
    ask_and(&home, &id, &asked, "deny");

    let rows = home.run(&["audit", "--json"]).ok().stdout;
    let table = home.run(&["audit"]).ok().stdout;
    let (_, policy) = home.http("GET", "/events?source=policy&limit=1000", b"");
    let (_, user) = home.http("GET", "/events?type=ApprovalAnswered", b"");
    let (_, hooks) = home.http("GET", "/events?source=hook&limit=1000", b"");
    for (what, text) in [
        ("the audit", rows),
        ("the table", table),
        ("what the policy did", policy),
        ("the answer", user),
        ("the hooks", hooks),
    ] {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} in {what}: {text}");
        }
        assert!(text.contains("[redacted]"), "{what}: {text}");
    }
    assert!(!home.daemon_log().contains(SECRET));
    // Whoever answers has to see what is asked.
    let all = home.run(&["approvals", "--all"]).ok().stdout;
    assert!(all.contains(SECRET), "{all}");
}

/// Everything that a query finds in the database, a column of text.
fn stored(home: &TestHome, query: &str) -> Vec<String> {
    let db = Connection::open(home.path(".codepiper/codepiper.db")).unwrap();
    let mut found = db.prepare(query).unwrap();
    let rows = found.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_secret_in_a_note_is_for_the_agent_only() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "RUN: touch x\nSAY: went on"]).ok();
    let approval = home.pending(&id);
    let name = approval["id"].as_str().unwrap();
    let note = "not so: use password='hun ter2' here";
    home.run(&["deny", name, "--note", note]).ok();
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    assert_eq!(home.approval(&approval["id"])["answer"]["note"], note);
    home.until("it is settled", || {
        home.approval(&approval["id"])["status"] == "effective"
    });

    let audit = stored(&home, "SELECT sealed FROM audit WHERE kind = 'answered'");
    let (_, events) = home.http("GET", "/events?limit=1000", b"");
    for text in [&audit.concat(), &events] {
        assert!(!text.contains("ter2"), "{text}");
        assert!(
            text.contains("not so: use password='[redacted]' here"),
            "{text}"
        );
    }
}

#[test]
fn the_audit_of_a_policy_holds_no_secret_of_its_rules() {
    let home = TestHome::with_env(&[("MY_TOKEN", SECRET)]);
    let rule = |password: &str| {
        let command = format!("curl -u me:{password} *");
        json!([{ "id": "no", "action": "deny", "tool": "Bash", "args": { "command": command } }])
    };
    home.call(
        "POST",
        "/policies",
        &json!({ "id": "p", "name": "p", "rules": rule("hunter2") }),
    );
    home.call("PUT", "/policies/p", &json!({ "rules": rule("hunter3") }));
    let id = home.demo(&["--env-from", "MY_TOKEN"]);
    for n in [1, 2] {
        home.run(&["send", &id, &format!("RUN: echo {SECRET} {n}\nSAY: x")])
            .ok();
        let approval = home.pending(&id);
        home.run(&["approve", approval["id"].as_str().unwrap(), "--rule"])
            .ok();
        home.run(&["wait", &id, "--timeout", "30"]).ok();
    }

    let entries = stored(
        &home,
        "SELECT sealed FROM audit WHERE kind LIKE 'policy_%' ORDER BY seq",
    );
    assert_eq!(entries.len(), 4, "{entries:?}");
    let mut hashes = Vec::new();
    for (n, entry) in entries.iter().enumerate() {
        for secret in ["hunter", SECRET] {
            assert!(!entry.contains(secret), "{entry}");
        }
        let facts = serde_json::from_str::<Value>(entry).unwrap()["facts"].clone();
        let is_shared = n < 2;
        assert_eq!(facts.get("rules").is_some(), is_shared, "{entry}");
        assert_eq!(
            entry.contains("curl -u me:[redacted] *"),
            is_shared,
            "{entry}"
        );
        hashes.push(facts["rulesHash"].as_str().unwrap().to_owned());
    }
    assert!(hashes.iter().all(|hash| hash.starts_with("sha256:")));
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), 4, "other rules, other hash");
    home.run(&["audit", "verify"]).ok();
}

#[test]
fn what_names_tell_to_be_a_secret_is_not_kept() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let prompt =
        "RUN: echo 'Authorization: Digest a=\"hunter2\", b=\"hunter3\"' --token hunter4\nSAY: x";
    home.run(&["send", &id, prompt]).ok();
    let approval = home.pending(&id);
    home.run(&["approve", approval["id"].as_str().unwrap()])
        .ok();
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    let rows = home.run(&["audit", "--json"]).ok().stdout;
    assert!(!rows.contains("hunter"), "{rows}");
    assert!(
        rows.contains("Authorization: Digest [redacted]' --token [redacted]"),
        "{rows}"
    );
}
