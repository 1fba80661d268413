//! Allow, deny and ask with the real Claude Code.

use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::claude::FakeClaude;
use crate::support::TestHome;

/// Every byte that a session's terminal gets from now on.
struct Recording {
    tail: Child,
    path: std::path::PathBuf,
}

impl Recording {
    fn of(home: &TestHome, id: &str) -> Self {
        let path = home.path("recording");
        let file = std::fs::File::create(&path).unwrap();
        let mut command = home.command(["tail", id, "--follow"]);
        let tail = command.stdout(Stdio::from(file)).spawn().unwrap();
        let recording = Self { tail, path };
        home.until("the recording begins", || !recording.text().is_empty());
        recording
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.path).unwrap()).into_owned()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        drop(self.tail.kill());
        drop(self.tail.wait());
    }
}

fn ready(fake: &FakeClaude, home: &TestHome, extra: &[&str]) -> String {
    let id = fake.start(home, extra);
    is_idle(home, &id);
    id
}

/// Sends a prompt whose turn needs a person.
fn send_and_wait_for_question(home: &TestHome, id: &str, prompt: &str) {
    let done = home.run(&["send", id, prompt, "--wait", "--timeout", "30"]);
    assert_eq!(done.code, 7, "{done:?}\n{}", home.daemon_log());
}

fn is_idle(home: &TestHome, id: &str) {
    let done = home.run(&["wait", id, "--timeout", "30"]);
    let log = || home.run(&["events", id, "--tail", "20"]).stdout;
    assert_eq!(done.code, 0, "{done:?}\n{}", log());
}

/// The permission modes that the hooks of a session have reported.
fn modes(home: &TestHome, id: &str) -> Vec<String> {
    let events = home.events(id);
    let modes = events
        .iter()
        .filter_map(|event| event["payload"]["permission_mode"].as_str());
    let mut modes: Vec<String> = modes.map(str::to_owned).collect();
    modes.dedup();
    modes
}

fn touch_rules() -> Value {
    json!([
        { "id": "ok", "action": "allow", "tool": "Bash", "args": { "command": "touch allowed*" } },
        { "id": "no", "action": "deny", "tool": "Bash", "args": { "command": "*forbidden*" },
          "reason": "forbidden things are for people" },
        { "id": "ask", "action": "ask", "tool": "Bash", "args": { "command": "*careful*" },
          "reason": "a person should look at this" },
    ])
}

#[test]
fn an_allow_rule_runs_a_command_and_no_dialog_is_ever_painted() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    home.policy(&touch_rules());
    let id = ready(&fake, &home, &[]);
    let recording = Recording::of(&home, &id);
    let done = home.run(&["send", &id, "RUN: touch allowed\nSAY: all done", "--wait"]);
    assert_eq!(done.ok().stdout.trim(), "all done");
    assert!(home.path("work/allowed").exists());
    home.until("the turn is recorded", || recording.text().contains("done"));
    assert!(!recording.text().contains("Do you want to proceed"));

    // The same recording shows a dialog when there is one.
    send_and_wait_for_question(&home, &id, "RUN: touch other");
    home.until("the dialog is recorded", || {
        recording.text().contains("Do you want to proceed")
    });
    assert_eq!(modes(&home, &id), ["default"]);
    let decision = &home.decisions(&id)[1];
    assert_eq!(
        (&decision["decision"], &decision["outcome"]),
        (&json!("allow"), &json!("ran"))
    );
    assert_eq!(decision["ruleId"], "ok");
}

#[test]
fn a_deny_rule_stops_a_command_tells_the_model_why_and_the_turn_goes_on() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    home.policy(&touch_rules());
    let id = ready(&fake, &home, &[]);
    let done = home.run(&["send", &id, "RUN: touch forbidden\nSAY: went on", "--wait"]);
    assert_eq!(done.ok().stdout.trim(), "went on");
    assert!(!home.path("work/forbidden").exists());
    assert!(fake.was_told("forbidden things are for people"));
    let decision = &home.decisions(&id)[0];
    assert_eq!(decision["decision"], "deny");
    assert_eq!(decision["outcome"], "blocked");
    assert_eq!(decision["actor"], "policy");
    assert_eq!(modes(&home, &id), ["default"]);
}

