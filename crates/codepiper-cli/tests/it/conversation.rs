//! What was said and done in sessions, as people read it and look for it.

use std::io::Write as _;
use std::time::Instant;

use serde_json::{Value, json};

use crate::analytics::{PRICES, priced};
use crate::fleet::{Fleet, say};
use crate::support::TestHome;
use crate::viewer::Viewer;

fn entries(home: &TestHome, id: &str) -> Vec<Value> {
    let done = home.call("GET", &format!("/sessions/{id}/conversation"), &Value::Null);
    done["entries"].as_array().unwrap().clone()
}

#[test]
fn a_turn_is_found_shown_and_counted() {
    let fleet = Fleet::new();
    let home = priced(PRICES);
    home.policy(&json!([{ "id": "all", "action": "allow", "tool": "*" }]));
    for id in fleet.start(&home) {
        let provider = home.session(&id)["provider"].as_str().unwrap().to_owned();
        let has_price = provider != "demo";
        let prompt = "RUN: echo ready; echo of the result\nSAY: the cherry is red";
        home.run(&["send", &id, prompt, "--wait", "--timeout", "30"])
            .ok();
        let path = |text: &str| format!("/search?sessionId={id}&text={text}");
        let kinds = |text: &str| -> Vec<Value> {
            let found = home.call("GET", &path(text), &Value::Null)["found"].clone();
            found
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["entry"]["kind"].clone())
                .collect()
        };
        let is_there = || {
            let entries = entries(&home, &id);
            let of = |kind: &str| {
                entries
                    .iter()
                    .filter(|one| one["kind"] == kind)
                    .cloned()
                    .collect::<Vec<_>>()
            };
            let (replies, calls) = (of("reply"), of("tool_call"));
            let has = |entries: &[Value], pointer: &str, text: &str| {
                let texts = entries
                    .iter()
                    .filter_map(|one| one.pointer(pointer)?.as_str());
                texts.into_iter().any(|found| found.contains(text))
            };
            let costs = entries
                .iter()
                .filter(|one| one["usage"]["output"].as_u64().is_some());
            let is_priced = costs
                .clone()
                .all(|one| one["usage"]["costUsd"].is_f64() == has_price);
            let usage = home.call(
                "GET",
                &format!("/analytics/usage?sessionId={id}"),
                &Value::Null,
            );
            has(&of("prompt"), "/text", "the cherry is red")
                && has(&replies, "/text", "the cherry is red")
                && has(&calls, "/text", "echo ready")
                && has(&calls, "/tool/result", "ready\nof the result")
                && costs.count() > 0
                && is_priced
                && usage["total"]["answers"] == 2
                && usage["total"]["costUsd"].is_f64() == has_price
                && kinds("cherry").contains(&json!("reply"))
                && kinds("cherry").contains(&json!("prompt"))
                && kinds("result").contains(&json!("tool_call"))
        };
        let written = Instant::now();
        home.until(&format!("the turn of {provider} is everywhere"), is_there);
        // Machines that are busy with other things take their time: it is told, not judged.
        eprintln!("{provider}: everywhere after {:?}", written.elapsed());
        let call = entries(&home, &id)
            .into_iter()
            .find(|one| one["kind"] == "tool_call")
            .unwrap();
        assert_eq!(call["tool"]["isError"], false, "{call}");
        assert!(call["tool"]["decisionId"].is_string(), "{call}");

        let shown = home.run(&["conversation", &id]).ok().stdout;
        for words in [
            "  the cherry is red",
            "echo ready",
            "  of the result",
            "tokens in",
        ] {
            assert!(shown.contains(words), "{provider}: {words}: {shown}");
        }
        assert_eq!(shown.contains('$'), has_price, "{shown}");
        let document = home.run(&["conversation", &id, "--markdown"]).ok().stdout;
        // What it cost stands behind what was said for that.
        let (_, end) = document.rsplit_once("the cherry is red").unwrap();
        assert!(
            end.contains(" written · ") && end.contains('$') == has_price,
            "{document}"
        );
        let all = entries(&home, &id);
        let place = all[0]["place"].as_str().unwrap();
        let rest = home.call(
            "GET",
            &format!("/sessions/{id}/conversation?after={place}"),
            &Value::Null,
        );
        assert_eq!(rest["entries"][0]["place"], all[1]["place"]);
        assert!(
            document.contains("\n## Reply\n") && document.contains("\n> the cherry is red\n"),
            "{document}"
        );
        let found = home.run(&[
            "search",
            "\"cherry is\"",
            "red*",
            "--session",
            &id,
            "--role",
            "reply",
        ]);
        let found = found.ok().stdout;
        assert!(found.contains("reply\n  the cherry is red"), "{found}");
        assert_eq!(
            home.run(&["search", "\"is cherry\"", "--json"]).ok().json()["found"],
            json!([])
        );
    }
    let tools = |of: &[&str]| {
        let done = home.run(&[&["analytics", "tools", "--csv"], of].concat());
        done.ok().stdout
    };
    let all = tools(&[]);
    assert!(
        all.contains("Bash,2,0,") && all.contains("exec_command,1,0,"),
        "{all}"
    );
    for (of, has, has_not) in [
        (["--provider", "codex"], "exec_command,1,0,", "Bash"),
        (["--provider", "demo"], "Bash,1,0,", "exec_command"),
        (["--model", "fake-codex"], "exec_command,1,0,", "Bash"),
        (["--project", &home.work()], "Bash,2,0,", "nothing"),
        (["--project", "/elsewhere"], "tool,count", "1"),
    ] {
        let narrow = tools(&of);
        assert!(
            narrow.contains(has) && !narrow.contains(has_not),
            "{of:?}: {narrow}"
        );
    }
    let overview = home
        .run(&["analytics", "--provider", "codex", "--json"])
        .ok()
        .json();
    assert_eq!(
        (&overview["sessionsCount"], &overview["activeSessions"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn whoever_listens_hears_that_a_conversation_went_on_and_reads_just_that() {
    let home = TestHome::new();
    let (id, other) = (home.demo(&[]), home.demo(&[]));
    say(&home, &id, "before");
    home.until("it is read", || !entries(&home, &id).is_empty());
    let since = |revision: &Value| {
        let path = format!("/sessions/{id}/conversation?since={revision}&limit=1");
        home.call("GET", &path, &Value::Null)
    };
    let mut client = Viewer::of(&home, "/ws");
    client.say(
        &json!({ "op": "subscribe", "topic": format!("session:{id}:conversation"), "sinceSeq": 0 }),
    );
    let mut heard = client.said("conversation_updated");
    say(&home, &other, "elsewhere");
    say(&home, &id, "after");
    let mut texts: Vec<String> = Vec::new();
    let mut revision = json!(0);
    while !(texts.contains(&"before".to_owned()) && texts.contains(&"after".to_owned())) {
        loop {
            let part = since(&revision);
            for entry in part["entries"].as_array().unwrap() {
                texts.push(entry["text"].as_str().unwrap().to_owned());
            }
            assert!(
                part["revision"].as_i64() > revision.as_i64() || part["hasMore"] == false,
                "{part}"
            );
            revision = part["revision"].clone();
            if part["hasMore"] == false {
                break;
            }
        }
        if !texts.contains(&"after".to_owned()) {
            heard = client.said("conversation_updated");
            assert_eq!(heard["sessionId"], id);
        }
    }
    assert!(!texts.contains(&"elsewhere".to_owned()), "{texts:?}");
    assert!(heard["revision"].as_i64() <= revision.as_i64(), "{heard}");
}

#[test]
fn a_line_that_cannot_be_read_is_told_of_and_costs_no_other() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    say(&home, &id, "before");
    let transcript = home.session(&id)["transcriptPath"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&transcript)
        .unwrap();
    let offset = file.metadata().unwrap().len();
    let broken = "{\"type\": broken \x1b[2J\u{9b}31m\u{202e}";
    file.write_all(&[broken.as_bytes(), b"\xff}\n"].concat())
        .unwrap();
    say(&home, &id, "after");
    home.until("all is read", || {
        entries(&home, &id).iter().any(|one| one["text"] == "after")
    });
    let told = home.run(&["transcripts", "problems", &id, "--json"]).ok();
    assert!(
        told.stdout.contains("\\u009b31m\\u202e"),
        "nothing acts on a terminal: {told:?}"
    );
    let problems = told.json();
    assert_eq!(
        (&problems["count"], &problems["problems"][0]["offset"]),
        (&json!(1), &json!(offset))
    );
    let shown = home.run(&["transcripts", "problems"]).ok().stdout;
    assert!(
        shown.contains("broken ␛[2J") && shown.contains(&transcript),
        "{shown}"
    );
}
