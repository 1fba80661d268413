//! The pinned Codex through its app-server, against the fake model.

use std::time::{Duration, Instant};

use codepiper_fake_model::FakeModel;
use serde_json::{Value, json};

use crate::support::{TestHome, codex_program};

/// The fake model, and homes whose Codex talks to it.
pub(crate) struct FakeCodex {
    pub(crate) model: FakeModel,
    // The model lives in it.
    _runtime: tokio::runtime::Runtime,
}

impl FakeCodex {
    pub(crate) fn new() -> Self {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        let model = runtime.block_on(FakeModel::start());
        Self {
            model,
            _runtime: runtime,
        }
    }

    /// A home with a running daemon that finds Codex, in which nobody has ever started it.
    pub(crate) fn home() -> TestHome {
        let mut home = TestHome::bare();
        Self::furnish(&mut home);
        home.start_daemon();
        home
    }

    /// Makes Codex be found there.
    pub(crate) fn furnish(home: &mut TestHome) {
        home.offer(&codex_program());
        home.set_env("OPENAI_API_KEY", "fake");
    }

    pub(crate) fn start_arguments(&self, home: &TestHome, extra: &[&str]) -> Vec<String> {
        let work = home.work();
        let url = format!("OPENAI_BASE_URL={}/v1", self.model.base_url());
        let mut args = vec!["start", "-p", "codex", "--json", "-d", &work];
        if !extra.contains(&"-b") {
            args.extend(["-b", "api"]);
        }
        args.extend(["--env", &url, "--env-from", "OPENAI_API_KEY"]);
        args.extend(["--model", "fake-codex"]);
        args.extend(extra);
        args.into_iter().map(str::to_owned).collect()
    }

    /// Starts a session and returns its id.
    pub(crate) fn start(&self, home: &TestHome, extra: &[&str]) -> String {
        let done = home.run(&self.start_arguments(home, extra));
        assert_eq!(done.code, 0, "{done:?}\n{}", home.daemon_log());
        done.json()["session"]["id"].as_str().unwrap().to_owned()
    }

    /// Has this said in a conversation of which no session knows, and returns its name.
    pub(crate) fn outside(&self, home: &TestHome, words: &str) -> String {
        // A provider of the person's own, for which no session has a key.
        let config = format!(
            "model_provider = 'own'\n[model_providers.own]\nname = 'own'\nbase_url = '{}/v1'\nenv_key = 'OWN_KEY'\n",
            self.model.base_url()
        );
        let folder = home.path(".codex");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), config).unwrap();
        let mut program = std::process::Command::new(codex_program());
        program.args(["exec", "--json", "--skip-git-repo-check"]);
        program.args(["-m", "fake-codex"]);
        program.args(["--", &format!("SAY: {words}")]);
        program
            .env_clear()
            .env("HOME", home.path(""))
            .env("PATH", std::env::var("PATH").unwrap())
            .env("OWN_KEY", "fake");
        let done = program
            .stdin(std::process::Stdio::null())
            .current_dir(home.work())
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
        let lines = String::from_utf8(done.stdout).unwrap();
        let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        first["thread_id"].as_str().unwrap().to_owned()
    }

    /// What the model was sent with the prompt that contains this: all that was said before.
    pub(crate) fn history_of(&self, text: &str) -> String {
        let requests = self.model.requests();
        let inputs = requests
            .iter()
            .map(|request| request.body["input"].to_string());
        let found = inputs.filter(|input| input.contains(text));
        found.max_by_key(String::len).unwrap()
    }
}

/// Sends a prompt whose turn ends by itself, and returns the reply.
#[track_caller]
pub(crate) fn reply(home: &TestHome, id: &str, prompt: &str) -> String {
    let done = home.run(&["send", id, prompt, "--wait", "--timeout", "30"]);
    assert_eq!(
        done.code,
        0,
        "{done:?}\n{}\n{}",
        screen(home, id),
        home.daemon_log()
    );
    done.stdout.trim().to_owned()
}

/// Sends a prompt whose turn needs a person, and returns the approval.
#[track_caller]
pub(crate) fn ask(home: &TestHome, id: &str, prompt: &str) -> Value {
    let sent = home.run(&["send", id, prompt]);
    assert_eq!(
        sent.code,
        0,
        "{sent:?}\n{}\n{}",
        screen(home, id),
        home.session(id)
    );
    home.pending(id)
}

/// What was decided on each call and what came of it, in order.
pub(crate) fn outcomes(home: &TestHome, id: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |row: &Value| text(&row["decision"]) + " " + &text(&row["outcome"]);
    home.decisions(id).iter().rev().map(row).collect()
}

