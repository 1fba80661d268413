//! Finding something in the audit: by what it is, when it was, and what stands in it.

use serde_json::{Value, json};

use crate::support::TestHome;

/// Policies of known names, and four decisions: two runs, one that was denied, one that was asked.
fn recorded() -> (TestHome, String) {
    let home = TestHome::new();
    let rules = json!([
        { "id": "ok", "action": "allow", "command": "echo *" },
        { "id": "no", "action": "deny", "command": "touch *", "reason": "Über den Fluss" },
        { "id": "look", "action": "ask", "tool": "Write" },
    ]);
    home.call(
        "POST",
        "/policies",
        &json!({ "id": "p", "name": "p", "rules": rules }),
    );
    let id = home.demo(&[]);
    for prompt in [
        "RUN: echo 100%_sure",
        "RUN: echo \"HI\" there",
        "RUN: touch denied\nSAY: went on",
    ] {
        home.run(&["send", &id, prompt, "--wait"]).ok();
    }
    home.run(&["send", &id, "WRITE: notes.md"]).ok();
    let approval = home.pending(&id);
    assert_eq!(home.answer(&approval, "allow", "").0, 200);
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    home.until("the answer is effective", || {
        home.approval(&approval["id"])["status"] == "effective"
    });
    (home, id)
}

/// What a command finds, oldest first.
fn found(home: &TestHome, args: &[&str], list: &str) -> Vec<Value> {
    let args = [&["audit"], args, &["--json"]].concat();
    let answer = home.run(&args).ok().json();
    let mut rows = answer[list].as_array().unwrap().clone();
    rows.reverse();
    rows
}

#[test]
fn decisions_are_found_by_everything_that_is_known_of_them() {
    let (home, id) = recorded();
    let all = found(&home, &[], "decisions");
    let times: Vec<&str> = all
        .iter()
        .map(|row| row["timestamp"].as_str().unwrap())
        .collect();
    for (args, expected) in [
        (&["--tool", "Bash"][..], &[0, 1, 2][..]),
        (&["--tool", "W*e"], &[3]),
        (&["--tool", "Bas?"], &[]),
        (&["--tool", "[B]ash"], &[]),
        (&["--outcome", "blocked"], &[2]),
        (&["--outcome", "ran"], &[0, 1, 3]),
        (&["--policy", "p"], &[0, 1, 2, 3]),
        (&["--policy", "q"], &[]),
        (&["--rule", "ok"], &[0, 1]),
        (&["--actor", "owner"], &[3]),
        (&["--since", times[1]], &[1, 2, 3]),
        (&["--until", times[1]], &[0]),
        (&["--since", times[1], "--until", times[3]], &[1, 2]),
        (&["--since", "1h"], &[0, 1, 2, 3]),
        (&["--until", "1h"], &[]),
        (&["--text", "100%_"], &[0]),
        (&["--text", "1%s"], &[]),
        (&["--text", "e_h"], &[]),
        (&["--text", "\"hi\""], &[1]),
        (&["--text", "über DEN"], &[2]),
        (&["--text", "NOTES.md"], &[3]),
        (&["--text", "write"], &[3]),
        // Neither the names of fields nor what was not asked counts.
        (&["--text", "file_path"], &[]),
        (&["--text", "sha256"], &[]),
        (&["--session", &id, "--rule", "ok", "--text", "sure"], &[0]),
        (
            &[
                "--tool",
                "Bash",
                "--outcome",
                "ran",
                "--actor",
                "policy",
                "--decision",
                "allow",
            ],
            &[0, 1],
        ),
        (
            &["--tool", "Bash", "--outcome", "ran", "--decision", "deny"],
            &[],
        ),
    ] {
        let expected: Vec<&Value> = expected.iter().map(|n: &usize| &all[*n]).collect();
        let rows = found(&home, args, "decisions");
        assert_eq!(rows.iter().collect::<Vec<_>>(), expected, "{args:?}");
    }
    // A page of what is found goes on with what is found.
    let last = all[1]["id"].as_str().unwrap();
    let earlier = found(
        &home,
        &["--rule", "ok", "--before", last, "-n", "1"],
        "decisions",
    );
    assert_eq!(earlier, [all[0].clone()]);
    for wrong in ["yesterday", "7", "7y", "2026-11-23"] {
        let done = home.run(&["audit", "--since", wrong]);
        assert_eq!(done.code, 2, "{done:?}");
        assert!(done.stderr.contains("2026-11-23T10:00:00Z"), "{done:?}");
    }
}

