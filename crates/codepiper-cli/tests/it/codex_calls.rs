//! Calls of Codex that are no command and no patch of its own: tools of MCP servers, and what its
//! sub-agents do.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::codex::{FakeCodex, ask, reply, screen, until_idle, until_status};
use crate::support::TestHome;

/// A server with one tool, which writes down what it is told to say.
const SERVER: &str = r#"#!/bin/sh
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  case $line in
    *'"initialize"'*) result='{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"echo","version":"1"}}' ;;
    *'"tools/list"'*) result='{"tools":[{"name":"say","description":"Says it","inputSchema":{"type":"object","properties":{"text":{"type":"string"}}}}]}' ;;
    *'"tools/call"'*)
      printf '%s\n' "$line" >>"$1"
      result='{"content":[{"type":"text","text":"said it"}]}' ;;
    *) continue ;;
  esac
  printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$result"
done
"#;

/// Starts a session with that server.
fn start(fake: &FakeCodex, home: &TestHome) -> String {
    let program = home.path("server");
    std::fs::write(&program, SERVER).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let server = format!(
        "mcp_servers.echo={{command={:?},args=[{:?}]}}",
        program.to_str().unwrap(),
        home.path("said").to_str().unwrap()
    );
    // Temporary folders are open in the sandbox, and this home is in one.
    std::fs::create_dir(home.path("tmp")).unwrap();
    let temporary = format!("TMPDIR={}", home.path("tmp").display());
    let closed = "sandbox_workspace_write.exclude_slash_tmp=true";
    fake.start(
        home,
        &["--env", &temporary, "--", "-c", closed, "-c", &server],
    )
}

fn said(home: &TestHome) -> String {
    std::fs::read_to_string(home.path("said")).unwrap_or_default()
}

fn say(text: &str) -> String {
    format!("TOOL: mcp__echo__say {{\"text\":\"{text}\"}}\nSAY: went on")
}

/// Chooses an option of the dialog in the terminal.
fn choose(home: &TestHome, id: &str, option: &str) {
    home.until("the dialog", || screen(home, id).contains(option));
    let shown = screen(home, id);
    let row = shown.lines().find(|line| line.contains(option)).unwrap();
    let number = row.trim_start_matches(['›', ' ']).chars().take(1);
    home.run(&["keys", id, &number.collect::<String>()]).ok();
}

#[test]
fn a_tool_of_an_mcp_server_is_decided_by_rules_and_by_people() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    home.policy(&json!([
        {"id": "never", "action": "deny", "mcp": {"server": "echo", "tool": "say"}, "args": {"text": "never"}},
        {"id": "fine", "action": "allow", "mcp": {"server": "echo"}, "args": {"text": "fine"}},
    ]));
    let id = start(&fake, &home);
    reply(&home, &id, &say("never"));
    reply(&home, &id, &say("fine"));
    assert!(said(&home).contains("fine") && !said(&home).contains("never"));

    for (text, answer) in [("yes", "approve"), ("no", "deny")] {
        let approval = ask(&home, &id, &say(text));
        assert_eq!(approval["toolName"], "mcp__echo__say");
        assert_eq!(approval["toolInput"], json!({"text": text}));
        home.run(&[answer, approval["id"].as_str().unwrap()]).ok();
        until_status(&home, &approval, "effective");
        until_idle(&home, &id);
    }
    assert!(said(&home).contains("\"yes\"") && !said(&home).contains("\"no\""));

    for (text, option, decision) in [
        ("typed-yes", "Run the tool and continue", "allow"),
        ("typed-no", "Cancel this tool call", "deny"),
    ] {
        let approval = ask(&home, &id, &say(text));
        choose(&home, &id, option);
        let closed = until_status(&home, &approval, "closed");
        assert_eq!(closed["answer"]["by"], "terminal");
        assert_eq!(closed["answer"]["decision"], decision, "{closed}");
        until_idle(&home, &id);
    }
    assert!(said(&home).contains("typed-yes") && !said(&home).contains("typed-no"));
    let decisions = home.decisions(&id);
    let outcomes: Vec<&Value> = decisions.iter().rev().map(|row| &row["outcome"]).collect();
    let expected = ["blocked", "ran", "ran", "blocked", "ran", "blocked"];
    assert_eq!(outcomes, expected, "{decisions:#?}");
}