pub(crate) fn screen(home: &TestHome, id: &str) -> String {
    home.run(&["tail", id]).stdout
}

#[track_caller]
pub(crate) fn until_status(home: &TestHome, approval: &Value, status: &str) -> Value {
    let mut now = Value::Null;
    home.until(status, || {
        now = home.approval(&approval["id"]);
        now["status"] == status
    });
    now
}

#[track_caller]
pub(crate) fn until_idle(home: &TestHome, id: &str) {
    let done = home.run(&["wait", id, "--until", "idle", "--timeout", "30"]);
    assert_eq!(done.code, 0, "{done:?}\n{}", screen(home, id));
}

/// The command lines of the processes that carry the session's name.
pub(crate) fn command_lines(id: &str) -> Vec<(i32, String)> {
    let name = format!("CODEPIPER_SESSION={id}");
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let processes = entries.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let environment = std::fs::read(entry.path().join("environ")).ok()?;
        let mut entries = environment.split(|b| *b == 0);
        entries.find(|entry| *entry == name.as_bytes())?;
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        Some((pid, String::from_utf8_lossy(&line).replace('\0', " ")))
    });
    processes.collect()
}

pub(crate) fn processes(id: &str) -> usize {
    command_lines(id).len()
}

pub(crate) fn app_servers(id: &str) -> Vec<i32> {
    let lines = command_lines(id).into_iter();
    let servers = lines.filter(|(_, line)| line.contains(" app-server --listen "));
    servers.map(|(pid, _)| pid).collect()
}

#[test]
fn codex_answers_prompts_and_leaves_nothing_behind() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let providers = home.run(&["providers"]).ok().stdout;
    assert!(providers.contains("codex"), "{providers}");
    let long = format!("{}\nSAY: the long one", "x".repeat(30_000));
    let id = fake.start(&home, &["--name", "api", "--prompt", &long]);
    home.until("the first reply", || {
        screen(&home, &id).contains("• the long one")
    });
    until_idle(&home, &id);
    assert_eq!(reply(&home, &id, "SAY: the second"), "the second");
    assert_eq!(reply(&home, &id, "RUN: touch made\nSAY: third"), "third");
    assert!(home.path("work/made").exists());

    let session = home.session(&id);
    assert_eq!(session["status"], "RUNNING");
    let thread = session["providerSessionId"].as_str().unwrap();
    let rollout = session["transcriptPath"].as_str().unwrap();
    assert!(rollout.contains(thread) && std::path::Path::new(rollout).exists());
    let decision = &home.decisions(&id)[0];
    assert_eq!(
        (&decision["toolName"], &decision["outcome"]),
        (&json!("Bash"), &json!("ran"))
    );
    home.run(&["stop", &id]).ok();
    assert_eq!(home.session(&id)["exit"]["reason"], "stopped");
    assert_eq!(processes(&id), 0);
}

#[test]
fn leave_to_escape_the_sandbox_is_given_and_refused_from_the_command_line() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    let approval = ask(&home, &id, "ESCALATE: touch yes\nSAY: done so");
    assert_eq!(approval["toolInput"], json!({"command": "touch yes"}));
    assert!(!home.path("work/yes").exists());
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
    until_status(&home, &approval, "effective");
    assert!(!home.path("work/no").exists());
    let decisions = home.decisions(&id);
    assert_eq!(decisions.len(), 2, "one row for each call: {decisions:?}");
    assert_eq!(
        (&decisions[0]["outcome"], &decisions[1]["outcome"]),
        (&json!("blocked"), &json!("ran"))
    );
}

#[test]
fn an_answer_in_the_terminal_closes_the_approval() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    // The answer shows before the command is over.
    for (command, option, decision) in [
        ("touch yes; sleep 3", "Yes, proceed", "allow"),
        ("touch no", "No, and tell Codex", "deny"),
    ] {
        let approval = ask(&home, &id, &format!("ESCALATE: {command}"));
        let mut number = String::new();
        home.until("the dialog", || {
            let screen = screen(&home, &id);
            let row = screen.lines().find(|line| line.contains(option));
            let row = row.map(|row| row.trim_start_matches(['›', ' ']).to_owned());
            number = row.unwrap_or_default().chars().take(1).collect();
            !number.is_empty()
        });
        home.run(&["keys", &id, &number]).ok();
        let closed = until_status(&home, &approval, "closed");
        assert_eq!(closed["closedReason"], "answered_in_terminal", "{closed}");
        assert_eq!(
            (&closed["answer"]["decision"], &closed["answer"]["by"]),
            (&json!(decision), &json!("terminal"))
        );
        until_idle(&home, &id);
    }
    assert!(home.path("work/yes").exists() && !home.path("work/no").exists());
    assert_eq!(home.decisions(&id).len(), 2);
}