#[test]
fn what_came_after_is_found_too() {
    let (home, _) = recorded();
    let work = home.work();
    let bold = home.demo(&["--dangerous"]);
    let decisions = found(&home, &[], "decisions");
    let asked = decisions[3]["id"].as_str().unwrap();
    let kinds = |args: &[&str]| -> Vec<String> {
        let args = [&["entries"], args].concat();
        let rows = found(&home, &args, "entries");
        rows.iter()
            .map(|row| row["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        kinds(&["--decision-id", asked]),
        ["asked", "answered", "outcome"]
    );
    assert_eq!(kinds(&["--text", "Über"]), ["policy_created"]);
    assert_eq!(kinds(&["--text", "POLICY_C"]), ["policy_created"]);
    assert_eq!(
        kinds(&["--kind", "outcome", "--text", "blocked"]),
        ["outcome"]
    );
    assert_eq!(kinds(&["--until", "1h"]), [] as [&str; 0]);
    assert_eq!(kinds(&["--since", "1h", "-n", "1"]), ["dangerous_start"]);

    let all = found(&home, &["entries"], "entries");
    let start = all.last().unwrap();
    let facts = json!({ "by": "owner", "cwd": work, "provider": "demo", "sessionId": bold });
    assert_eq!(start["facts"], facts);
    let before = start["seq"].to_string();
    let older = found(&home, &["entries", "--before", &before], "entries");
    assert_eq!(older, all[..all.len() - 1]);
    // Starting again is a start.
    home.run(&["kill", &bold]).ok();
    home.run(&["resume", &bold]).ok();
    assert_eq!(kinds(&["--kind", "dangerous_start"]).len(), 2);
    let unknown = home.run(&["audit", "entries", "--kind", "nope"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("`actor_refused`"), "{unknown:?}");

    let table = home
        .run(&["audit", "entries", "--decision-id", asked])
        .ok()
        .stdout;
    let newest = table.lines().nth(1).unwrap();
    for part in ["outcome", asked, r#"{"outcome":"ran"}"#] {
        assert!(newest.contains(part), "{part}: {table}");
    }
}

#[test]
fn a_telephone_shows_it_line_by_line() {
    let (home, id) = recorded();
    // A tmux server each: one that is ending may still take in the next session.
    let shown = |outer: &str, command: &str| {
        let tmux = |args: &[&str]| {
            let mut tmux = std::process::Command::new("timeout");
            tmux.args(["20", "tmux", "-u", "-f", "/dev/null", "-S"]);
            let output = tmux.arg(home.path(outer)).args(args).output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        let line = format!(
            "HOME={} CODEPIPER_SOCKET={} '{}' {command}; cat",
            home.dir.path().display(),
            home.socket().display(),
            env!("CARGO_BIN_EXE_codepiper"),
        );
        tmux(&[
            "new-session",
            "-d",
            "-x",
            "40",
            "-y",
            "30",
            "sh",
            "-c",
            &line,
        ]);
        let mut screen = String::new();
        home.until("it is shown", || {
            screen = tmux(&["capture-pane", "-p"]);
            screen.contains("end of it")
        });
        tmux(&["kill-server"]);
        screen
    };
    let screen = shown("one", "audit --decision deny; echo end of it");
    let lines: Vec<&str> = screen.lines().collect();
    assert!(lines[0].ends_with("Z deny, blocked"), "{screen}");
    assert_eq!(
        lines[1],
        format!("  {}, by policy p/no", &id[..8]),
        "{screen}"
    );
    assert_eq!(
        lines[2..4],
        ["  Bash: touch denied", "end of it"],
        "{screen}"
    );
    let screen = shown("two", "audit entries --kind answered; echo end of it");
    assert!(
        screen.lines().next().unwrap().contains("Z answered ("),
        "{screen}"
    );
}
