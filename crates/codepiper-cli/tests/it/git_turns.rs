//! What each turn of an agent changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::claude::FakeClaude;
use crate::support::TestHome;

/// Runs git as a person does.
fn git(dir: &Path, args: &[&str]) -> String {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=Mia", "-c", "user.email=mia@example.org"]);
    git.args(args).current_dir(dir);
    let done = git.output().unwrap();
    let words = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{args:?}: {words}");
    String::from_utf8(done.stdout).unwrap()
}

/// A repository with one commit where sessions start.
fn repository(home: &TestHome) -> PathBuf {
    let dir = home.path("work");
    git(&dir, &["init", "--quiet", "--initial-branch=main"]);
    git(&dir, &["config", "user.name", "Mia"]);
    git(&dir, &["config", "user.email", "mia@example.org"]);
    for name in ["a.txt", "b.txt", "c.txt"] {
        std::fs::write(dir.join(name), format!("{name}\none\ntwo\n")).unwrap();
    }
    std::fs::write(dir.join(".gitignore"), "ignored\n").unwrap();
    git(&dir, &["add", "."]);
    git(&dir, &["commit", "--quiet", "-m", "Begin"]);
    dir
}

fn turns(home: &TestHome, id: &str) -> Vec<Value> {
    let path = format!("/sessions/{id}/git/turns");
    let answer = home.call("GET", &path, &Value::Null);
    answer["turns"].as_array().unwrap().clone()
}

/// Has the demo agent run a line as its turn `number`: the request is approved once the beginning is
/// noted, and the turn is awaited until its end is.
fn turn(home: &TestHome, id: &str, number: u64, line: &str) -> Value {
    home.run(&["send", id, &format!("RUN: {line}")]).ok();
    home.until("the beginning is noted", || {
        let latest = turns(home, id);
        latest.first().is_some_and(|turn| turn["turn"] == number)
    });
    let approval = home.pending(id);
    assert_eq!(home.answer(&approval, "allow", "").0, 200);
    home.until("the end is noted", || {
        turns(home, id)[0]["endedAt"].is_string()
    });
    let latest = turns(home, id)[0].clone();
    assert_eq!(latest["turn"], number, "{:#?}", home.events(id));
    latest
}

fn diff(home: &TestHome, id: &str, turn: &str) -> String {
    home.run(&["git", "diff", id, "--turn", turn]).ok().stdout
}

/// All that a person would see of git.
fn seen(dir: &Path) -> String {
    [
        &["status", "--porcelain=v2", "--branch"][..],
        &["ls-files", "--stage"],
        &["stash", "list"],
        &["reflog", "--all"],
        &["log", "--all", "--oneline"],
    ]
    .map(|args| git(dir, args))
    .join("--\n")
}

#[test]
fn each_turn_shows_what_it_changed_and_nothing_else() {
    let home = TestHome::new();
    let dir = repository(&home);
    let id = home.demo(&[]);
    std::fs::write(dir.join("a.txt"), "mine and staged\n").unwrap();
    git(&dir, &["add", "a.txt"]);
    std::fs::write(dir.join("mine"), "before\n").unwrap();

    let first = turn(
        &home,
        &id,
        1,
        "echo new > 'n \u{fc}'; rm b.txt; echo x > ignored",
    );
    assert_eq!(
        json!([
            first["files"],
            first["added"],
            first["removed"],
            first["problem"]
        ]),
        json!([2, 1, 3, null])
    );
    // What the person does between the turns is theirs.
    std::fs::write(dir.join("c.txt"), "the person's\n").unwrap();
    std::fs::write(dir.join("mine"), "after\n").unwrap();
    git(&dir, &["checkout", "--", "b.txt"]);
    std::fs::remove_file(dir.join("n \u{fc}")).unwrap();
    let second = turn(
        &home,
        &id,
        2,
        "echo three >> b.txt; git add b.txt; git -c user.name=A -c user.email=a@b commit -qm Agent b.txt",
    );
    assert_eq!(json!([second["files"], second["added"]]), json!([1, 1]));
    let before = (seen(&dir), std::fs::read(dir.join(".git/index")).unwrap());
    let third = turn(&home, &id, 3, "true");
    let index = std::fs::read(dir.join(".git/index")).unwrap();
    assert_eq!(
        (seen(&dir), index),
        before,
        "nothing of the person's is touched"
    );
    assert_eq!(json!([third["files"], third["problem"]]), json!([0, null]));

    let (first, second) = (diff(&home, &id, "1"), diff(&home, &id, "2"));
    assert!(
        first.contains("+new\n") && first.contains("-b.txt\n"),
        "{first}"
    );
    assert!(second.contains("+three\n"), "{second}");
    for text in ["mine", "ignored", "person", "a.txt"] {
        assert!(!first.contains(text), "{text}: {first}");
        assert!(!second.contains(text), "{text}: {second}");
    }
    assert_eq!(diff(&home, &id, "last"), "");
    let stat = home
        .run(&["git", "diff", &id, "b.txt", "--turn", "2", "--stat"])
        .ok();
    assert_eq!(stat.stdout, "     1      0  b.txt\n");

    assert_eq!(git(&dir, &["diff", "--cached", "--name-only"]), "a.txt\n");
    let mut left = home.path(".codepiper/turns").read_dir().unwrap();
    assert!(left.next().is_none(), "copies of the index are gone");

    let (code, body) = home.http("GET", &format!("/sessions/{id}/git/diff?turn=9"), b"");
    assert!(
        code == 404 && body.contains("turn_not_found"),
        "{code} {body}"
    );
    let both = format!("/sessions/{id}/git/diff-stat?turn=1&commit=HEAD");
    let (code, body) = home.http("GET", &both, b"");
    assert!(code == 400 && body.contains("`commit`"), "{code} {body}");

    let kept = || git(&dir, &["for-each-ref", "refs/codepiper/turns"]);
    assert_eq!(
        kept().lines().count(),
        4,
        "of one that changed nothing nothing is kept: {}",
        kept()
    );
    git(&dir, &["gc", "--quiet", "--prune=now"]);
    assert_eq!(diff(&home, &id, "1"), first);
    home.run(&["delete", "--stop", "--yes", &id]).ok();
    home.until("the repository has forgotten the turns", || {
        kept().is_empty()
    });
}