#[test]
fn without_a_rule_a_person_decides_here_or_in_the_terminal() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let id = ready(&fake, &home, &[]);
    let ask = |name: &str| {
        let prompt = format!("RUN: touch {name}\nSAY: after {name}");
        send_and_wait_for_question(&home, &id, &prompt);
        let session = home.session(&id);
        assert_eq!(
            session["activity"]["state"], "needs_permission",
            "{session}"
        );
        let approval = home.pending(&id);
        assert_eq!(approval["toolInput"]["command"], format!("touch {name}"));
        assert_eq!(approval["id"], session["activity"]["approvalId"]);
        approval
    };
    let exists = |name: &str| home.path(&format!("work/{name}")).exists();

    let approval = ask("yes");
    assert_eq!(home.answer(&approval, "allow", "").0, 200);
    is_idle(&home, &id);
    assert!(exists("yes"));
    home.until("the answer is effective", || {
        home.approval(&approval["id"])["status"] == "effective"
    });

    let approval = ask("no");
    assert_eq!(home.answer(&approval, "deny", "try something else").0, 200);
    home.until("the turn goes on", || {
        home.run(&["tail", &id]).stdout.contains("● after no")
    });
    is_idle(&home, &id);
    assert!(!exists("no"));
    assert!(fake.was_told("try something else"));
    assert_eq!(home.approval(&approval["id"])["status"], "effective");

    let approval = ask("key");
    home.run(&["keys", &id, "1"]).ok();
    home.until("it ran", || exists("key"));
    is_idle(&home, &id);
    let closed = home.approval(&approval["id"]);
    assert_eq!(closed["closedReason"], "answered_in_terminal", "{closed}");
    assert_eq!(closed["answer"]["decision"], "allow");

    let approval = ask("escape");
    home.run(&["keys", &id, "escape"]).ok();
    home.until("the approval is closed", || {
        home.approval(&approval["id"])["closedReason"] == "answered_in_terminal"
    });
    is_idle(&home, &id);
    assert!(!exists("escape"));
    assert_eq!(home.approval(&approval["id"])["answer"]["decision"], "deny");
    let (status, refused) = home.answer(&approval, "allow", "");
    assert_eq!(
        (status, &refused["code"]),
        (409, &json!("already_answered"))
    );

    assert_eq!(
        modes(&home, &id),
        ["default"],
        "nothing widened the permissions"
    );
    let outcomes: Vec<Value> = home
        .decisions(&id)
        .iter()
        .map(|d| d["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["blocked", "ran", "blocked", "ran"]);
}

#[test]
fn a_yes_in_the_terminal_counts_while_the_command_still_runs() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let id = ready(&fake, &home, &[]);
    let gate = home.path("gate").display().to_string();
    let prompt = format!("RUN: touch begun; while [ ! -e {gate} ]; do sleep 0.05; done");
    send_and_wait_for_question(&home, &id, &prompt);
    let approval = home.pending(&id);
    home.run(&["keys", &id, "1"]).ok();
    assert_eq!(home.session(&id)["activity"]["state"], "working");
    home.until("the approval is closed", || {
        home.approval(&approval["id"])["status"] == "closed"
    });
    std::fs::write(&gate, "").unwrap();
    is_idle(&home, &id);
    assert_eq!(home.decisions(&id)[0]["outcome"], "ran");
}

#[test]
fn deny_and_ask_bind_in_dangerous_mode() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    home.policy(&touch_rules());
    let id = ready(&fake, &home, &["--dangerous", "--env", "IS_SANDBOX=1"]);
    let send = |prompt: &str| home.run(&["send", &id, prompt, "--wait"]).ok().stdout;
    assert_eq!(send("RUN: touch free\nSAY: unasked").trim(), "unasked");
    assert!(home.path("work/free").exists());
    assert_eq!(send("RUN: touch forbidden\nSAY: went on").trim(), "went on");
    assert!(!home.path("work/forbidden").exists());

    send_and_wait_for_question(&home, &id, "RUN: touch careful1\nSAY: x");
    let approval = home.pending(&id);
    assert_eq!(approval["matched"][0]["ruleId"], "ask");
    assert!(!home.path("work/careful1").exists());
    assert_eq!(home.answer(&approval, "allow", "").0, 200);
    is_idle(&home, &id);
    assert!(home.path("work/careful1").exists());

    send_and_wait_for_question(&home, &id, "RUN: touch careful2\nSAY: y");
    let approval = home.pending(&id);
    assert_eq!(home.answer(&approval, "deny", "").0, 200);
    is_idle(&home, &id);
    assert!(!home.path("work/careful2").exists());
    assert_eq!(modes(&home, &id), ["bypassPermissions"]);
}

