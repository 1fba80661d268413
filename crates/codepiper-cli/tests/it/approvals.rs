//! `codepiper approvals`, `approve` and `deny`.

use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};

use serde_json::{Value, json};

use crate::support::{PATIENCE, TestHome};

/// Sends a prompt whose turn needs a person, and returns the approval.
#[track_caller]
fn ask(home: &TestHome, id: &str, prompt: &str) -> Value {
    let done = home.run(&["send", id, prompt, "--wait", "--timeout", "30"]);
    assert_eq!(done.code, 7, "{done:?}\n{}", home.daemon_log());
    home.pending(id)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

#[track_caller]
fn until_settled(home: &TestHome, approval: &Value, status: &str) -> Value {
    let mut now = Value::Null;
    home.until(status, || {
        now = home.approval(&approval["id"]);
        now["status"] == status
    });
    now
}

/// A command that goes on, line by line.
struct Following {
    child: Child,
    lines: Receiver<String>,
}

impl Following {
    fn start(home: &TestHome, args: &[&str]) -> Self {
        let mut child = home.command(args).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                drop(sender.send(line));
            }
        });
        Self { child, lines }
    }

    #[track_caller]
    fn next(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("one more line")
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_request_without_a_rule_is_listed_and_runs_once_approved() {
    let home = TestHome::new();
    let empty = home.run(&["approvals"]).ok();
    assert!(empty.stdout.is_empty() && empty.stderr.contains("no approvals"));
    let id = home.demo(&["--name", "api"]);
    let approval = ask(&home, &id, "RUN: touch x\nSAY: after it");
    let session = home.session(&id);
    assert_eq!(session["activity"]["state"], "needs_permission");
    assert_eq!(session["activity"]["approvalId"], approval["id"]);
    assert!(!home.path("work/x").exists());

    let short = &text(&approval, "id")[..8];
    let list = home.run(&["approvals", "--session", "api"]).ok().stdout;
    let row = list.lines().nth(1).unwrap();
    let work = home.work();
    for part in [short, &id[..8], " api ", "Bash", &work] {
        assert!(row.contains(part), "{part}: {row}");
    }
    assert!(row.ends_with("  touch x"), "{row}");
    let (_, body) = home.http("GET", "/approvals?status=pending", b"");
    assert_eq!(
        home.run(&["approvals", "--json"]).ok().json(),
        serde_json::from_str::<Value>(&body).unwrap()
    );

    let done = home.run(&["approve", short]).ok();
    assert_eq!(done.stdout, "approved: touch x\n");
    assert!(done.stderr.contains(&work), "what is answered: {done:?}");
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    assert!(home.path("work/x").exists());
    let now = until_settled(&home, &approval, "effective");
    assert_eq!(
        (&now["answer"]["by"], &now["answer"]["via"]),
        (&json!("owner"), &json!("cli"))
    );
    assert!(home.run(&["approvals"]).ok().stdout.is_empty());
    let all = home.run(&["approvals", "--all"]).ok().stdout;
    assert!(
        all.contains("effective") && all.contains("allow by owner"),
        "{all}"
    );
}

#[test]
fn a_denial_tells_the_agent_why_and_the_turn_goes_on() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let approval = ask(&home, &id, "WRITE: x\nSAY: went on");
    let short = &text(&approval, "id")[..8];
    let done = home.run(&["deny", short, "--note", "not on a friday", "--json"]);
    let answered = done.ok().json();
    assert_eq!(answered["approval"]["id"], approval["id"]);
    assert_eq!(answered["approval"]["answer"]["note"], "not on a friday");
    home.until("the turn goes on", || {
        home.run(&["tail", &id]).stdout.contains("● went on")
    });
    let screen = home.run(&["tail", &id]).ok().stdout;
    assert!(screen.contains("not on a friday"), "{screen}");
    assert!(!home.path("work/x").exists());
    until_settled(&home, &approval, "effective");
}

#[test]
fn the_first_answer_counts_and_the_second_one_is_told_so() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let approval = ask(&home, &id, "RUN: touch x");
    let approval_id = text(&approval, "id");
    home.run(&["deny", approval_id]).ok();
    for name in [approval_id, &approval_id[..8]] {
        let second = home.run(&["approve", name]);
        assert_eq!(second.code, 5, "{second:?}");
        assert!(second.stdout.is_empty());
        assert!(
            second.stderr.contains("`deny` by `owner`"),
            "who said what: {second:?}"
        );
    }
    let second = home.run(&["approve", approval_id, "--json"]);
    let body: Value = serde_json::from_str(&second.stderr).unwrap();
    assert_eq!(body["code"], "already_answered");
    assert_eq!(body["approval"]["id"], approval["id"]);
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    assert!(!home.path("work/x").exists());
}

