//! `codepiper policy test`: a draft against the calls that were decided on.

use codepiper_store::Connection;
use serde_json::{Value, json};

use crate::audit::ask_and;
use crate::support::TestHome;

const DRAFT: &str = "\
id: draft
name: Draft
rules:
  - {id: touch, action: allow, command: 'touch *'}
  - {id: notes, action: deny, tool: Write}
  - {id: echo, action: ask, command: 'echo *'}
  - {id: question, action: allow, tool: AskUserQuestion}
";

fn test(home: &TestHome, draft: &str, more: &[&str]) -> Value {
    std::fs::write(home.path("work/draft.yaml"), draft).unwrap();
    let mut args = vec!["policy", "test", "draft.yaml", "--json"];
    args.extend(more);
    home.run(&args).ok().json()
}

/// Ten calls. A person is asked about five of them, twice each by the agent: before the call, and
/// then for leave.
fn history(home: &TestHome) -> String {
    home.policy(&json!([
        { "id": "ok", "action": "allow", "tool": "Bash", "command": "touch ok*" },
        { "id": "no", "action": "deny", "tool": "Bash", "command": "touch no*" },
        { "id": "look", "action": "ask", "tool": "Bash", "command": "touch careful*" },
        { "id": "echo", "action": "allow", "tool": "Bash", "command": "echo *" },
        { "id": "list", "action": "allow", "tool": "Bash", "command": "ls*" },
    ]));
    let id = home.demo(&["--name", "api"]);
    let run = |prompt: &str| home.run(&["send", &id, prompt, "--wait"]).ok();
    run("RUN: touch ok1\nRUN: touch ok2\nRUN: ls");
    run("RUN: touch no\nSAY: went on");
    ask_and(home, &id, "RUN: touch careful", "approve");
    ask_and(home, &id, "RUN: touch other", "deny");
    ask_and(home, &id, "RUN: mkdir -p a/b", "approve");
    ask_and(home, &id, "WRITE: notes", "approve");
    run("RUN: echo --password=hunter2-hunter2");
    let done = home.run(&["send", &id, "ASK: which?", "--wait", "--timeout", "30"]);
    assert_eq!(done.code, 7, "{done:?}");
    id
}