#[test]
fn a_turn_that_goes_on_is_compared_with_the_files_as_they_are_and_a_killed_daemon_goes_on_with_it()
{
    let mut home = TestHome::new();
    let dir = home.path("work");
    git(&dir, &["init", "--quiet", "--initial-branch=main"]);
    git(&dir, &["init", "--quiet", "inner"]);
    std::fs::write(dir.join("kept"), "x\n").unwrap();
    let id = home.demo(&[]);
    home.run(&["send", &id, "RUN: echo made > made"]).ok();
    home.until("the beginning is noted", || turns(&home, &id).len() == 1);
    std::fs::write(dir.join("other"), "1\n2\n").unwrap();
    let going = turns(&home, &id)[0].clone();
    assert_eq!(
        json!([
            going["turn"],
            going["endedAt"],
            going["files"],
            going["added"]
        ]),
        json!([1, null, 1, 2])
    );
    assert!(diff(&home, &id, "last").contains("+++ b/other"));
    home.kill_daemon();
    home.start_daemon();
    let approval = home.pending(&id);
    assert_eq!(home.answer(&approval, "allow", "").0, 200);
    home.until("the end is noted", || {
        turns(&home, &id)[0]["endedAt"].is_string()
    });
    assert_eq!(turns(&home, &id).len(), 1);
    let shown = diff(&home, &id, "1");
    assert!(
        shown.contains("+made") && shown.contains("b/other"),
        "{shown}"
    );
    assert!(
        !shown.contains("kept") && !shown.contains("inner"),
        "{shown}"
    );
    assert!(git(&dir, &["status", "--porcelain"]).contains("?? kept"));
}

#[test]
fn nothing_that_the_repository_names_is_run() {
    let home = TestHome::new();
    let dir = repository(&home);
    let id = home.demo(&[]);
    let ran = home.path("ran");
    let touch = format!("touch {}; cat", ran.display());
    std::fs::write(dir.join(".gitattributes"), "* filter=x=y\n").unwrap();
    for (name, value) in [
        ("filter.x=y.clean", touch.as_str()),
        ("filter.x=y.process", &touch),
        ("filter.x=y.required", "true"),
        ("core.fsmonitor", &touch),
        ("core.hooksPath", "hooks"),
        ("core.logAllRefUpdates", "always"),
    ] {
        git(&dir, &["config", name, value]);
    }
    let hook = dir.join("hooks/reference-transaction");
    std::fs::create_dir(dir.join("hooks")).unwrap();
    std::fs::write(&hook, format!("#!/bin/sh\n{touch} >/dev/null\n")).unwrap();
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let large = "dd if=/dev/zero of=large bs=1M count=11 status=none";
    let done = turn(&home, &id, 1, &format!("echo four >> a.txt; {large}"));
    assert_eq!(json!([done["files"], done["added"]]), json!([1, 1]));
    assert!(
        done["problem"].as_str().unwrap().contains("`large`"),
        "{done}"
    );
    assert!(!ran.exists());
    assert!(!dir.join(".git/logs/refs/codepiper").exists());
}

#[test]
fn without_a_repository_there_are_no_turns_and_it_is_said_why() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "SAY: hello", "--wait"]).ok();
    let path = format!("/sessions/{id}/git/turns");
    let answer = home.call("GET", &path, &Value::Null);
    assert_eq!(answer["turns"], json!([]));
    let why = answer["problem"].as_str().unwrap();
    assert!(why.contains("is in no git repository"), "{why}");
    let last = home.run(&["git", "diff", &id, "--turn", "last"]);
    assert!(
        last.code != 0 && last.stderr.contains("no git repository"),
        "{}",
        last.stderr
    );
}

#[test]
fn what_a_turn_of_claude_code_changed_is_shown() {
    let claude = FakeClaude::new();
    let home = FakeClaude::home();
    repository(&home);
    let id = claude.start(&home, &[]);
    let first = turn(&home, &id, 1, "echo by claude > made; rm c.txt");
    assert_eq!(json!([first["files"], first["problem"]]), json!([2, null]));
    let second = turn(&home, &id, 2, "echo more >> made");
    assert_eq!(json!([second["files"], second["added"]]), json!([1, 1]));
    let shown = diff(&home, &id, "last");
    assert!(
        shown.contains("+more\n") && !shown.contains("c.txt"),
        "{shown}"
    );
}