#[test]
fn of_two_at_once_exactly_one_wins() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let approval = ask(&home, &id, "RUN: touch x");
    let approval_id = text(&approval, "id");
    let answers = ["approve", "deny", "approve", "deny"];
    let children: Vec<_> = answers
        .iter()
        .map(|answer| home.command([answer, approval_id]).spawn().unwrap())
        .collect();
    let mut codes: Vec<i32> = children
        .into_iter()
        .map(|child| crate::support::finish(child).code)
        .collect();
    codes.sort_unstable();
    assert_eq!(codes, [0, 5, 5, 5]);
}

#[test]
fn what_names_no_approval_or_several_is_not_found() {
    let home = TestHome::new();
    for name in ["ffffffff", "", "01234567-89ab-4cde-8f01-23456789abcd"] {
        let done = home.run(&["approve", name]);
        assert_eq!(done.code, 3, "{name}: {done:?}");
        assert!(done.stderr.contains("approval"), "{done:?}");
    }
    // Seventeen ids cannot all begin with different digits.
    let ids: Vec<String> = (0..17).map(|_| home.demo(&[])).collect();
    let approvals: Vec<Value> = ids
        .iter()
        .enumerate()
        .map(|(n, id)| ask(&home, id, &format!("RUN: touch file{n}")))
        .collect();
    let first = |approval: &Value| text(approval, "id")[..1].to_owned();
    let (a, b) = approvals
        .iter()
        .enumerate()
        .find_map(|(n, one)| {
            let other = approvals[..n].iter().find(|o| first(o) == first(one))?;
            Some((one, other))
        })
        .unwrap();
    let done = home.run(&["approve", &first(a)]);
    assert_eq!(done.code, 3, "{done:?}");
    for one in [a, b] {
        for name in ["id", "summary"] {
            assert!(done.stderr.contains(text(one, name)), "{done:?}");
        }
    }
    let list = home.run(&["approvals", "--limit", "3"]).ok().stdout;
    assert_eq!(list.lines().count(), 4);
    assert_eq!(home.run(&["approvals", "--limit", "0"]).code, 2);
}

#[test]
fn an_answer_with_a_rule_is_given_once() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let approval = ask(&home, &id, "RUN: touch x");
    let done = home.run(&["approve", text(&approval, "id"), "--rule"]).ok();
    let answered = home.approval(&approval["id"]);
    let rule = text(&answered["answer"], "ruleId");
    assert!(done.stdout.starts_with("approved: touch x"), "{done:?}");
    assert!(done.stdout.contains(rule), "{done:?}");
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    std::fs::remove_file(home.path("work/x")).unwrap();

    home.run(&["send", &id, "RUN: touch x\nSAY: unasked", "--wait"])
        .ok();
    assert!(home.path("work/x").exists());
    assert_eq!(home.decisions(&id)[0]["ruleId"], rule);

    // Neither anything else nor any other session is meant by it.
    ask(&home, &id, "RUN: touch xy");
    let other = home.demo(&[]);
    ask(&home, &other, "RUN: touch x");
}

#[test]
fn a_rule_that_cannot_be_made_answers_nothing() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let approval = ask(&home, &id, "RUN: touch x && touch y");
    let done = home.run(&["approve", text(&approval, "id"), "--rule"]);
    assert_eq!(done.code, 5, "{done:?}");
    assert!(done.stderr.contains("without a rule"), "{done:?}");
    assert_eq!(home.approval(&approval["id"])["status"], "pending");
    home.run(&["approve", text(&approval, "id")]).ok();
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    assert!(home.path("work/y").exists());

    let approval = ask(&home, &id, "RUN: touch [x] && touch {y}");
    let denied = home.run(&["deny", text(&approval, "id"), "--rule"]).ok();
    assert!(denied.stdout.contains("by rule"), "{denied:?}");
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    let prompt = "RUN: touch [x] && touch {y}\nSAY: went on";
    home.run(&["send", &id, prompt, "--wait"]).ok();
}

#[test]
fn an_answer_in_the_terminal_closes_the_approval() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    for (key, decision, runs) in [("1", "allow", true), ("escape", "deny", false)] {
        let approval = ask(&home, &id, &format!("RUN: touch by-{key}"));
        home.run(&["keys", &id, key]).ok();
        let closed = until_settled(&home, &approval, "closed");
        assert_eq!(closed["closedReason"], "answered_in_terminal", "{closed}");
        assert_eq!(closed["answer"]["decision"], decision);
        assert_eq!(closed["answer"]["via"], "terminal");
        home.run(&["wait", &id, "--timeout", "30"]).ok();
        assert_eq!(home.path(&format!("work/by-{key}")).exists(), runs);
        let late = home.run(&["approve", text(&approval, "id")]);
        assert_eq!(late.code, 5, "{late:?}");
    }
    let all = home.run(&["approvals", "--all"]).ok().stdout;
    assert!(all.contains("deny by terminal"), "{all}");
}

