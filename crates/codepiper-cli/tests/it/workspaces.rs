//! Workspaces: what new sessions in a directory are, and what is run for their worktrees.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::TestHome;
use crate::worktrees::{git, home, repository, worktrees, write};

fn script(path: &Path, text: &str) {
    write(path, &format!("#!/bin/sh\n{text}\n"));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_session_is_what_its_workspace_says_where_nothing_else_is_said() {
    let home = home();
    let repo = repository(&home, "shop");
    home.policy(&json!([{ "id": "all", "action": "allow", "tool": "*" }]));
    home.run(&["env-set", "create", "staging"]).ok();
    home.run_with_input(&["env-set", "set", "staging", "DB"], b"x")
        .ok();
    home.call(
        "POST",
        "/policy-sets",
        &json!({ "id": "strict", "name": "strict" }),
    );
    let dir = repo.display().to_string();
    let args = [
        "workspace",
        "create",
        "shop",
        "--dir",
        &dir,
        "--provider",
        "demo",
        "--model",
        "m-1",
        "--policy-set",
        "strict",
        "--env-set",
        "staging",
        "--worktree",
        "always",
        "--json",
    ];
    let made = home.run(&args).ok().json()["workspace"].clone();
    assert_eq!(made["path"], json!(repo));
    assert_eq!(made["defaults"]["worktree"], "always");
    let id = home.run(&["start", "-w", "shop", "--json"]).ok().json()["session"]["id"].clone();
    let session = home.session(id.as_str().unwrap());
    assert_eq!(session["model"], "m-1");
    assert_eq!(session["metadata"]["workspaceId"], made["id"]);
    assert_eq!(session["metadata"]["worktree"]["repoRoot"], json!(repo));
    let args = ["start", "-w", "shop", "--no-worktree", "--json"];
    let here = home.run(&args).ok().json()["session"].clone();
    assert_eq!(here["cwd"], json!(repo), "not this time");
    let sets = home.call(
        "GET",
        &format!("/sessions/{}/policy-sets", id.as_str().unwrap()),
        &Value::Null,
    );
    assert!(sets.to_string().contains("strict"), "{sets}");
    let started = home.events(id.as_str().unwrap());
    assert_eq!(
        started[0]["payload"]["envSetIds"],
        made["defaults"]["envSetIds"]
    );

    // What is said wins, and what is taken away is not there any more.
    home.run(&[
        "workspace",
        "update",
        "shop",
        "--worktree",
        "ask",
        "--model",
        "",
    ])
    .ok();
    let work = home.work();
    let args = ["start", "-w", "shop", "-d", &work, "-p", "demo", "--json"];
    let other = home.run(&args).ok().json()["session"].clone();
    assert_eq!(other["model"], Value::Null);
    assert_eq!(
        other["cwd"],
        json!(Path::new(&work).canonicalize().unwrap())
    );
    assert_eq!(other["metadata"].get("worktree"), None);
    let shown = home.run(&["workspace", "get", "shop"]).ok().stdout;
    assert!(
        shown.contains("worktree: ask") && !shown.contains("model"),
        "{shown}"
    );
    home.run(&["workspace", "delete", "shop"]).ok();
    assert_eq!(home.run(&["start", "-w", "shop"]).code, 3);
}

#[test]
fn what_is_wrong_with_a_workspace_is_named() {
    let home = TestHome::new();
    let work = home.work();
    let shop = json!({ "name": "shop", "path": work });
    let made = home.call("POST", "/workspaces", &shop)["workspace"].clone();
    home.call(
        "POST",
        "/workspaces",
        &json!({ "name": "other", "path": work }),
    );
    let one = format!("/workspaces/{}", made["id"].as_str().unwrap());
    write(&home.path("file"), "");
    for (method, path, body, status, words) in [
        ("POST", "/workspaces", shop, 409, "`shop`"),
        ("PUT", &one, json!({ "name": "other" }), 409, "`other`"),
        (
            "POST",
            "/workspaces",
            json!({ "name": " ", "path": work }),
            400,
            "`name`",
        ),
        (
            "POST",
            "/workspaces",
            json!({ "name": "x", "path": "rel" }),
            400,
            "`rel`",
        ),
        (
            "POST",
            "/workspaces",
            json!({ "name": "x", "path": home.path("file") }),
            400,
            "file",
        ),
        ("POST", "/workspaces", json!({ "name": "x" }), 400, "path"),
        (
            "PUT",
            &one,
            json!({ "defaults": { "provider": "none" } }),
            400,
            "none",
        ),
        (
            "PUT",
            &one,
            json!({ "defaults": { "policySetIds": ["none"] } }),
            400,
            "none",
        ),
        (
            "PUT",
            &one,
            json!({ "defaults": { "envSetIds": ["none"] } }),
            404,
            "none",
        ),
        (
            "PUT",
            &one,
            json!({ "defaults": { "script": "x" } }),
            400,
            "script",
        ),
        ("PUT", "/workspaces/none", json!({}), 404, "none"),
        ("GET", "/workspaces/none", Value::Null, 404, "none"),
        ("DELETE", "/workspaces/none", Value::Null, 404, "none"),
        (
            "POST",
            "/sessions",
            json!({ "workspaceId": "none" }),
            404,
            "none",
        ),
        (
            "POST",
            "/sessions",
            json!({ "workspaceId": made["id"] }),
            400,
            "provider",
        ),
    ] {
        let bytes = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let (got, answer) = home.http(method, path, bytes.as_bytes());
        assert_eq!(got, status, "{method} {path} {body}: {answer}");
        assert!(answer.contains(words), "{method} {path} {body}: {answer}");
    }
}

#[test]
fn a_worktree_is_set_up_before_its_agent_starts_and_torn_down_before_it_goes() {
    let home = home();
    let repo = repository(&home, "shop");
    let told = home.path("told");
    script(
        &repo.join("tools/setup"),
        "echo ready for $CODEPIPER_BRANCH; echo \"$PWD\" > built.local",
    );
    script(
        &repo.join("tools/down"),
        &format!("echo \"$PWD\" > '{}'", told.display()),
    );
    script(
        &repo.join("tools/broken"),
        "echo one; echo the tool is missing >&2; exit 3",
    );
    let dir = repo.display().to_string();
    let args = [
        "start",
        "-p",
        "demo",
        "-d",
        &dir,
        "--worktree",
        "one",
        "--setup",
        "tools/setup",
        "--teardown",
        "tools/down",
        "--json",
    ];
    let session = home.run(&args).ok().json()["session"].clone();
    let id = session["id"].as_str().unwrap();
    let path = PathBuf::from(session["cwd"].as_str().unwrap());
    let built = std::fs::read_to_string(path.join("built.local")).unwrap();
    assert_eq!(built.trim(), path.display().to_string());
    let events = home.events(id);
    let set_up = events
        .iter()
        .position(|event| event["type"] == "WorktreeSetUp")
        .unwrap();
    let says = json!({ "script": "tools/setup", "succeeded": true, "output": "ready for one" });
    assert_eq!(events[set_up]["payload"], says);
    home.run(&["kill", id]).ok();
    home.run(&["worktree", "finish", "one"]).ok();
    assert!(!path.exists());
    let down = std::fs::read_to_string(told).unwrap();
    assert_eq!(down.trim(), path.display().to_string());

    // A workspace's own program is run, and not one of that name that another repository brought.
    let other = repository(&home, "cloned");
    script(&other.join("tools/setup"), "touch theirs");
    let args = [
        "workspace",
        "create",
        "shop",
        "-d",
        &dir,
        "--setup",
        "tools/setup",
    ];
    home.run(&args).ok();
    let there = other.display().to_string();
    let args = [
        "start",
        "-w",
        "shop",
        "-p",
        "demo",
        "-d",
        &there,
        "--worktree",
        "w",
        "--json",
    ];
    let session = home.run(&args).ok().json()["session"].clone();
    let path = PathBuf::from(session["cwd"].as_str().unwrap());
    assert!(path.join("built.local").exists() && !path.join("theirs").exists());
    home.run(&["kill", session["id"].as_str().unwrap()]).ok();
    home.run(&["worktree", "finish", "w"]).ok();

    // What fails says why, and the worktree is there to be looked at.
    for (script, words) in [
        ("tools/broken", "the tool is missing"),
        ("tools/none", "is no program that can be run"),
        ("src/deep/a", "is no program that can be run"),
    ] {
        let worktree = json!({ "branch": "two", "setupScript": script });
        let body = json!({ "provider": "demo", "cwd": repo, "worktree": worktree });
        let (status, answer) = home.http("POST", "/sessions", body.to_string().as_bytes());
        assert_eq!(status, 409, "{answer}");
        assert!(answer.contains(words), "{answer}");
        let sessions = home.call("GET", "/sessions", &Value::Null);
        let failed = &sessions["sessions"][0];
        assert_eq!(failed["exit"]["reason"], "launch_failed");
        assert!(
            failed["exit"]["detail"].as_str().unwrap().contains(words),
            "{failed}"
        );
        assert!(PathBuf::from(failed["cwd"].as_str().unwrap()).is_dir());
        home.run(&["worktree", "finish", "two"]).ok();
    }
    assert_eq!(worktrees(&home), Vec::<Value>::new());
    // Nobody has said that it is to be run.
    script(&repo.join(".codepiper/setup"), "touch ran");
    git(&home, &repo, &["add", "."]);
    git(&home, &repo, &["commit", "-q", "-m", "scripts"]);
    let body = json!({ "provider": "demo", "cwd": repo, "worktree": {} });
    let made = home.call("POST", "/sessions", &body);
    assert!(
        !PathBuf::from(made["session"]["cwd"].as_str().unwrap())
            .join("ran")
            .exists()
    );
}
