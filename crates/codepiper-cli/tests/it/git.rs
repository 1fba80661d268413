//! What an agent changed, seen with git and seen to.

use std::os::unix::fs::symlink;
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
    assert!(
        done.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout).unwrap()
}

/// A repository with one commit where sessions start.
fn repository(home: &TestHome) -> PathBuf {
    let dir = home.path("work");
    git(&dir, &["init", "--quiet", "--initial-branch=main"]);
    git(&dir, &["config", "user.name", "Mia"]);
    git(&dir, &["config", "user.email", "mia@example.org"]);
    std::fs::write(dir.join("a.txt"), "one\ntwo\nthree\n").unwrap();
    std::fs::write(dir.join("old name"), "x\n".repeat(50)).unwrap();
    git(&dir, &["add", "."]);
    git(&dir, &["commit", "--quiet", "-m", "Begin"]);
    dir
}

fn get(home: &TestHome, id: &str, what: &str) -> Value {
    home.call("GET", &format!("/sessions/{id}/git/{what}"), &Value::Null)
}

fn letters(status: &Value) -> Vec<String> {
    let of = |e: &Value| {
        let letter = |name: &str| e[name].as_str().unwrap().to_owned();
        format!(
            "{}{} {}",
            letter("indexStatus"),
            letter("workTreeStatus"),
            e["path"].as_str().unwrap()
        )
    };
    status["status"]
        .as_array()
        .unwrap()
        .iter()
        .map(of)
        .collect()
}

#[test]
fn what_differs_is_shown_staged_and_committed() {
    let home = TestHome::new();
    let dir = repository(&home);
    let id = home.demo(&[]);
    std::fs::write(dir.join("a.txt"), "one\nTWO\nthree\n").unwrap();
    std::fs::rename(dir.join("old name"), dir.join("new name")).unwrap();
    std::fs::write(dir.join("\u{fc}ber\nzwei"), "new\n").unwrap();
    std::fs::write(dir.join("picture"), b"\x89PNG\r\n\x1a\n\0\0").unwrap();
    let paths = json!({ "paths": ["old name", "new name"] });
    home.call("POST", &format!("/sessions/{id}/git/stage"), &paths);
    let status = get(&home, &id, "status");
    assert_eq!(status["branch"], "main");
    assert_eq!(
        letters(&status),
        [
            " M a.txt",
            "R  new name",
            "?? picture",
            "?? \u{fc}ber\nzwei"
        ]
    );
    let diff = get(&home, &id, "diff?path=a.txt");
    assert!(
        diff["diff"].as_str().unwrap().contains("-two\n+TWO\n"),
        "{diff}"
    );
    let new = get(&home, &id, "diff?path=%C3%BCber%0Azwei");
    assert!(new["diff"].as_str().unwrap().contains("+new\n"), "{new}");
    let staged = get(&home, &id, "diff-stat?staged=true");
    assert_eq!(staged["files"][0]["origPath"], "old name");
    let raw = home.http(
        "GET",
        &format!("/sessions/{id}/git/file-raw?ref=WORKING_TREE&path=picture"),
        b"",
    );
    assert_eq!(raw.0, 200);
    let picture = get(&home, &id, "file?ref=WORKING_TREE&path=picture");
    assert_eq!(picture["isBinary"], true);
    assert_eq!(
        get(&home, &id, "file?ref=HEAD&path=a.txt")["content"],
        "one\ntwo\nthree\n"
    );

    home.run(&["git", "unstage", &id, "old name", "new name"])
        .ok();
    home.run(&["git", "stage", &id, "a.txt"]).ok();
    let hash = home.run(&["git", "commit", &id, "-m", "Shout"]).ok();
    let log = get(&home, &id, "log");
    assert_eq!(log["log"][0]["hash"], hash.stdout.trim());
    assert_eq!(log["log"][0]["message"], "Shout");
    let shown = home
        .run(&["git", "diff", &id, "--commit", "HEAD"])
        .ok()
        .stdout;
    assert!(shown.contains("+TWO"), "{shown}");
    git(&dir, &["checkout", "--quiet", "-b", "side"]);
    std::fs::write(dir.join("a.txt"), "side\n").unwrap();
    git(&dir, &["commit", "--quiet", "-am", "Side"]);
    let base = get(&home, &id, "diff-stat?base=main");
    assert_eq!(base["files"][0]["path"], "a.txt");
    let branches = get(&home, &id, "branches");
    assert_eq!(branches["currentBranch"], "side");
    assert_eq!(branches["defaultBranch"], "main");
    let nothing = home.run(&["git", "commit", &id, "-m", "Nothing"]);
    assert_eq!(nothing.code, 5, "{}", nothing.stderr);
    assert!(nothing.stderr.contains("nothing"), "{}", nothing.stderr);
}

