//! What sessions of the pinned Codex may do, and who says so.

use serde_json::{Value, json};

use crate::codex::{FakeCodex, ask, reply, until_idle, until_status};
use crate::support::TestHome;

fn alone(home: &TestHome, alone: bool) {
    let settings = json!({ "codexAppServer": !alone });
    home.call("PUT", "/settings/daemon", &settings);
}

/// Arguments of a start in whose sandbox the temporary folders are closed: this home is in one.
struct Closed(String);

impl Closed {
    fn new(home: &TestHome) -> Self {
        std::fs::create_dir(home.path("tmp")).unwrap();
        Self(format!("TMPDIR={}", home.path("tmp").display()))
    }

    fn with<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        let closed = "sandbox_workspace_write.exclude_slash_tmp=true";
        let mut all = vec!["--env", &self.0, "--", "-c", closed];
        all.extend(args);
        all
    }
}

/// The sandbox and who is asked, as a session has them.
fn mode(home: &TestHome, id: &str) -> (Value, Value) {
    let path = format!("/sessions/{id}/explain");
    let explained = home.call("GET", &path, &Value::Null);
    (explained["sandbox"].clone(), explained["approvals"].clone())
}

fn dangerous_starts(home: &TestHome) -> usize {
    let entries = home.run(&["audit", "entries", "--json"]).ok().json();
    let entries = entries["entries"].as_array().unwrap();
    let is_start = |entry: &&Value| entry["kind"] == "dangerous_start";
    entries.iter().filter(is_start).count()
}

#[test]
fn a_read_only_session_stays_one_over_resume_and_fork() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    for is_alone in [false, true] {
        alone(&home, is_alone);
        let made = |name: &str| home.path("work").join(format!("{name}-{is_alone}"));
        let id = fake.start(&home, &["--", "-s", "read-only"]);
        until_idle(&home, &id);
        let write = |id: &str, name: &str| {
            let name = format!("{name}-{is_alone}");
            assert_eq!(
                reply(&home, id, &format!("RUN: touch {name}\nSAY: tried {name}")),
                format!("tried {name}")
            );
        };
        write(&id, "first");
        home.run(&["stop", &id]).ok();
        home.run(&["resume", &id]).ok();
        until_idle(&home, &id);
        write(&id, "resumed");
        let fork = home.run(&["fork", &id, "--json"]).ok().json();
        let fork = fork["session"]["id"].as_str().unwrap().to_owned();
        until_idle(&home, &fork);
        write(&fork, "forked");
        for name in ["first", "resumed", "forked"] {
            assert!(!made(name).exists(), "{name} {is_alone}");
        }
        for id in [&id, &fork] {
            assert_eq!(mode(&home, id), (json!("read-only"), json!("on-request")));
        }
        let approval = ask(&home, &id, &format!("ESCALATE: touch asked-{is_alone}"));
        home.run(&["approve", approval["id"].as_str().unwrap()])
            .ok();
        until_status(&home, &approval, "effective");
        until_idle(&home, &id);
        assert!(made("asked").exists());
        for id in [&id, &fork] {
            home.run(&["kill", id]).ok();
        }
    }
    assert_eq!(dangerous_starts(&home), 0);
}

#[test]
fn arguments_that_mean_dangerous_mode_are_taken_for_it() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    home.policy(&json!([
        {"id": "never", "action": "deny", "tool": "Bash", "args": {"command": "touch never*"}},
    ]));
    let outside = home.path("outside");
    let run = format!(
        "RUN: touch never\nRUN: touch {}\nSAY: done",
        outside.display()
    );
    let closed = Closed::new(&home);
    for (i, is_alone) in [(1, false), (2, true)] {
        alone(&home, is_alone);
        let id = fake.start(&home, &closed.with(&["--yolo"]));
        until_idle(&home, &id);
        assert_eq!(home.session(&id)["dangerousMode"], true);
        assert_eq!(dangerous_starts(&home), i);
        assert_eq!(reply(&home, &id, &run), "done");
        assert!(outside.exists() && !home.path("work/never").exists());
        std::fs::remove_file(&outside).unwrap();
        home.run(&["kill", &id]).ok();
    }
    alone(&home, false);
    let both = [
        "--",
        "-c",
        "approval_policy=never",
        "--sandbox=danger-full-access",
    ];
    let id = fake.start(&home, &both);
    assert_eq!(home.session(&id)["dangerousMode"], true);
    home.run(&["kill", &id]).ok();
}