#[test]
fn rules_decide_what_runs_in_the_sandbox_and_what_leaves_it() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    home.policy(&json!([
        {"id": "never", "action": "deny", "tool": "Bash", "args": {"command": "touch never*"}},
        {"id": "ask", "action": "ask", "tool": "Bash", "args": {"command": "touch ask*"}},
        {"id": "fine", "action": "allow", "tool": "Bash", "args": {"command": "touch fine*"}},
    ]));
    let id = fake.start(&home, &[]);
    reply(
        &home,
        &id,
        "RUN: touch never\nESCALATE: touch never2\nESCALATE: touch fine\nSAY: x",
    );
    assert!(!home.path("work/never").exists() && !home.path("work/never2").exists());
    assert!(home.path("work/fine").exists());

    // Codex itself would ask nobody about the first, and about the second after us.
    for (prompt, answer) in [
        ("RUN: touch ask-no\nSAY: went on", "deny"),
        ("ESCALATE: touch ask-yes\nSAY: done so", "approve"),
    ] {
        let done = home.run(&["send", &id, prompt, "--wait", "--timeout", "20"]);
        assert_eq!(done.code, 7, "{done:?}");
        assert_eq!(home.session(&id)["activity"]["state"], "needs_permission");
        let approval = home.pending(&id);
        assert_eq!(approval["matched"][0]["ruleId"], "ask");
        home.run(&[answer, approval["id"].as_str().unwrap()]).ok();
        until_status(&home, &approval, "effective");
        until_idle(&home, &id);
    }
    assert!(!home.path("work/ask-no").exists() && home.path("work/ask-yes").exists());
    assert_eq!(
        outcomes(&home, &id),
        [
            "deny blocked",
            "deny blocked",
            "allow ran",
            "ask blocked",
            "ask ran",
        ],
        "{:?}",
        home.decisions(&id)
    );
}

#[test]
fn who_interrupts_need_not_answer_and_dangerous_mode_has_rules_too() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    home.policy(&json!([
        {"id": "never", "action": "deny", "path": {"any": "*/never"}},
        {"id": "ask", "action": "ask", "tool": "Bash", "args": {"command": "touch ask*"}},
    ]));
    let id = fake.start(&home, &["--dangerous"]);
    let prompt = "RUN: touch never\nWRITE: never\nRUN: touch free\nSAY: done";
    assert_eq!(reply(&home, &id, prompt), "done");
    assert!(!home.path("work/never").exists() && home.path("work/free").exists());

    let approval = ask(&home, &id, "RUN: touch ask");
    home.run(&["keys", &id, "escape"]).ok();
    home.until("it is not asked any more", || {
        home.approval(&approval["id"])["status"] != "pending"
    });
    home.until("the turn is over", || {
        home.session(&id)["activity"]["state"] == "idle"
    });
    assert!(!home.path("work/ask").exists());
    let outcomes: Vec<Value> = home
        .decisions(&id)
        .iter()
        .map(|row| row["outcome"].clone())
        .collect();
    assert_eq!(
        outcomes[1..],
        [json!("ran"), json!("blocked"), json!("blocked")]
    );
}

#[test]
fn a_daemon_that_comes_back_finds_what_is_still_asked() {
    let fake = FakeCodex::new();
    let mut home = FakeCodex::home();
    home.policy(&json!([
        {"id": "ask", "action": "ask", "tool": "Bash", "args": {"command": "touch held"}},
    ]));
    let id = fake.start(&home, &[]);
    // One is asked by the app-server, the other by a hook that is held open.
    for (prompt, made) in [
        ("ESCALATE: touch asked\nSAY: x", "work/asked"),
        ("RUN: touch held\nSAY: x", "work/held"),
    ] {
        let approval = ask(&home, &id, prompt);
        // A hook takes a daemon that was there for a second for one that works.
        let asked = Instant::now();
        home.until("it was held for a while", || {
            asked.elapsed() > Duration::from_millis(1200)
        });
        home.kill_daemon();
        home.start_daemon();
        assert_eq!(home.pending(&id)["id"], approval["id"]);
        assert!(!home.path(made).exists());
        home.run(&["approve", approval["id"].as_str().unwrap()])
            .ok();
        until_status(&home, &approval, "effective");
        until_idle(&home, &id);
        assert!(home.path(made).exists());
    }
    assert_eq!(reply(&home, &id, "SAY: goes on"), "goes on");
    assert_eq!(home.decisions(&id).len(), 2);
}