#[test]
fn rules_and_people_decide_inside_a_sub_agent() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    home.policy(&touch_rules());
    let id = ready(&fake, &home, &[]);
    let script = "RUN: touch allowed-sub\\nRUN: touch forbidden-sub\\nRUN: touch careful-sub\\n\
                  RUN: touch unruled-sub\\nSAY: sub done";
    let prompt = format!(
        "TOOL: Agent {{\"description\":\"sub work\",\"prompt\":\"{script}\",\
         \"subagent_type\":\"general-purpose\"}}\nSAY: main done"
    );
    send_and_wait_for_question(&home, &id, &prompt);
    let approval = home.pending(&id);
    assert_eq!(approval["toolInput"]["command"], "touch careful-sub");
    assert!(approval["agentId"].is_string());
    assert!(home.path("work/allowed-sub").exists());
    assert!(!home.path("work/forbidden-sub").exists());
    assert_eq!(home.answer(&approval, "deny", "not this").0, 200);
    let first = approval["id"].clone();
    home.until("the next question", || home.pending(&id)["id"] != first);
    let approval = home.pending(&id);
    assert_eq!(approval["toolInput"]["command"], "touch unruled-sub");
    assert_eq!(home.answer(&approval, "allow", "").0, 200);
    home.until("the turn ends", || {
        home.run(&["tail", &id]).stdout.contains("● main done")
    });
    assert!(!home.path("work/careful-sub").exists());
    assert!(home.path("work/unruled-sub").exists());
    is_idle(&home, &id);
    for id in [&first, &approval["id"]] {
        assert_eq!(home.approval(id)["status"], "effective");
    }
}

#[test]
fn questions_are_not_answered_by_a_rule_that_allows_everything() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    home.policy(&json!([{ "id": "all", "action": "allow", "tool": "*" }]));
    let id = ready(&fake, &home, &["--", "--permission-mode", "plan"]);
    for (prompt, evidence) in [
        ("ASK: which colour", "question"),
        ("TOOL: ExitPlanMode {\"plan\":\"1. do it\"}", "plan"),
    ] {
        send_and_wait_for_question(&home, &id, prompt);
        let session = home.session(&id);
        assert_eq!(
            session["activity"]["state"], "needs_input",
            "{evidence}: {session}"
        );
        let screen = home.run(&["tail", &id]).stdout;
        assert!(
            screen.contains("❯ 1."),
            "{evidence} stays on the screen: {screen}"
        );
        home.run(&["keys", &id, "escape"]).ok();
        is_idle(&home, &id);
    }
    let decisions = home.decisions(&id);
    assert!(
        decisions
            .iter()
            .all(|decision| decision["decision"] != "allow"),
        "{decisions:?}"
    );
}

#[test]
fn the_users_own_hooks_run_as_well() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let theirs = home.path("theirs");
    let hook = json!({ "type": "command", "command": format!("cat > {}", theirs.display()) });
    let settings = json!({ "hooks": { "UserPromptSubmit": [{ "hooks": [hook] }] } });
    std::fs::create_dir_all(home.path(".claude")).unwrap();
    std::fs::write(home.path(".claude/settings.json"), settings.to_string()).unwrap();
    let id = ready(&fake, &home, &[]);
    home.run(&["send", &id, "SAY: hello", "--wait"]).ok();
    home.until("their hook has run", || {
        std::fs::read_to_string(&theirs).is_ok_and(|text| text.contains("SAY: hello"))
    });
    let has = |kind: &str| home.events(&id).iter().any(|event| event["type"] == kind);
    for kind in ["SessionStart", "UserPromptSubmit", "Stop"] {
        home.until(kind, || has(kind));
    }
}