#[test]
fn what_cannot_be_honoured_is_refused() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    for (args, code) in [
        (
            &["--dangerous", "--", "-s", "read-only"][..],
            "mode_contradicts",
        ),
        (
            &["--", "-a", "never", "-c", "approval_policy=\"on-request\""],
            "mode_contradicts",
        ),
        (&["--", "--sandbox", "everything"], "mode_unknown"),
        (&["--", "-a", "untrusted"], "mode_unknown"),
        (&["--", "--approve-for-me"], "reviewer_taken"),
        (
            &["--", "-c", "default_permissions=\":danger-full-access\""],
            "mode_taken",
        ),
        (&["--", "-p", "work"], "profile_unknown"),
        (&["--", "--oss"], "model_taken"),
        (&["--", "resume", "--last"], "conversation_taken"),
        (&["--", "exec"], "prompt_taken"),
        (&["--", "--search", "SAY: x"], "`--prompt`"),
    ] {
        let done = home.run(&fake.start_arguments(&home, args));
        assert_eq!(done.code, 5, "{args:?}: {done:?}");
        assert!(done.stderr.contains(code), "{args:?}: {done:?}");
    }
    let sessions = home.call("GET", "/sessions", &Value::Null);
    assert_eq!(sessions["sessions"], json!([]));
}

#[test]
fn the_host_access_profile_is_for_new_sessions_that_ask_for_nothing_else() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let before = fake.start(&home, &[]);
    assert_eq!(reply(&home, &before, "SAY: before"), "before");
    let settings = json!({ "codexHostAccessProfileEnabled": true });
    home.call("PUT", "/settings/daemon", &settings);
    let host = (json!("danger-full-access"), json!("on-request"));
    let workspace = (json!("workspace-write"), json!("on-request"));

    let closed = Closed::new(&home);
    let id = fake.start(&home, &closed.with(&[]));
    assert_eq!(mode(&home, &id), host);
    assert_eq!(home.session(&id)["dangerousMode"], false);
    let asked = fake.start(&home, &closed.with(&["-s", "workspace-write"]));
    assert_eq!(mode(&home, &asked), workspace);
    for (id, is_free) in [(&asked, false), (&id, true)] {
        let outside = home.path("outside");
        let prompt = format!("RUN: touch {}\nSAY: done", outside.display());
        assert_eq!(reply(&home, id, &prompt), "done");
        assert_eq!(outside.exists(), is_free);
    }
    let fork = home.run(&["fork", &before, "--json"]).ok().json();
    assert_eq!(
        mode(&home, fork["session"]["id"].as_str().unwrap()),
        workspace
    );

    // It stays what it was, whatever new ones are.
    let settings = json!({ "codexHostAccessProfileEnabled": false });
    home.call("PUT", "/settings/daemon", &settings);
    home.run(&["stop", &id]).ok();
    home.run(&["resume", &id]).ok();
    assert_eq!(mode(&home, &id), host);
}

#[test]
fn a_search_that_is_asked_for_is_there() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    for is_alone in [false, true] {
        alone(&home, is_alone);
        for (args, is_live) in [(&[][..], false), (&["--", "--search"], true)] {
            let id = fake.start(&home, args);
            until_idle(&home, &id);
            let prompt = format!("SAY: {is_alone} {is_live}");
            reply(&home, &id, &prompt);
            let requests = fake.model.requests();
            let tools = requests
                .iter()
                .filter(|request| request.body["input"].to_string().contains(&prompt))
                .flat_map(|request| request.body["tools"].as_array().into_iter().flatten());
            let searches: Vec<_> = tools.filter(|tool| tool["type"] == "web_search").collect();
            let expected = json!({ "type": "web_search", "external_web_access": is_live });
            assert_eq!(searches, [&expected], "{prompt}");
            home.run(&["kill", &id]).ok();
        }
    }
}

#[test]
fn no_start_switches_the_model_and_a_screen_that_would_is_reported() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let url = format!("OPENAI_BASE_URL={}/v1", fake.model.base_url());
    let work = home.work();
    for is_alone in [false, true] {
        alone(&home, is_alone);
        for (args, state) in [
            (&[][..], "idle"),
            (&["-c", "notice.model_migrations={}"], "needs_input"),
        ] {
            let mut line = vec!["start", "-p", "codex", "-b", "api", "--json", "-d", &work];
            line.extend(["--env", &url, "--model", "gpt-5.5", "--"]);
            line.extend(args);
            let id = home.run(&line).ok().json()["session"]["id"].clone();
            let id = id.as_str().unwrap();
            home.until(state, || home.session(id)["activity"]["state"] == state);
            let sent = home.run(&["send", id, "SAY: x", "--wait", "--timeout", "20"]);
            assert_eq!(sent.code == 0, state == "idle", "{sent:?}");
            home.run(&["kill", id]).ok();
        }
    }
}