#[test]
fn what_is_discarded_comes_back() {
    let home = TestHome::new();
    let dir = repository(&home);
    let id = home.demo(&[]);
    let read = |name: &str| std::fs::read_to_string(dir.join(name)).ok();
    std::fs::write(dir.join("a.txt"), "staged\n").unwrap();
    home.run(&["git", "stage", &id, "a.txt"]).ok();
    std::fs::write(dir.join("a.txt"), "mine\n").unwrap();
    std::fs::write(dir.join("new"), "made\n").unwrap();
    std::fs::remove_file(dir.join("old name")).unwrap();
    let discard = home
        .run(&["git", "discard", &id, "a.txt", "new", "old name", "--yes"])
        .ok();
    assert_eq!(
        read("a.txt").as_deref(),
        Some("staged\n"),
        "the index stays"
    );
    assert_eq!(read("new"), None);
    assert!(read("old name").is_some());
    let undo = home.run(&["git", "undo", &id, discard.stdout.trim()]).ok();
    assert_eq!(read("a.txt").as_deref(), Some("mine\n"));
    assert_eq!(read("new").as_deref(), Some("made\n"));
    assert_eq!(read("old name"), None);
    home.run(&["git", "undo", &id, undo.stdout.trim()]).ok();
    assert_eq!(read("a.txt").as_deref(), Some("staged\n"));
    assert_eq!(git(&dir, &["branch", "--list"]).trim(), "* main");
    let unknown = home.run(&["git", "undo", &id, "nothing"]);
    assert_eq!(unknown.code, 3, "{}", unknown.stderr);
}

#[test]
fn nothing_leads_out_of_the_repository_and_nothing_in_it_is_run() {
    let home = TestHome::new();
    let dir = repository(&home);
    let id = home.demo(&[]);
    std::fs::write(home.path("secret"), "s3cret\n").unwrap();
    symlink("../secret", dir.join("link")).unwrap();
    symlink("..", dir.join("up")).unwrap();
    for (path, code) in [
        ("link", 404),
        ("up/secret", 404),
        ("../secret", 400),
        (".git/config", 400),
        ("%2Fetc%2Fpasswd", 400),
    ] {
        for what in ["file", "file-raw"] {
            let path = format!("/sessions/{id}/git/{what}?ref=WORKING_TREE&path={path}");
            let (status, body) = home.http("GET", &path, b"");
            assert_eq!(status, code, "{path}: {body}");
            assert!(!body.contains("s3cret"));
        }
    }
    let diff = home.http("GET", &format!("/sessions/{id}/git/diff?path=link"), b"");
    assert!(!diff.1.contains("s3cret"), "{}", diff.1);
    let ran = home.path("ran");
    let touch = format!("#!/bin/sh\ntouch {}\n", ran.display());
    let hook = dir.join("script");
    std::fs::write(&hook, touch).unwrap();
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let hook = hook.to_str().unwrap();
    for (name, value) in [
        ("diff.external", hook),
        ("core.fsmonitor", hook),
        ("core.pager", hook),
        ("diff.x.textconv", hook),
        ("core.hooksPath", dir.to_str().unwrap()),
        ("filter.x=y.clean", hook),
        ("filter.x=y.process", hook),
        ("filter.x=y.required", "true"),
    ] {
        git(&dir, &["config", name, value]);
    }
    std::fs::write(dir.join(".gitattributes"), "* diff=x filter=x=y\n").unwrap();
    std::fs::write(dir.join("a.txt"), "changed\n").unwrap();
    for what in [
        "status",
        "diff",
        "diff-stat",
        "log",
        "branches",
        "diff?commit=HEAD",
    ] {
        get(&home, &id, what);
    }
    assert!(!ran.exists());
    let option = format!(
        "/sessions/{id}/git/diff?commit=--output%3D{}",
        ran.display()
    );
    assert_eq!(home.http("GET", &option, b"").0, 400);
    assert!(!ran.exists());
    let outside = home.path("elsewhere");
    std::fs::create_dir(&outside).unwrap();
    let other = home.run(&[
        "start",
        "--provider",
        "demo",
        "--dir",
        outside.to_str().unwrap(),
        "--json",
    ]);
    let other = other.ok().json()["session"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let (status, body) = home.http("GET", &format!("/sessions/{other}/git/status"), b"");
    assert_eq!(status, 409, "{body}");
    assert!(body.contains("not_a_repository"), "{body}");
}

#[test]
fn a_repository_without_a_commit_works_too() {
    let home = TestHome::new();
    let dir = home.path("work");
    git(&dir, &["init", "--quiet", "--initial-branch=main"]);
    std::fs::write(dir.join("a.txt"), "one\n").unwrap();
    let id = home.demo(&[]);
    assert_eq!(letters(&get(&home, &id, "status")), ["?? a.txt"]);
    assert_eq!(get(&home, &id, "log")["log"], json!([]));
    home.run(&["git", "stage", &id, "a.txt"]).ok();
    let staged = get(&home, &id, "diff?staged=true");
    assert!(
        staged["diff"].as_str().unwrap().contains("+one"),
        "{staged}"
    );
    home.run(&["git", "unstage", &id, "a.txt"]).ok();
    assert_eq!(letters(&get(&home, &id, "status")), ["?? a.txt"]);
}

#[test]
fn claude_code_gets_comments_on_lines_as_one_prompt() {
    let claude = FakeClaude::new();
    let home = FakeClaude::home();
    let dir = repository(&home);
    std::fs::write(dir.join("a.txt"), "one\nTWO\nthree\n").unwrap();
    let id = claude.start(&home, &[]);
    let comment = [
        "git",
        "comment",
        &id,
        "a.txt:2",
        "why so loud?",
        "a.txt:1-2",
        "and these two",
    ];
    home.run(&comment).ok();
    home.until("the model is asked", || claude.was_told("and these two"));
    let text = claude.history_of("why so loud?");
    for part in [
        "2 comments on your changes",
        "a.txt, line 2:",
        "> TWO\\n",
        "a.txt, lines 1-2:",
        "and these two",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let prompts = home.call(
        "GET",
        &format!("/sessions/{id}/prompts?latest=10"),
        &Value::Null,
    );
    assert_eq!(prompts["prompts"].as_array().unwrap().len(), 1, "{prompts}");
}