#[test]
fn a_draft_is_counted_call_by_call_as_by_hand() {
    let home = TestHome::new();
    let id = history(&home);
    assert_eq!(home.decisions(&id).len(), 10);
    let events = home.events(&id);
    let asked = |kind: &str| events.iter().filter(|event| event["type"] == kind).count();
    assert_eq!((asked("PreToolUse"), asked("PermissionRequest")), (10, 5));

    let answer = test(&home, DRAFT, &[]);
    let entries = home.call("GET", "/audit/verify", &Value::Null)["entries"].clone();
    // By hand: allow `touch` five times; ask about `echo` and the question, and by default about `ls`
    // and `mkdir`; deny the file.
    assert_eq!(answer["calls"], 10);
    assert_eq!(answer["would"], json!({ "allow": 5, "ask": 4, "deny": 1 }));
    assert_eq!(
        (&answer["noRule"], &answer["uncertain"]),
        (&json!(2), &json!(1))
    );
    // The same: `touch ok` twice, `mkdir` (no rule then, none now), the question.
    let changed = json!({ "count": 6, "allow": 3, "ask": 2, "deny": 1 });
    assert_eq!(answer["changed"], changed);
    let told = |difference: &Value| {
        let rule = &difference["rule"]["ruleId"];
        let was_by = difference["wasBy"].as_str().unwrap();
        let (_, was_by) = was_by.split_once('/').unwrap_or(("", was_by));
        format!(
            "{}: {} by {was_by}, {} by {}",
            difference["summary"].as_str().unwrap(),
            difference["was"].as_str().unwrap(),
            difference["would"].as_str().unwrap(),
            rule.as_str().unwrap_or("default"),
        )
    };
    let differences = answer["differences"].as_array().unwrap();
    assert_eq!(
        differences.iter().map(told).collect::<Vec<_>>(),
        [
            "echo --password=[redacted]: allow by echo, ask by echo",
            &format!("{}/notes: ask by default, deny by notes", home.work()),
            "touch other: ask by default, allow by touch",
            "touch careful: ask by look, allow by touch",
            "touch no: deny by no, allow by touch",
            "ls: allow by list, ask by default",
        ]
    );
    assert_eq!(answer["truncated"], false);
    let whats: Vec<&Value> = answer["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| &g["what"])
        .collect();
    assert_eq!(whats, ["Write", "echo", "ls", "touch", "touch", "touch"]);
    let table = home.run(&["policy", "test", "draft.yaml"]).ok().stdout;
    for line in [
        "calls          10",
        "allow           5",
        "changed         6",
        "1      touch  deny (",
        "allow (draft/touch)",
    ] {
        assert!(table.contains(line), "{line}: {table}");
    }
    assert!(
        home.run(&["policy", "test", "draft.yaml", "--all"])
            .ok()
            .stdout
            .contains("touch other")
    );

    // Nothing was changed by any of this.
    let after = home.call("GET", "/audit/verify", &Value::Null)["entries"].clone();
    assert_eq!(after, entries);
    assert_eq!(home.run(&["policy", "get", "draft"]).code, 3);
}

#[test]
fn what_is_kept_counts_where_it_is_wanted_and_a_time_limits_the_calls() {
    let home = TestHome::new();
    let id = history(&home);
    // With what is kept: the draft adds to it, deny wins, and the rest is as it was.
    let answer = test(&home, DRAFT, &["--with-current"]);
    assert_eq!(answer["would"], json!({ "allow": 4, "ask": 4, "deny": 2 }));
    assert_eq!(
        answer["changed"],
        json!({ "count": 3, "allow": 1, "ask": 1, "deny": 1 })
    );
    assert_eq!(answer["noRule"], 1);
    // What would be kept as it is now makes no difference at all; a set counts where it is given.
    let nothing = "policies: []\nsets: []\n";
    assert_eq!(
        test(&home, nothing, &["--with-current"])["changed"]["count"],
        0
    );
    let in_set = "policies: [{id: p, name: p, rules: [{action: deny, tool: '*'}]}]\n\
                  sets: [{id: s, name: s, policies: [p]}]\n";
    assert_eq!(
        test(&home, in_set, &["--with-current"])["changed"]["count"],
        0
    );
    assert_eq!(test(&home, in_set, &[])["would"]["deny"], 10);

    let rows = home.decisions(&id);
    let time = |row: usize| rows[row]["timestamp"].as_str().unwrap().to_owned();
    assert_eq!(test(&home, DRAFT, &["--since", &time(3)])["calls"], 4);
    assert_eq!(test(&home, DRAFT, &["--until", &time(3)])["calls"], 6);
    assert_eq!(
        test(&home, DRAFT, &["--since", "1h", "--session", "api"])["calls"],
        10
    );
    let other = home.demo(&[]);
    assert_eq!(test(&home, DRAFT, &["--session", &other])["calls"], 0);
    for (args, code) in [
        (&["--since", "yesterday"][..], 2),
        (&["--session", "nope"], 3),
    ] {
        let mut all = vec!["policy", "test", "draft.yaml"];
        all.extend(args);
        assert_eq!(home.run(&all).code, code, "{args:?}");
    }
    std::fs::write(
        home.path("work/wrong.yaml"),
        "id: x\nname: x\nrules: [{tool: x}]\n",
    )
    .unwrap();
    let wrong = home.run(&["policy", "test", "wrong.yaml"]);
    assert_eq!(wrong.code, 1);
    assert!(
        wrong.stderr.contains("line 3, column 9") && wrong.stderr.ends_with("^\n"),
        "{wrong:?}"
    );
}

#[test]
fn a_long_history_is_counted_whole_and_shown_in_part() {
    let mut home = TestHome::new();
    history(&home);
    home.tampered = true;
    let db = Connection::open(home.path(".codepiper/codepiper.db")).unwrap();
    db.execute_batch(
        "WITH RECURSIVE times(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM times WHERE n < 99)
         INSERT INTO decisions (id, session_id, request_hash, tool_use_id, agent_id, ts, sealed,
             prev_hash, hash, decision, outcome, body, open)
         SELECT id || n, session_id, request_hash, tool_use_id, agent_id, ts, sealed, prev_hash,
             hash, decision, outcome, json_set(body, '$.id', id || n), 0
         FROM decisions, times",
    )
    .unwrap();
    let answer = test(&home, DRAFT, &[]);
    assert_eq!(answer["calls"], 1000);
    assert_eq!(
        answer["would"],
        json!({ "allow": 500, "ask": 400, "deny": 100 })
    );
    assert_eq!(answer["changed"]["count"], 600);
    assert_eq!(answer["truncated"], true);
    assert_eq!(answer["differences"].as_array().unwrap().len(), 200);
    assert_eq!(answer["groups"][0]["count"], 100);
}