#[test]
fn what_was_asked_before_a_restart_is_answered_after_it() {
    let fake = FakeCodex::new();
    let mut home = FakeCodex::home();
    let id = start(&fake, &home);
    let outside = home.path("outside").display().to_string();
    for (prompt, answer) in [
        (format!("WRITE: {outside}\nSAY: went on"), "approve"),
        (say("no"), "Cancel this tool call"),
        (say("yes"), "approve"),
    ] {
        let approval = ask(&home, &id, &prompt);
        home.kill_daemon();
        home.start_daemon();
        assert_eq!(home.pending(&id)["id"], approval["id"]);
        if answer == "approve" {
            home.run(&[answer, approval["id"].as_str().unwrap()]).ok();
            until_status(&home, &approval, "effective");
        } else {
            choose(&home, &id, answer);
            let closed = until_status(&home, &approval, "closed");
            assert_eq!(closed["answer"]["decision"], "deny", "{closed}");
        }
        until_idle(&home, &id);
    }
    assert!(std::path::Path::new(&outside).exists());
    assert!(said(&home).contains("\"yes\"") && !said(&home).contains("\"no\""));
    assert_eq!(home.decisions(&id).len(), 3);
}

#[test]
fn what_is_written_along_with_a_no_reaches_the_model() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let id = start(&fake, &home);
    for (prompt, note) in [
        (
            "ESCALATE: touch never\nSAY: went on",
            "SAY: then the other way",
        ),
        (say("never").as_str(), "SAY: then in silence"),
    ] {
        let approval = ask(&home, &id, prompt);
        let name = approval["id"].as_str().unwrap();
        home.run(&["deny", name, "--note", note]).ok();
        until_status(&home, &approval, "effective");
        home.until("what it makes of it", || {
            screen(&home, &id).contains(&note.replace("SAY:", "•"))
        });
        until_idle(&home, &id);
        assert!(fake.history_of(note).contains(&note[5..]));
    }
    let decisions = home.decisions(&id);
    let outcomes: Vec<&Value> = decisions.iter().map(|row| &row["outcome"]).collect();
    assert_eq!(outcomes, ["blocked", "blocked"], "{decisions:#?}");
    assert!(!home.path("work/never").exists() && said(&home).is_empty());
}

#[test]
fn what_a_sub_agent_asks_is_asked_here_too() {
    let fake = FakeCodex::new();
    let mut home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    let inner = r"ESCALATE: touch first\nESCALATE: touch second\nSAY: inner done";
    let prompt = format!(
        "TOOL: multi_agent_v1__spawn_agent {{\"message\":\"{inner}\"}}\nWAIT: 8000\nSAY: outer"
    );
    let approval = ask(&home, &id, &prompt);
    assert_eq!(approval["toolInput"], json!({"command": "touch first"}));
    let own = home.session(&id)["providerSessionId"].clone();
    let agent = approval["agentId"].clone();
    assert!(agent.is_string() && agent != own, "{approval}");
    home.until("its dialog", || {
        screen(&home, &id).contains("$ touch first")
    });
    home.run(&["approve", approval["id"].as_str().unwrap()])
        .ok();
    until_status(&home, &approval, "effective");

    // Who comes back joins the sub-agent, too.
    let second = home.pending(&id);
    home.kill_daemon();
    home.start_daemon();
    assert_eq!(home.pending(&id)["id"], second["id"]);
    home.run(&["deny", second["id"].as_str().unwrap()]).ok();
    until_status(&home, &second, "effective");
    assert!(home.path("work/first").exists() && !home.path("work/second").exists());
    let decisions = home.decisions(&id);
    let of_agent = decisions.iter().filter(|row| row["agentId"] == agent);
    let outcomes: Vec<&Value> = of_agent.map(|row| &row["outcome"]).collect();
    assert_eq!(outcomes, ["blocked", "ran"], "{decisions:#?}");
    let used = home.events(&id).into_iter();
    let mut used = used.filter(|event| event["type"] == "TokensUsed");
    assert!(used.any(|event| {
        let payload = &event["payload"];
        payload["agent_id"] == agent && payload["model"] == "fake-codex"
    }));
    // The terminal would leave the dialogs up.
    home.until("the turn is over", || {
        screen(&home, &id).contains("• outer")
    });
    until_idle(&home, &id);
    assert_eq!(reply(&home, &id, "SAY: goes on"), "goes on");
}