#[test]
fn patches_outside_the_workspace_and_several_requests_at_once_are_asked_about() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    // Temporary folders are open in the sandbox, and this home is in one.
    std::fs::create_dir(home.path("tmp")).unwrap();
    let temporary = format!("TMPDIR={}", home.path("tmp").display());
    let closed = "sandbox_workspace_write.exclude_slash_tmp=true";
    let id = fake.start(&home, &["--env", &temporary, "--", "-c", closed]);
    let outside = home.path("outside");
    let prompt = format!("WRITE: {}\nSAY: written", outside.display());
    let approval = ask(&home, &id, &prompt);
    assert_eq!(approval["toolName"], "apply_patch");
    assert!(approval["summary"].as_str().unwrap().contains("outside"));
    assert!(!outside.exists());
    home.run(&["approve", approval["id"].as_str().unwrap()])
        .ok();
    until_idle(&home, &id);
    until_status(&home, &approval, "effective");
    assert!(outside.exists());

    let both = "TOGETHER\nESCALATE: touch one\nESCALATE: touch two\nSAY: both";
    home.run(&["send", &id, both]).ok();
    let path = format!("/approvals?status=pending&sessionId={id}");
    let mut asked = Vec::new();
    home.until("two requests", || {
        asked = home.call("GET", &path, &Value::Null)["approvals"]
            .as_array()
            .unwrap()
            .clone();
        asked.len() == 2
    });
    for approval in &asked {
        let is_one = approval["toolInput"]["command"] == "touch one";
        let answer = if is_one { "deny" } else { "approve" };
        home.run(&[answer, approval["id"].as_str().unwrap()]).ok();
    }
    until_idle(&home, &id);
    assert!(!home.path("work/one").exists() && home.path("work/two").exists());
    assert_eq!(home.decisions(&id).len(), 3);
}

#[test]
fn a_cleared_conversation_is_followed_and_a_lost_app_server_started_again() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    reply(&home, &id, "SAY: said earlier");
    let first = home.session(&id)["providerSessionId"].clone();
    home.run(&["slash", &id, "/clear"]).ok();
    home.until("another conversation", || {
        home.session(&id)["providerSessionId"] != first
    });
    let second = home.session(&id)["providerSessionId"].clone();
    assert_eq!(reply(&home, &id, "SAY: after"), "after");
    assert!(!fake.history_of("after").contains("said earlier"));

    let servers = app_servers(&id);
    let [server] = servers[..] else {
        panic!("{servers:?}");
    };
    let server = rustix::process::Pid::from_raw(server).unwrap();
    rustix::process::kill_process(server, rustix::process::Signal::KILL).unwrap();
    home.until("it is started again", || {
        let events = home.events(&id);
        events
            .iter()
            .any(|event| event["type"] == "AppServerRestarted")
    });
    home.until("the terminal found it", || {
        !screen(&home, &id).contains("Reconnecting")
    });
    let approval = ask(&home, &id, "ESCALATE: touch made\nSAY: went on");
    home.run(&["approve", approval["id"].as_str().unwrap()])
        .ok();
    until_status(&home, &approval, "effective");
    assert!(fake.history_of("went on").contains("after"));
    assert_eq!(home.session(&id)["providerSessionId"], second);
    home.run(&["kill", &id]).ok();
    assert_eq!(processes(&id), 0);
}

#[test]
fn a_start_without_hooks_is_refused_and_leaves_nothing() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    std::fs::create_dir(home.path(".codex")).unwrap();
    let config = "[features]\nhooks = false\n";
    std::fs::write(home.path(".codex/config.toml"), config).unwrap();
    let done = home.run(&fake.start_arguments(&home, &[]));
    assert_eq!(done.code, 5, "{done:?}");
    assert!(done.stderr.contains("hooks_not_trusted"), "{done:?}");
    assert!(done.stderr.contains("`PreToolUse`"), "{done:?}");
    let sessions = home.call("GET", "/sessions", &Value::Null);
    let session = &sessions["sessions"][0];
    assert_eq!(session["exit"]["reason"], "launch_failed");
    assert_eq!(processes(session["id"].as_str().unwrap()), 0);
}

