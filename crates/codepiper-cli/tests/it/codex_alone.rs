//! The pinned Codex without its app-server: hooks, the screen, and what its user asked for.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::codex::{
    FakeCodex, ask, command_lines, outcomes, processes, reply, screen, until_idle, until_status,
};
use crate::support::{TestHome, codex_program};

/// A home whose sessions of Codex do without app-servers.
fn home() -> TestHome {
    let home = FakeCodex::home();
    home.call(
        "PUT",
        "/settings/daemon",
        &json!({ "codexAppServer": false }),
    );
    home
}

fn servers(id: &str) -> usize {
    let lines = command_lines(id).into_iter();
    lines
        .filter(|(_, line)| line.contains("app-server"))
        .count()
}

#[test]
fn it_says_that_it_runs_alone_and_leaves_nothing_behind() {
    let fake = FakeCodex::new();
    let home = home();
    let mut args = fake.start_arguments(&home, &["--prompt", "SAY: at once"]);
    args.retain(|arg| arg != "--json");
    let started = home.run(&args).ok();
    assert!(started.stderr.contains("without app-server"), "{started:?}");
    let sessions = home.call("GET", "/sessions", &Value::Null);
    let session = &sessions["sessions"][0];
    assert_eq!(session["channel"], "hooks");
    let id = session["id"].as_str().unwrap().to_owned();
    home.until("the first reply", || {
        screen(&home, &id).contains("• at once")
    });
    until_idle(&home, &id);
    assert_eq!(reply(&home, &id, "SAY: the second"), "the second");
    assert_eq!(reply(&home, &id, "RUN: touch made\nSAY: third"), "third");
    assert!(home.path("work/made").exists());
    assert_eq!(servers(&id), 0);

    let events = home.events(&id);
    let alone = events
        .iter()
        .find(|event| event["type"] == "AppServerMissing");
    assert_eq!(alone.unwrap()["payload"]["reason"], "setting", "{events:?}");
    let explained = home.run(&["providers", "explain", &id]).ok().stdout;
    let terms = "sandbox workspace-write, asks on-request; heard over hooks";
    assert!(explained.contains(terms), "{explained}");
    let session = home.session(&id);
    let thread = session["providerSessionId"].as_str().unwrap();
    let rollout = session["transcriptPath"].as_str().unwrap();
    assert!(rollout.contains(thread) && std::path::Path::new(rollout).exists());
    home.run(&["stop", &id]).ok();
    assert_eq!(home.session(&id)["exit"]["reason"], "stopped");
    assert_eq!(processes(&id), 0);
}

#[test]
fn what_leaves_the_sandbox_is_asked_about_and_an_ask_inside_is_a_no() {
    let fake = FakeCodex::new();
    let mut home = home();
    home.policy(&json!([
        {"id": "never", "action": "deny", "tool": "Bash", "args": {"command": "touch never*"}},
        {"id": "ask", "action": "ask", "tool": "Bash", "args": {"command": "touch ask*"}},
        {"id": "fine", "action": "allow", "tool": "Bash", "args": {"command": "touch fine*"}},
    ]));
    let id = fake.start(&home, &[]);
    let prompt = "RUN: touch never\nRUN: touch ask\nESCALATE: touch fine\nSAY: through";
    assert_eq!(reply(&home, &id, prompt), "through");
    assert!(!home.path("work/never").exists() && !home.path("work/ask").exists());
    assert!(home.path("work/fine").exists());
    assert!(
        fake.history_of("through")
            .contains("runs without the app-server")
    );

    let approval = ask(&home, &id, "ESCALATE: touch yes\nSAY: done so");
    home.until("it is known to need a person", || {
        home.session(&id)["activity"]["state"] == "needs_permission"
    });
    home.until("the terminal says where it is asked", || {
        screen(&home, &id).contains("codepiper approvals")
    });
    home.kill_daemon();
    home.start_daemon();
    assert_eq!(home.pending(&id)["id"], approval["id"]);
    home.run(&["approve", approval["id"].as_str().unwrap()])
        .ok();
    until_status(&home, &approval, "effective");
    until_idle(&home, &id);
    assert!(home.path("work/yes").exists());

    let approval = ask(&home, &id, "ESCALATE: touch no\nSAY: went on");
    home.run(&["deny", approval["id"].as_str().unwrap()]).ok();
    home.until("the turn goes on", || {
        screen(&home, &id).contains("• went on")
    });
    until_idle(&home, &id);
    assert!(!home.path("work/no").exists());
    assert_eq!(
        outcomes(&home, &id),
        [
            "deny blocked",
            "deny blocked",
            "allow ran",
            "ask ran",
            "ask blocked",
        ],
        "{:?}",
        home.decisions(&id)
    );

    // Whoever waits for leave can be stopped.
    let approval = ask(&home, &id, "ESCALATE: touch later");
    home.run(&["stop", &id]).ok();
    assert_eq!(processes(&id), 0);
    assert_ne!(home.approval(&approval["id"])["status"], "pending");
}

