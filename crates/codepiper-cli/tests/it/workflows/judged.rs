//! What rules and people have to say about a workflow's commands and questions.

use serde_json::json;

use super::{Execution, step};
use crate::support::TestHome;

#[test]
fn a_command_is_judged_by_the_rules() {
    let home = TestHome::new();
    home.policy(&json!([
        { "id": "never", "action": "deny", "command": "rm *" },
        { "id": "asks", "action": "ask", "command": "touch *" },
    ]));
    let command = |line: &str| {
        format!("name: Command\ncwd: ${{cwd}}\nsteps: [{{name: it, type: command, run: {line}}}]\n")
    };
    std::fs::write(home.path("work/dear"), "").unwrap();
    let denied = Execution::begin(&home, "denied", &command("rm dear"), &[]);
    let shown = denied.end();
    assert_eq!(shown["execution"]["status"], "failed");
    let error = shown["execution"]["error"]["message"].to_string();
    assert!(error.contains("never` denies `rm dear`"), "{error}");
    assert!(home.path("work/dear").exists());

    for (word, status, is_made) in [("deny", "failed", false), ("approve", "completed", true)] {
        let asked = Execution::begin(&home, "asked", &command("touch made"), &[]);
        let asks = asked.until("it", "asks", |it| it["question"].is_string());
        let question = asks["question"].as_str().unwrap();
        assert!(question.ends_with("touch made"), "{question}");
        assert!(!home.path("work/made").exists());
        asked.tell(word, &[]).ok();
        assert_eq!(asked.end()["execution"]["status"], status, "{word}");
        assert_eq!(home.path("work/made").exists(), is_made, "{word}");
    }

    // Of this no rule speaks: then the default counts.
    for (default, status) in [("deny", "failed"), ("ask", "completed")] {
        home.run(&["policy", "default", default]).ok();
        let unruled = Execution::begin(&home, "unruled", &command("echo hi"), &[]);
        assert_eq!(unruled.end()["execution"]["status"], status, "{default}");
    }
    let noted = home.run(&["audit", "entries", "--kind", "workflow_command", "--json"]);
    let noted = noted.ok().stdout;
    assert!(
        noted.contains("rm dear") && noted.contains("echo hi"),
        "{noted}"
    );
}

#[test]
fn a_person_is_asked_and_their_word_counts() {
    let home = TestHome::new();
    let text = "name: Sure\ncwd: ${cwd}\nsteps:\n\
        - {name: sure, type: approve, message: 'Keep ${cwd}?'}\n\
        - {name: kept, type: log, message: 'kept by ${steps.sure.by}: ${steps.sure.note}'}\n";
    let yes = Execution::begin(&home, "sure", text, &[]);
    let asks = yes.until("sure", "asks", |sure| sure["question"].is_string());
    assert_eq!(asks["question"], format!("Keep {}?", home.work()));
    let listed = home.run(&["workflow", "executions"]).ok().stdout;
    assert!(listed.contains("running, asks"), "{listed}");
    yes.tell("approve", &["--note", "of course"]).ok();
    let shown = yes.end();
    assert_eq!(
        step(&shown, "kept")["result"]["result"],
        "kept by owner: of course"
    );

    let no = Execution::begin(&home, "sure", text, &[]);
    no.until("sure", "asks", |sure| sure["question"].is_string());
    no.tell("deny", &["sure", "--note", "not yet"]).ok();
    let shown = no.end();
    assert_eq!(
        shown["execution"]["error"]["message"],
        "refused by owner: not yet"
    );
    let again = no.tell("approve", &["sure"]);
    assert_eq!(again.code, 5, "nothing is asked any more: {again:?}");
}