#[test]
fn a_daemon_that_dies_while_it_starts_codex_leaves_nothing_waiting() {
    let fake = FakeCodex::new();
    let mut home = TestHome::bare();
    let bin = home.path("bin");
    std::fs::create_dir(&bin).unwrap();
    let script = "#!/bin/sh\ncase \"$*\" in *help|*version) exit 1;; esac\nexec sleep 1000\n";
    std::fs::write(bin.join("codex"), script).unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(bin.join("codex"), executable).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    home.set_env("PATH", &path);
    home.set_env("OPENAI_API_KEY", "fake");
    home.start_daemon();
    let mut starting = home
        .command(fake.start_arguments(&home, &[]))
        .spawn()
        .unwrap();
    let mut id = String::new();
    home.until("the app-server is being started", || {
        let sessions = home.call("GET", "/sessions", &Value::Null);
        sessions["sessions"][0]["id"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut id);
        !id.is_empty() && processes(&id) > 2
    });
    home.kill_daemon();
    drop(starting.wait());
    home.start_daemon();
    home.until("the session is known to have ended", || {
        home.session(&id)["exit"]["reason"] == "launch_failed"
    });
    assert_eq!(processes(&id), 0);
}

#[test]
fn what_a_lost_app_server_asked_nobody_is_asked_any_more() {
    let fake = FakeCodex::new();
    let mut home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    for is_daemon_away in [false, true] {
        let approval = ask(&home, &id, "ESCALATE: touch never\nSAY: never");
        let server = rustix::process::Pid::from_raw(app_servers(&id)[0]).unwrap();
        if is_daemon_away {
            home.kill_daemon();
        }
        rustix::process::kill_process(server, rustix::process::Signal::KILL).unwrap();
        if is_daemon_away {
            home.start_daemon();
        }
        let expired = until_status(&home, &approval, "expired");
        assert!(expired["answer"].is_null(), "{expired}");
        assert_eq!(home.decisions(&id)[0]["actor"], "policy");
        let late = home.run(&["approve", approval["id"].as_str().unwrap()]);
        assert_eq!(late.code, 5, "{late:?}");
        until_idle(&home, &id);
    }
    assert_eq!(reply(&home, &id, "SAY: it goes on"), "it goes on");
    assert!(!home.path("work/never").exists());
}

#[test]
fn words_that_codex_would_complete_arrive_as_they_are() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    for words in ["what is $i", "print $sk", "$"] {
        let prompt = format!("SAY: said\n{words}");
        assert_eq!(reply(&home, &id, &prompt), "said");
        let history = fake.history_of("said");
        let told = format!("{words}\"");
        assert!(history.contains(&told), "{words}: {history}");
    }
}

#[test]
fn a_session_that_waits_for_leave_can_be_stopped() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    let approval = ask(&home, &id, "ESCALATE: touch never");
    assert!(processes(&id) > 2);
    home.run(&["stop", &id]).ok();
    assert_eq!(home.session(&id)["exit"]["reason"], "stopped");
    assert_eq!(processes(&id), 0);
    assert_ne!(home.approval(&approval["id"])["status"], "pending");
    assert!(!home.path("work/never").exists());
}

#[test]
fn no_other_account_pays_for_a_conversation_unseen() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let thread = fake.outside(&home, "on my own account");
    let refused = home.run(&fake.start_arguments(&home, &["--resume", &thread]));
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(refused.stderr.contains("`own`") && refused.stderr.contains("--fork"));
    let id = fake.start(&home, &["--resume", &thread, "--fork"]);
    assert_eq!(reply(&home, &id, "SAY: with the key"), "with the key");
    assert!(fake.history_of("with the key").contains("on my own"));
}

#[test]
fn a_conversation_in_which_nothing_was_said_goes_on_too() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    let thread = home.session(&id)["providerSessionId"].clone();
    home.run(&["stop", &id]).ok();
    home.run(&["resume", &id]).ok();
    until_idle(&home, &id);
    assert_eq!(reply(&home, &id, "SAY: the first"), "the first");
    assert_eq!(home.session(&id)["providerSessionId"], thread);
}

#[test]
fn a_conversation_that_is_not_there_leaves_nothing() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let nobody = "0199aaaa-0000-7000-8000-000000000000";
    for more in [&["--resume", nobody][..], &["--resume", nobody, "--fork"]] {
        let refused = home.run(&fake.start_arguments(&home, more));
        assert_eq!(refused.code, 3, "{refused:?}");
        assert!(
            refused.stderr.contains("conversation_not_found"),
            "{refused:?}"
        );
        assert!(refused.stderr.contains(nobody), "{refused:?}");
    }
    let sessions = home.call("GET", "/sessions", &Value::Null);
    assert_eq!(sessions["sessions"], json!([]));
}