#[test]
fn conversations_go_on_after_their_end_and_in_their_copies() {
    let fake = FakeCodex::new();
    let home = home();
    let first = fake.start(&home, &[]);
    // In a new home the first one makes the database, and others scribble that they wait for it.
    until_idle(&home, &first);
    let other = fake.start(&home, &[]);
    let unused = fake.start(&home, &[]);
    let too_early = home.run(&["fork", &unused]);
    assert_eq!(too_early.code, 5, "{too_early:?}");
    reply(&home, &first, "SAY: said in the first");
    reply(&home, &other, "SAY: said in the other");
    let thread = home.session(&first)["providerSessionId"].clone();
    let fork = home.run(&["fork", &first, "--json"]).ok().json();
    let fork = fork["session"]["id"].as_str().unwrap().to_owned();
    for id in [&first, &unused, &fork] {
        until_idle(&home, id);
        home.run(&["stop", id]).ok();
        home.run(&["resume", id]).ok();
        until_idle(&home, id);
    }
    for (id, prompt, before) in [
        (
            &first,
            "SAY: again in the first",
            &["said in the first"][..],
        ),
        (&fork, "SAY: in the copy", &["said in the first"]),
        (&unused, "SAY: in the unused", &[]),
    ] {
        reply(&home, id, prompt);
        let history = fake.history_of(&prompt[5..]);
        for said in [
            "said in the first",
            "said in the other",
            "again in the first",
        ] {
            let expected = before.contains(&said) || prompt.contains(said);
            assert_eq!(history.contains(said), expected, "{said} before {prompt}");
        }
    }
    assert_eq!(home.session(&first)["providerSessionId"], thread);
    assert_ne!(home.session(&fork)["providerSessionId"], thread);

    let mut args = fake.start_arguments(&home, &[]);
    args.extend(["--resume", "0199aaaa-0000-7000-8000-000000000000"].map(str::to_owned));
    let unknown = home.run(&args);
    assert_eq!(unknown.code, 3, "{unknown:?}");
}

/// A home whose Codex is an older one: it answers for the pinned one, but knows less.
fn older(lacks: &[&str]) -> TestHome {
    let mut home = TestHome::bare();
    let bin = home.path("bin");
    std::fs::create_dir(&bin).unwrap();
    let real = codex_program();
    let real = real.display();
    let hidden = lacks.iter().map(|argument| format!(" -e {argument}"));
    let hidden: String = hidden.collect();
    let unknown: Vec<_> = lacks
        .iter()
        .map(|argument| format!("*{argument}*"))
        .collect();
    let unknown = unknown.join("|");
    // The pinned one would share a server, which an older one has not got.
    let added = if lacks.contains(&"--no-daemon") {
        " --no-daemon"
    } else {
        ""
    };
    let script = format!(
        "#!/bin/sh\n\
         case \"$*\" in\n\
         --version) echo 'codex-cli 0.98.0' ;;\n\
         *--help) {real} \"$@\" | grep -v{hidden} ;;\n\
         {unknown}) echo 'error: unexpected argument found' >&2; exit 2 ;;\n\
         *) exec {real}{added} \"$@\" ;;\n\
         esac\n"
    );
    std::fs::write(bin.join("codex"), script).unwrap();
    std::fs::set_permissions(bin.join("codex"), PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    home.set_env("PATH", &path);
    home.set_env("OPENAI_API_KEY", "fake");
    home.start_daemon();
    home
}

fn codex_of(home: &TestHome) -> Value {
    let answer = home.call("GET", "/providers", &Value::Null);
    let providers = answer["providers"].as_array().unwrap();
    providers
        .iter()
        .find(|p| p["id"] == "codex")
        .unwrap()
        .clone()
}

#[test]
fn a_version_without_app_server_goes_without() {
    let fake = FakeCodex::new();
    let home = older(&["--listen"]);
    let codex = codex_of(&home);
    assert_eq!(
        (&codex["version"], &codex["channel"]),
        (&json!("0.98.0"), &json!("hooks"))
    );
    let table = home.run(&["providers"]).ok().stdout;
    assert!(table.contains("0.98.0 is older than"), "{table}");
    assert!(table.contains("no app-server"), "{table}");
    assert!(
        table.lines().all(|line| line.chars().count() <= 80),
        "{table}"
    );

    let id = fake.start(&home, &[]);
    assert_eq!(home.session(&id)["channel"], "hooks");
    let events = home.events(&id);
    let alone = events
        .iter()
        .find(|event| event["type"] == "AppServerMissing");
    assert_eq!(alone.unwrap()["payload"]["reason"], "version", "{events:?}");
    assert_eq!(reply(&home, &id, "SAY: here"), "here");
}

#[test]
fn a_version_without_hooks_is_only_seen_and_says_so() {
    let fake = FakeCodex::new();
    let home = older(&["--dangerously-bypass-hook-trust", "--no-daemon"]);
    assert_eq!(codex_of(&home)["support"]["hooks"], "none");
    let refused = home.run(&fake.start_arguments(&home, &["--fail-closed"]));
    assert_eq!(refused.code, 5, "{refused:?}");
    let id = fake.start(&home, &[]);
    assert_eq!(home.session(&id)["channel"], "screen");
    home.run(&["wait", &id, "--until", "idle", "--timeout", "30"])
        .ok();
    home.run(&["send", &id, "ESCALATE: touch made"]).ok();
    home.until("it is seen that it asks", || {
        home.session(&id)["activity"]["state"] == "needs_permission"
    });
    assert!(home.decisions(&id).is_empty());
    home.run(&["stop", &id]).ok();
    let unknown = home.run(&["resume", &id]);
    assert_eq!(unknown.code, 5, "{unknown:?}");
}

#[test]
fn hooks_that_are_switched_off_are_no_reason_to_go_without() {
    let fake = FakeCodex::new();
    let home = home();
    std::fs::create_dir(home.path(".codex")).unwrap();
    std::fs::write(
        home.path(".codex/config.toml"),
        "[features]\nhooks = false\n",
    )
    .unwrap();
    let done = home.run(&fake.start_arguments(&home, &[]));
    assert_eq!(done.code, 5, "{done:?}");
    assert!(done.stderr.contains("hooks_not_trusted"), "{done:?}");
}
