//! `codepiper audit export`: what is written can be checked, opened, and told from a part of it.

use std::fmt::Write as _;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;

use codepiper_store::Connection;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{TestHome, finish};

fn recorded() -> (TestHome, String) {
    let home = TestHome::new();
    let rules = json!([
        { "id": "ok", "action": "allow", "command": "echo *" },
        { "id": "no", "action": "deny", "command": "touch *", "reason": "=HYPERLINK(\"x\", 1)" },
    ]);
    home.call(
        "POST",
        "/policies",
        &json!({ "id": "p", "name": "p", "rules": rules }),
    );
    let id = home.demo(&[]);
    for prompt in ["RUN: echo 1", "RUN: touch \"a, b\"\nSAY: x", "RUN: echo 2"] {
        home.run(&["send", &id, prompt, "--wait"]).ok();
    }
    (home, id)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn whoever_has_a_line_can_recompute_its_hash() {
    let (home, id) = recorded();
    for (args, count) in [(&[][..], 3), (&["--entries"][..], 4)] {
        let args = [&["audit", "export"], args].concat();
        let rows = lines(&home.run(&args).ok().stdout);
        assert_eq!(rows.len(), count, "{rows:?}");
        let mut last = String::new();
        for row in &rows {
            let text = row["sealed"].as_str().unwrap();
            let sealed: Value = serde_json::from_str(text).unwrap();
            let mut hash = "sha256:".to_owned();
            for byte in Sha256::digest(text.as_bytes()) {
                write!(hash, "{byte:02x}").unwrap();
            }
            assert_eq!(row["hash"], hash);
            assert_eq!(sealed["prevHash"], last.as_str());
            for same in ["timestamp", "toolInput", "facts", "prevHash"] {
                assert_eq!(row.get(same), sealed.get(same), "{same}");
            }
            last = row["hash"].as_str().unwrap().to_owned();
        }
    }
    // The lines are what the list shows, the other way round.
    let mut shown = home.decisions(&id);
    shown.reverse();
    let mut rows = lines(&home.run(&["audit", "export"]).ok().stdout);
    for row in &mut rows {
        row.as_object_mut().unwrap().remove("sealed");
    }
    assert_eq!(rows, shown);
    let denied = home
        .run(&["audit", "export", "--rule", "no", "--text", "A, B"])
        .ok();
    assert_eq!(lines(&denied.stdout).len(), 1);
    assert!(
        home.run(&["audit", "export", "--until", "1h"])
            .ok()
            .stdout
            .is_empty()
    );
    for wrong in [
        &["--entries", "--rule", "no"][..],
        &["--kind", "asked"],
        &["--force"],
        &["--format", "xml"],
    ] {
        let args = [&["audit", "export"], wrong].concat();
        assert_eq!(home.run(&args).code, 2, "{wrong:?}");
    }
}

/// Reads a file as RFC 4180 has it.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut chars, mut quoted) = (text.chars().peekable(), false);
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted && chars.next_if_eq(&'\n').is_some() => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(row.is_empty() && cell.is_empty(), "{text}");
    rows
}

#[test]
fn a_spreadsheet_gets_every_cell_and_runs_none() {
    let (home, id) = recorded();
    let args = ["audit", "export", "--format", "csv"];
    let rows = cells(&home.run(&args).ok().stdout);
    let head = "timestamp,id,sessionId,agentId,toolName,toolInput,decision,source,policyId,ruleId,\
                reason,actor,outcome,hash,prevHash";
    assert_eq!(rows[0].join(","), head);
    let denied = &rows[2];
    assert_eq!(denied[2], id);
    assert_eq!(
        serde_json::from_str::<Value>(&denied[5]).unwrap()["command"],
        "touch \"a, b\""
    );
    assert_eq!(
        denied[6..13],
        [
            "deny",
            "rule",
            "p",
            "no",
            "'=HYPERLINK(\"x\", 1)",
            "policy",
            "blocked"
        ]
    );
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));

    let entries = [&args[..], &["--entries"]].concat();
    let rows = cells(&home.run(&entries).ok().stdout);
    assert_eq!(
        rows[0].join(","),
        "timestamp,seq,kind,decisionId,facts,hash,prevHash"
    );
    assert_eq!(rows[1][2], "policy_created");
}

#[test]
fn a_file_is_private_and_not_written_over() {
    let (home, _) = recorded();
    let export = |more: &[&str]| {
        let args = [&["audit", "export", "--output", "audit.jsonl"], more].concat();
        home.run(&args)
    };
    // What makes no sense leaves no file behind.
    let nobody = "01234567-89ab-4cde-8f01-23456789abcd";
    assert_eq!(export(&["--session", nobody]).code, 3);
    let file = home.path("work/audit.jsonl");
    assert!(!file.exists());
    export(&[]).ok();
    let mode = || file.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    assert_eq!(lines(&std::fs::read_to_string(&file).unwrap()).len(), 3);

    let refused = export(&["--rule", "ok"]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("--force"), "{refused:?}");
    assert_eq!(lines(&std::fs::read_to_string(&file).unwrap()).len(), 3);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    export(&["--rule", "ok", "--force"]).ok();
    assert_eq!(lines(&std::fs::read_to_string(&file).unwrap()).len(), 2);
    assert_eq!(mode(), 0o600);
}

/// Puts many more decisions into the database, far more than fits between the daemon and a reader.
fn multiply(home: &mut TestHome) {
    home.tampered = true;
    let db = Connection::open(home.path(".codepiper/codepiper.db")).unwrap();
    db.execute_batch(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 20000)
         INSERT INTO decisions (id, session_id, request_hash, ts, sealed, prev_hash, hash, decision,
             outcome, body)
         SELECT id || n, session_id, request_hash, ts, sealed, prev_hash, hash, decision, outcome,
             body FROM n, decisions WHERE seq = 1",
    )
    .unwrap();
}

#[test]
fn an_export_that_breaks_off_is_no_export() {
    let (mut home, _) = recorded();
    multiply(&mut home);
    // Readers that stop in the middle keep nobody from reading.
    let mut stuck: Vec<_> = (0..6)
        .map(|_| home.command(["audit", "export"]).spawn().unwrap())
        .collect();
    for child in &mut stuck {
        child
            .stdout
            .as_mut()
            .unwrap()
            .read_exact(&mut [0; 10])
            .unwrap();
    }
    home.run(&["audit", "--text", "nowhere"]).ok();

    // A pipe under a file's name, so that the daemon dies in the middle for sure.
    let pipe = home.path("work/audit.jsonl");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let args = ["audit", "export", "--output", "audit.jsonl", "--force"];
    let cut = home.command(args).spawn().unwrap();
    let mut reader = std::fs::File::open(&pipe).unwrap();
    reader.read_exact(&mut [0; 10]).unwrap();
    home.kill_daemon();
    reader.read_to_end(&mut Vec::new()).unwrap();
    let cut = finish(cut);
    assert_eq!(cut.code, 1, "{}", cut.stderr);
    assert!(
        cut.stderr.contains("`audit.jsonl` is incomplete"),
        "{}",
        cut.stderr
    );
    for child in stuck {
        let done = finish(child);
        assert_eq!(done.code, 1);
        assert!(
            done.stderr.contains("what was printed is incomplete"),
            "{}",
            done.stderr
        );
    }

    home.start_daemon();
    let whole = home.run(&["audit", "export"]).ok();
    assert_eq!(whole.stdout.lines().count(), 20_003);
}
