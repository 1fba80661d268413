//! A workflow from its file to what came of it.

use serde_json::{Value, json};

use super::{Execution, keep, live, statuses, step};
use crate::support::TestHome;

const WHOLE: &str = r#"
name: Whole
inputs:
  word: {description: what the agent says}
  cwd: {description: where it is said}
cwd: ${cwd}
steps:
  - name: ask
    type: session
    provider: demo
    prompt: 'SAY: {"word": "${word}"}'
    extract:
      said: {type: json, schema: {type: object, required: [word], properties: {word: {type: string}}}}
  - name: again
    type: send
    session: ask
    prompt: "SAY: Found 7 files\nRUN: true\nSAY: the end"
    extract:
      count: {type: regex, pattern: 'Found (\d+) files'}
  - name: stays
    type: session
    provider: demo
    keep: true
    prompt: "SAY: I stay"
  - name: write
    type: command
    env: {SAID: '${steps.ask.said.word}'}
    run: echo "$SAID" >>ran; cat ran
  - name: told
    type: log
    message: ${steps.again.reply} after ${steps.again.count}
outputs:
  word: ${steps.write.result}
  told: ${steps.told.result}
"#;

#[test]
fn a_workflow_from_its_file_to_what_came_of_it() {
    let home = TestHome::new();
    home.policy(&json!([{ "id": "true", "action": "allow", "command": "true" }]));
    let file = keep(&home, "whole", WHOLE);
    home.run(&["workflow", "validate", &file]).ok();
    let plan = home.run(&["workflow", "plan", &file]).ok().stdout;
    for step in ["ask", "again", "stays", "write", "told"] {
        assert!(plan.contains(step), "{plan}");
    }
    let created = home
        .run(&["workflow", "create", &file, "--json"])
        .ok()
        .json();
    let id = created["workflow"]["id"].as_str().unwrap();
    assert_eq!(home.run(&["workflow", "get", id]).ok().stdout, WHOLE);

    // What is missing is said before anything is begun.
    let missing = home.run(&["workflow", "run", id, "--wait"]);
    assert_eq!(missing.code, 1, "{missing:?}");
    assert!(missing.stderr.contains("`word`"), "{missing:?}");

    let done = home.run(&["workflow", "run", id, "--var", "word=it's so", "--wait"]);
    let printed = format!("{done:?}\n{}", home.daemon_log());
    assert_eq!(done.code, 0, "{printed}");
    for line in [
        "told: the end after 7",
        "word = it's so",
        "✓ write  command",
    ] {
        assert!(done.stdout.contains(line), "{printed}");
    }
    assert_eq!(
        std::fs::read_to_string(home.path("work/ran")).unwrap(),
        "it's so\n"
    );
    assert_eq!(
        live(&home),
        ["stays"],
        "the others are stopped, `keep` stays"
    );

    let list = home
        .run(&["workflow", "executions", id, "--json"])
        .ok()
        .json();
    let execution = list["executions"][0]["id"].as_str().unwrap();
    let execution = Execution {
        home: &home,
        id: execution[..8].to_owned(),
    };
    let shown = execution.show();
    let names = ["ask", "again", "stays", "write", "told"];
    let steps: Vec<Value> = names
        .iter()
        .map(|name| json!([name, "completed"]))
        .collect();
    assert_eq!(statuses(&shown), json!(["completed", steps]));
    assert_eq!(
        shown["execution"]["outputs"],
        json!({ "word": "it's so", "told": "the end after 7" })
    );
    assert_eq!(
        step(&shown, "ask")["sessionId"],
        step(&shown, "again")["sessionId"]
    );
    let session = home.session(step(&shown, "ask")["sessionId"].as_str().unwrap());
    assert_eq!(session["exit"]["reason"], "stopped");
    assert!(
        execution
            .tell("logs", &[])
            .ok()
            .stdout
            .contains("the end after 7")
    );

    let busy = execution.tell("cancel", &[]);
    assert_eq!(busy.code, 5, "what is over is not cancelled: {busy:?}");

    // The same again, with another input.
    let again = [
        "workflow",
        "rerun",
        &execution.id,
        "--var",
        "word=again",
        "--wait",
    ];
    let again = home.run(&again).ok().stdout;
    assert!(
        again.contains("  word =\n    it's so\n    again"),
        "{again}"
    );
}

#[test]
fn the_endpoint_of_the_existing_codepiper_begins_an_execution() {
    let home = TestHome::new();
    let definition = json!({ "name": "Old", "steps": [
        { "name": "one", "type": "session", "provider": "demo", "cwd": "${CWD}",
          "prompt": "SAY: FEEDBACK: rename it", "wait": [{ "type": "stop" }],
          "extract": { "feedback": { "type": "regex", "pattern": "FEEDBACK: (.*)" } } },
        { "name": "two", "type": "log", "message": "${steps.one.feedback}" },
    ]});
    let body = json!({ "id": "old", "definition": definition });
    home.call("POST", "/workflows", &body);
    let body = json!({ "variables": { "CWD": home.work() } }).to_string();
    let (status, text) = home.http("POST", "/workflows/old/execute", body.as_bytes());
    let begun: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (status, &begun["status"]),
        (202, &json!("pending")),
        "{text}"
    );
    let id = begun["executionId"].as_str().unwrap().to_owned();
    let execution = Execution { home: &home, id };
    let shown = execution.end();
    assert_eq!(shown["execution"]["status"], "completed", "{shown}");
    assert_eq!(step(&shown, "two")["result"]["result"], "rename it");
    assert!(live(&home).is_empty());
}