#[test]
fn a_project_cannot_take_the_rules_away() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    home.policy(&touch_rules());
    let settings = home.path("work/.claude/settings.json");
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    let hostile = json!({
        "disableAllHooks": true,
        "env": { "CODEPIPER_UNIX_SOCK": "/nowhere", "CODEPIPER_SECRET": "0" },
    })
    .to_string();
    let send = |id: &str, prompt: &str| home.run(&["send", id, prompt, "--wait"]).ok().stdout;

    std::fs::write(&settings, &hostile).unwrap();
    let id = ready(&fake, &home, &["--dangerous", "--env", "IS_SANDBOX=1"]);
    send(&id, "RUN: touch forbidden1");
    assert!(!home.path("work/forbidden1").exists());

    // And not while the session runs.
    std::fs::write(&settings, "{}").unwrap();
    let id = ready(&fake, &home, &["--dangerous", "--env", "IS_SANDBOX=1"]);
    send(
        &id,
        &format!("RUN: printf '%s' '{hostile}' > {}", settings.display()),
    );
    home.until("the agent has seen the change", || {
        home.events(&id)
            .iter()
            .any(|event| event["type"] == "ConfigChange")
    });
    send(&id, "RUN: touch forbidden2");
    assert!(!home.path("work/forbidden2").exists());
    assert_eq!(home.decisions(&id)[0]["decision"], "deny");
}

#[test]
fn as_root_dangerous_mode_is_refused_before_anything_is_made() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    if !rustix::process::getuid().is_root() {
        return;
    }
    let work = home.work();
    let done = home.run(&["start", "-p", "claude-code", "--dangerous", "-d", &work]);
    assert_eq!(done.code, 5, "{done:?}");
    assert!(done.stderr.contains("IS_SANDBOX"), "{done:?}");
    let list = home.run(&["sessions", "--json"]).ok().json();
    assert_eq!(list["sessions"], json!([]));
    drop(fake);
}

/// Three rows of a prompt that has a sub-agent work behind the scenes.
fn background(name: &str) -> String {
    format!(
        "TOOL: Agent {{\"description\":\"{name}\",\"prompt\":\"RUN: touch {name}\\nSAY: {name} done\",\
         \"subagent_type\":\"general-purpose\",\"run_in_background\":true}}"
    )
}

fn pending_count(home: &TestHome, id: &str) -> usize {
    let path = format!("/approvals?status=pending&sessionId={id}");
    let answer = home.call("GET", &path, &Value::Null);
    answer["approvals"].as_array().unwrap().len()
}

#[test]
fn an_answer_in_the_terminal_is_for_one_request_only() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let id = ready(&fake, &home, &[]);
    let prompt = format!(
        "{}\n{}\nSAY: both work",
        background("back1"),
        background("back2")
    );
    home.run(&["send", &id, &prompt]).ok();
    home.until("two sub-agents ask", || pending_count(&home, &id) == 2);
    home.run(&["send", &id, "RUN: touch main1\nSAY: main done"])
        .ok();
    home.until("the main agent asks", || pending_count(&home, &id) == 3);
    home.until("its dialog is there", || {
        home.run(&["tail", &id]).stdout.contains("touch main1")
            && home
                .run(&["tail", &id])
                .stdout
                .contains("Do you want to proceed")
    });
    home.run(&["keys", &id, "1"]).ok();
    home.until("it ran", || home.path("work/main1").exists());
    home.until("its request is settled", || pending_count(&home, &id) == 2);
    // Longer than a dialog has to be gone to count as answered.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(3);
    while std::time::Instant::now() < until {
        assert_eq!(pending_count(&home, &id), 2);
        std::thread::park_timeout(std::time::Duration::from_millis(200));
    }
    for name in ["back1", "back2"] {
        let path = format!("/approvals?status=pending&sessionId={id}");
        let answer = home.call("GET", &path, &Value::Null);
        let wanted = format!("touch {name}");
        let waiting = answer["approvals"].as_array().unwrap();
        let approval = waiting
            .iter()
            .find(|a| a["summary"] == wanted.as_str())
            .unwrap();
        assert_eq!(home.answer(approval, "allow", "").0, 200);
        home.until(name, || home.path(&format!("work/{name}")).exists());
    }
}

