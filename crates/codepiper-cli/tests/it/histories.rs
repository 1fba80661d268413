//! Conversations that branch and break off, of the real agents: what is counted is what was served.

use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::analytics::{check_totals, furnished, is_in_transcript, served};
use crate::claude::FakeClaude;
use crate::codex::FakeCodex;
use crate::fleet::say;
use crate::support::TestHome;

fn send(home: &TestHome, id: &str, prompt: &str) {
    home.run(&["send", id, prompt, "--wait", "--timeout", "60"])
        .ok();
}

fn idle(home: &TestHome, id: &str) {
    home.run(&["wait", id, "--timeout", "30"]).ok();
}

fn fork(home: &TestHome, id: &str) -> String {
    let fork = home.run(&["fork", id, "--json"]).ok().json();
    let fork = fork["session"]["id"].as_str().unwrap().to_owned();
    idle(home, &fork);
    fork
}

fn resume(home: &TestHome, id: &str) {
    home.run(&["resume", id]).ok();
    idle(home, id);
}

/// In a fork Claude 2.1.197 writes a compaction down with the next prompt; a hook tells of it before.
fn compact(home: &TestHome, id: &str) {
    let compactions = || {
        let done = home.run(&["conversation", id, "-n", "1000", "--json"]).ok();
        let told = home.events(id).into_iter();
        let told = told.filter(|event| event["type"] == "PostCompact").count();
        told + done.stdout.matches("\"kind\":\"compaction\"").count()
    };
    let before = compactions();
    home.run(&["slash", id, "compact"]).ok();
    home.until("it was made short", || compactions() > before);
    idle(home, id);
}

/// Kills the session in the middle of a turn whose sub-agent has made a file, and written that down.
fn kill_at_work(home: &TestHome, id: &str, prompt: &str) {
    home.run(&["send", id, prompt]).ok();
    home.until("the sub-agent works", || {
        let done = home.run(&["conversation", id, "-n", "1000", "--json"]).ok();
        done.stdout.contains("\"text\":\"touch made\"")
    });
    home.run(&["kill", id]).ok();
}

/// A fork of a fork, the resume of a fork, a compaction and then a fork: four sessions.
fn branch(home: &TestHome, id: &str) {
    say(home, id, "the first");
    let first = fork(home, id);
    say(home, &first, "in the fork");
    let second = fork(home, &first);
    say(home, &second, "in the fork of the fork");
    home.run(&["stop", &first]).ok();
    resume(home, &first);
    say(home, &first, "in the fork, resumed");
    compact(home, &second);
    say(home, &second, "made short");
    let third = fork(home, &second);
    say(home, &third, "a fork of what was made short");
    say(home, &second, "and its origin");
    compact(home, &third);
    say(home, &third, "made short once more");
    say(home, id, "and the first of all");
}

#[test]
fn claude_is_counted_to_the_token_over_forks_and_sub_agents() {
    let fake = FakeClaude::new();
    let home = furnished(FakeClaude::furnish);
    let id = fake.start(&home, &[]);
    idle(&home, &id);
    branch(&home, &id);
    let agent = |prompt: &str| {
        format!(
            "TOOL: Agent {{\"description\":\"sub work\",\"prompt\":\"{prompt}\",\
             \"subagent_type\":\"general-purpose\"}}"
        )
    };
    let steps = "RUN: echo one\\nRUN: echo two\\nSAY: sub reply";
    let [one, other] = ["a", "b"].map(|name| agent(&format!("{steps} {name}\\nSLOW: 300")));
    send(&home, &id, &format!("{one}\n{other}\nTOGETHER\nSAY: both"));
    let slow = agent("RUN: touch made\\nSAY: many words that take their time\\nSLOW: 60000");
    kill_at_work(&home, &id, &slow);
    resume(&home, &id);
    say(&home, &id, "after it was killed");
    check_totals(&home, 4, served(&fake.requests(), is_in_transcript));
}

#[test]
fn codex_is_counted_to_the_token_over_forks_and_sub_agents() {
    let fake = FakeCodex::new();
    let home = furnished(FakeCodex::furnish);
    let id = fake.start(&home, &[]);
    idle(&home, &id);
    branch(&home, &id);
    let agent =
        |prompt: &str| format!("TOOL: multi_agent_v1__spawn_agent {{\"message\":\"{prompt}\"}}");
    let [one, other] = ["a", "b"].map(|name| agent(&format!("RUN: echo {name}\\nSAY: {name}")));
    send(
        &home,
        &id,
        &format!("{one}\n{other}\nTOGETHER\nWAIT: 3000\nSAY: both"),
    );
    let slow = agent("RUN: touch made\\nSAY: many words that take their time\\nSLOW: 60000");
    let slow = format!("{slow}\nWAIT: 60000\nSAY: never");
    kill_at_work(&home, &id, &slow);
    resume(&home, &id);
    say(&home, &id, "after it was killed");
    // The same conversation, in another session.
    let thread = home.session(&id)["providerSessionId"].clone();
    home.run(&["delete", &id, "--stop", "--yes"]).ok();
    let other = fake.start(&home, &["--resume", thread.as_str().unwrap()]);
    idle(&home, &other);
    say(&home, &other, "in another session");
    check_totals(&home, 5, served(&fake.model.requests(), |_| true));
}

/// Adds a line to a rollout, as another version of Codex may write it.
fn append(path: &Path, kind: &str, payload: &Value) {
    let mut file = std::fs::File::options();
    let mut file = file.create(true).append(true).open(path).unwrap();
    let line = json!({ "timestamp": "2026-11-23T10:00:00Z", "type": kind, "payload": payload });
    writeln!(file, "{line}").unwrap();
}

#[test]
fn a_sub_agent_of_codex_that_is_named_before_its_rollout_is_there_counts() {
    let fake = FakeCodex::new();
    let home = furnished(FakeCodex::furnish);
    let id = fake.start(&home, &[]);
    idle(&home, &id);
    say(&home, &id, "the first");
    let path = home.session(&id)["transcriptPath"].clone();
    let path = Path::new(path.as_str().unwrap());
    let late = "01a20ae2-0000-7000-8000-000000000000";
    let named = json!({ "type": "CollabAgentToolCall", "id": "c1", "tool": "spawn_agent",
        "receiver_thread_ids": [late] });
    let named = json!({ "type": "item_completed", "turn_id": "t", "item": named });
    append(path, "event_msg", &named);
    let words = json!({ "type": "AgentMessage", "id": "m1", "content": [{ "text": "behind it" }] });
    let words = json!({ "type": "item_completed", "turn_id": "t", "item": words });
    append(path, "event_msg", &words);
    home.until("its name was read", || {
        let done = home.run(&["conversation", &id]).ok();
        done.stdout.contains("behind it")
    });
    // Told twice, it is one answer.
    let rollout = path.with_file_name(format!("rollout-2026-11-23T10-00-00-{late}.jsonl"));
    let answer = json!({ "response_id": "late", "turn_id": "t",
        "usage": { "input_tokens": 7, "output_tokens": 5 } });
    append(&rollout, "token_usage_record", &answer);
    append(&rollout, "token_usage_record", &answer);
    let mut expected = served(&fake.model.requests(), |_| true);
    let sums = expected.iter_mut().zip([7, 5, 0, 0, 1]);
    sums.for_each(|(sum, late)| *sum += late);
    check_totals(&home, 1, expected);
}