#[test]
fn the_end_of_a_session_closes_its_approvals() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let approval = ask(&home, &id, "RUN: touch x");
    home.run(&["kill", &id]).ok();
    let closed = until_settled(&home, &approval, "closed");
    assert_eq!(closed["closedReason"], "session_ended", "{closed}");
    let late = home.run(&["approve", text(&approval, "id")]);
    assert_eq!(late.code, 5, "{late:?}");
    let all = home.run(&["approvals", "--all", "--session", &id]).ok();
    assert!(all.stdout.contains("the session ended"), "{all:?}");
}

#[test]
fn watching_shows_what_waits_and_every_change() {
    let home = TestHome::new();
    let id = home.demo(&["--name", "api"]);
    let first = ask(&home, &id, "RUN: touch x");
    let lines = Following::start(&home, &["approvals", "--watch"]);
    let objects = Following::start(&home, &["approvals", "--watch", "--json"]);
    let expect = |approval: &Value, status: &str| {
        let line = lines.next();
        let short = &text(approval, "id")[..8];
        assert!(line.starts_with(&format!("{short} {status}")), "{line}");
        assert!(line.contains(text(approval, "summary")), "{line}");
        assert!(line.contains("api"), "{line}");
        let object: Value = serde_json::from_str(&objects.next()).unwrap();
        assert_eq!(object["id"], approval["id"]);
        assert_eq!(object["status"], status, "{object}");
    };
    expect(&first, "pending");
    home.run(&["approve", text(&first, "id")]).ok();
    expect(&first, "answered");
    expect(&first, "effective");
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    let second = ask(&home, &id, "RUN: touch y");
    expect(&second, "pending");
    home.run(&["keys", &id, "1"]).ok();
    expect(&second, "closed");

    let mut of_session = Following::start(&home, &["approvals", "--watch", "--session", "api"]);
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    let third = ask(&home, &id, "RUN: touch z");
    assert!(of_session.next().starts_with(&text(&third, "id")[..8]));
    home.run(&["down"]).ok();
    let status = of_session.child.wait().unwrap();
    assert_eq!(status.code(), Some(4), "nothing comes without a daemon");
}

#[test]
fn what_an_agent_wrote_does_nothing_to_the_terminal() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let prompt = "RUN: echo \u{9b}2J \u{202e}x\u{200b} é";
    // The prompt itself may not hold the worst of it: that is given to the rules directly.
    let sent = home.run(&["send", &id, prompt, "--wait"]);
    if sent.code == 7 {
        let list = home.run(&["approvals"]).ok().stdout;
        assert!(
            !list.contains('\u{202e}') && !list.contains('\u{200b}'),
            "{list}"
        );
        assert!(list.contains("\\u{202e}x\\u{200b} é"), "{list}");
    }
    let draft = json!({"id": "a\u{1b}[2J", "action": "deny", "tool": "Bash"}).to_string();
    let checked = home.run(&["policy", "check", "ls", "--rules", &draft]).ok();
    assert!(!checked.stdout.contains('\u{1b}'), "{checked:?}");
}

#[test]
fn an_agent_sees_its_own_session_and_approves_nothing() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let own = env!("CARGO_BIN_EXE_codepiper");
    let approval = ask(&home, &id, "RUN: touch x");
    let approval_id = text(&approval, "id");
    // Another session's agent tries.
    let other = home.demo(&[]);
    let socket = home.socket();
    let call = format!("'{own}' -s '{}'", socket.display());
    let script = format!(
        "RUN: {call} show {other} --json > own; {call} show {id} > foreign 2>&1; \
         echo $? > foreign-code; {call} approve {approval_id} > tried 2>&1; echo $? > tried-code"
    );
    let second = ask(&home, &other, &script);
    home.run(&["approve", text(&second, "id")]).ok();
    home.run(&["wait", &other, "--timeout", "30"]).ok();
    let read = |name: &str| {
        let path = home.path("work").join(name);
        std::fs::read_to_string(path).unwrap_or_default()
    };
    let shown: Value = serde_json::from_str(&read("own")).unwrap();
    assert_eq!(shown["session"]["id"], other.as_str());
    for name in ["foreign", "tried"] {
        assert_eq!(read(&format!("{name}-code")).trim(), "5", "{}", read(name));
        assert!(read(name).contains("may not do this"), "{}", read(name));
    }
    assert_eq!(home.approval(&approval["id"])["status"], "pending");
    assert!(!home.path("work/x").exists());
}
