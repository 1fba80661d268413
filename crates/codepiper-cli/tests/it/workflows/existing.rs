//! Workflows in the form of the existing CodePiper run unchanged, the demo agent in every role.

use serde_json::{Value, json};

use super::{Execution, live, statuses, step};
use crate::support::TestHome;

macro_rules! existing {
    ($name:literal) => {
        include_str!(concat!(
            "../../../../codepiper-workflow/tests/cases/existing/",
            $name,
            ".yaml"
        ))
    };
}

/// What the demo agent answers to a prompt without directives.
fn reply(prompt: &str) -> String {
    format!("The CodePiper demo agent read “{prompt}”. It only plays scripts: see /help.")
}

/// Runs one to its end, with the directories it names made; nothing of it is left.
#[track_caller]
fn run(home: &TestHome, name: &str, text: &str, variables: &[&str]) -> Value {
    let mut args = vec!["--provider", "demo"];
    for variable in variables {
        args.extend(["--var", variable]);
    }
    // They start in places of their author's machine.
    let places = ["/default/path", "/tmp/project", "/tmp/repo"];
    let text = places.iter().fold(text.to_owned(), |text, place| {
        text.replace(place, &home.work())
    });
    let execution = Execution::begin(home, name, &text, &args);
    let shown = execution.end();
    let log = execution.log();
    assert_eq!(
        shown["execution"]["status"],
        "completed",
        "{log:#?}\n{}",
        home.daemon_log()
    );
    assert!(live(home).is_empty(), "{name}: {:?}", live(home));
    shown
}

#[test]
fn the_built_in_ones() {
    let home = TestHome::new();
    let shown = run(
        &home,
        "sequential-review",
        existing!("sequential-review"),
        &["FEATURE=search\nSAY: Created file: a.rs"],
    );
    assert_eq!(step(&shown, "developer")["result"]["files_created"], "a.rs");
    let fixed = &step(&shown, "fixer")["result"]["reply"];
    assert_eq!(*fixed, reply("Do what the review says:"));

    let shown = run(
        &home,
        "parallel-research",
        existing!("parallel-research"),
        &["TOPIC=tmux\nSAY: SUMMARY: it works"],
    );
    for (id, key) in [
        ("research-docs", "docs_summary"),
        ("research-code", "code_summary"),
        ("research-community", "community_summary"),
    ] {
        assert_eq!(step(&shown, id)["result"][key], "it works");
    }
    assert_eq!(
        step(&shown, "synthesize")["result"]["reply"],
        "SUMMARY: it works"
    );

    // Without a number of failures there is nothing to mend.
    let shown = run(&home, "test-and-fix", existing!("test-and-fix"), &[]);
    let steps = json!([
        ["run-tests", "completed"],
        ["check-results", "completed"],
        ["success", "completed"],
    ]);
    assert_eq!(statuses(&shown), json!(["completed", steps]));
}

#[test]
fn those_of_its_documentation() {
    let home = TestHome::new();
    let shown = run(
        &home,
        "foreach-files",
        existing!("foreach-files"),
        &["files=[\"a.ts\\nSAY: Result: good\", \"b.ts\"]"],
    );
    assert_eq!(step(&shown, "process-file[0]")["result"]["result"], "good");
    assert_eq!(
        step(&shown, "process-file[1]")["result"]["reply"],
        reply("Look at b.ts")
    );
    assert_eq!(step(&shown, "process-files")["result"]["count"], 2);

    let shown = run(&home, "retry-strategy", existing!("retry-strategy"), &[]);
    assert_eq!(
        step(&shown, "failure-log")["status"],
        "completed",
        "{shown}"
    );

    let shown = run(&home, "documented", existing!("documented"), &[]);
    let joined = &step(&shown, "synthesize")["result"]["reply"];
    let read = [reply("Read"), reply("Search")].join(" and ");
    let first: String = format!("Join {read}").chars().take(59).collect();
    assert_eq!(*joined, reply(&format!("{first}…")));
    assert_eq!(step(&shown, "well")["status"], "completed", "{shown}");
}