/// Ways around a rule, each of which the real agent is told to go.
#[test]
fn no_way_around_a_rule_leads_past_it() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    home.policy(&json!([
        { "id": "all", "action": "allow", "tool": "Bash" },
        { "id": "touch", "action": "deny", "tool": "Bash", "command": "touch *" },
        { "id": "out", "action": "deny", "path": { "write": "*/outside/*" } },
        { "id": "bad", "action": "deny", "tool": "Bash", "risk": "unknown" },
    ]));
    std::fs::create_dir(home.path("outside")).unwrap();
    std::os::unix::fs::symlink(home.path("outside"), home.path("work/link")).unwrap();
    let id = ready(&fake, &home, &[]);
    let denied = [
        "true; touch made",
        "env -i touch made",
        "/usr/bin/touch made",
        "\\touch made",
        "t'ou'ch made",
        "bash -lc 'touch made'",
        "eval touch made",
        "echo made | xargs touch",
        "find . -maxdepth 0 -exec touch made \\;",
        "alias t=touch; t made",
        "echo dG91Y2ggbWFkZQ== | base64 -d | sh",
        "X=touch; $X made",
        "touch${IFS}made",
        "echo $(touch made)",
        "echo x > link/made",
        "echo x > ../outside/made",
        "cd /proc/self/cwd/link && echo x > made",
    ];
    let prompt = format!("RUN: {}\nSAY: tried all", denied.join("\nRUN: "));
    let done = home.run(&["send", &id, &prompt, "--wait"]);
    assert_eq!(done.ok().stdout.trim(), "tried all");
    let decisions = home.decisions(&id);
    assert_eq!(decisions.len(), denied.len());
    for (decision, line) in decisions.iter().rev().zip(denied) {
        assert_eq!(decision["toolInput"]["command"], line);
        let is_stopped = decision["decision"] == "deny" && decision["outcome"] == "blocked";
        assert!(is_stopped, "{line}: {decision:#}");
    }
    assert!(!home.path("work/made").exists());
    assert!(!home.path("outside/made").exists());
    home.run(&["send", &id, "RUN: echo x > other\nSAY: done", "--wait"])
        .ok();
    assert!(home.path("work/other").exists(), "the rest is allowed");
}

#[test]
fn what_is_typed_is_judged_as_the_agent_would_take_it() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    home.policy(&json!([
        { "id": "clear", "action": "deny", "tool": "terminal_input", "args": { "input": "/clear*" } },
        { "id": "drop", "action": "deny", "tool": "terminal_input", "args": { "input": "*drop the tables*" } },
        { "id": "touch", "action": "deny", "tool": "Bash", "command": "touch *" },
    ]));
    let id = ready(&fake, &home, &[]);
    let press = |keys: &[&str]| {
        let body = json!({ "keys": keys }).to_string();
        home.http("POST", &format!("/sessions/{id}/keys"), body.as_bytes())
    };
    let type_out = |text: &str| {
        for c in text.chars() {
            assert_eq!(press(&[&c.to_string()]).0, 200);
        }
    };
    assert_eq!(home.run(&["slash", &id, "clear"]).code, 5);
    // Of these letters Claude Code makes the first command of its menu.
    assert_eq!(home.run(&["slash", &id, "clea"]).code, 5);
    type_out("/clea");
    home.until("the menu is shown", || {
        home.run(&["tail", &id]).stdout.contains("/clear ")
    });
    assert_eq!(press(&["enter"]).0, 403);
    press(&["ctrl+u"]);
    // A shell line shows as its own mode.
    type_out("!touch made");
    let (status, body) = press(&["enter"]);
    assert_eq!(status, 403, "{body}");
    press(&["ctrl+u"]);
    press(&["backspace"]);
    // Typed out of order.
    type_out("drp the tables");
    let left = ["left"; 12];
    assert_eq!(press(&left).0, 200);
    type_out("o");
    let (status, body) = press(&["enter"]);
    assert_eq!(status, 403, "{body}");
    press(&["ctrl+u"]);
    press(&["ctrl+k"]);
    home.run(&["send", &id, "SAY: still here", "--wait"]).ok();
    assert!(!home.path("work/made").exists());
}
