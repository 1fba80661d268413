//! Executions that people end, hold and try again, and sessions that end on their own.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Execution, live, statuses, step};
use crate::codex::command_lines;
use crate::support::TestHome;

/// Works until a file is there.
const WAITS: &str = "
name: Waits
cwd: ${cwd}
steps:
  - {name: agent, type: session, provider: demo}
  - {name: waits, type: command, run: 'echo $$ >pid; while ! test -e go; do sleep 0.05; done'}
  - {name: after, type: send, session: agent, prompt: 'SAY: went on'}
finally:
  - {name: last, type: command, run: echo last >>last}
";

fn begin(home: &TestHome) -> Execution<'_> {
    let waits = Execution::begin(home, "waits", WAITS, &[]);
    home.until("it runs", || {
        home.path("work/pid")
            .metadata()
            .is_ok_and(|file| file.len() > 0)
    });
    waits
}

#[test]
fn what_is_cancelled_ends_and_what_is_to_be_done_at_the_end_is_done() {
    let home = TestHome::new();
    let waits = begin(&home);
    let pid = std::fs::read_to_string(home.path("work/pid")).unwrap();
    waits.tell("cancel", &[]).ok();
    let shown = waits.end();
    let steps = json!([
        ["agent", "completed"],
        ["waits", "cancelled"],
        ["last", "completed"]
    ]);
    assert_eq!(statuses(&shown), json!(["cancelled", steps]));
    assert_eq!(
        std::fs::read_to_string(home.path("work/last")).unwrap(),
        "last\n"
    );
    assert!(live(&home).is_empty());
    let process = format!("/proc/{}", pid.trim());
    home.until("the command is ended", || {
        !std::path::Path::new(&process).exists()
    });

    // What was cancelled is tried again, with a session of its own.
    std::fs::write(home.path("work/go"), "").unwrap();
    waits.tell("retry", &[]).ok();
    let shown = waits.end();
    assert_eq!(
        shown["execution"]["status"],
        "completed",
        "{:#?}",
        waits.log()
    );
    assert_eq!(step(&shown, "after")["result"]["reply"], "went on");
    assert!(live(&home).is_empty());
}

#[test]
fn what_is_paused_begins_nothing_new_until_it_goes_on() {
    let mut home = TestHome::new();
    let id = {
        let waits = begin(&home);
        waits.tell("pause", &[]).ok();
        std::fs::write(home.path("work/go"), "").unwrap();
        waits.until("waits", "is over", |step| step["status"] == "completed");
        waits.id
    };
    // It stays so, whatever becomes of the daemon.
    home.kill_daemon();
    home.start_daemon();
    let waits = Execution { home: &home, id };
    let shown = waits.show();
    assert_eq!(shown["execution"]["isPaused"], true);
    assert_eq!(step(&shown, "after"), Value::Null);
    let listed = home.run(&["workflow", "executions"]).ok().stdout;
    assert!(listed.contains("running, paused"), "{listed}");
    waits.tell("resume", &[]).ok();
    let shown = waits.end();
    assert_eq!(
        shown["execution"]["status"],
        "completed",
        "{:#?}",
        waits.log()
    );
}

#[test]
fn a_command_line_that_waits_says_how_it_ended() {
    let home = TestHome::new();
    let waits = begin(&home);
    let file = home.path("waits.yaml").display().to_string();
    let late = home.run(&["workflow", "run", &file, "--wait", "--timeout", "1s"]);
    assert_eq!(late.code, 124, "{late:?}");
    for execution in home.run(&["workflow", "executions", "--json"]).ok().json()["executions"]
        .as_array()
        .unwrap()
    {
        home.run(&["workflow", "cancel", execution["id"].as_str().unwrap()])
            .ok();
    }
    waits.end();
    let fails =
        "name: Fails\ncwd: ${cwd}\nsteps: [{name: no, type: command, run: echo why >&2; exit 3}]";
    let file = super::keep(&home, "fails", fails);
    let failed = home.run(&["workflow", "run", &file, "--wait"]);
    assert_eq!(failed.code, 1, "{failed:?}");
    assert!(
        failed.stdout.contains("failed at no: exit code 3: why"),
        "{failed:?}"
    );
    assert!(failed.stderr.contains("has failed"), "{failed:?}");
}

#[test]
fn an_agent_that_dies_fails_its_step_and_says_so() {
    let home = TestHome::new();
    let text = "name: Dies\ncwd: ${cwd}\nsteps:\n\
        - {name: works, type: session, provider: demo, prompt: 'SLOW: 60000'}\n";
    let dies = Execution::begin(&home, "dies", text, &[]);
    let works = dies.until("works", "has a session", |works| {
        works["sessionId"].is_string()
    });
    let session = works["sessionId"].as_str().unwrap().to_owned();
    home.until("it works", || {
        home.session(&session)["activity"]["state"] == "working"
    });
    let agents = command_lines(&session).into_iter();
    let agent = agents
        .filter(|(_, line)| line.contains("demo-agent"))
        .map(|(pid, _)| pid)
        .max()
        .unwrap();
    let agent = rustix::process::Pid::from_raw(agent).unwrap();
    rustix::process::kill_process(agent, rustix::process::Signal::KILL).unwrap();
    let begun = std::time::Instant::now();
    let shown = dies.end();
    assert!(begun.elapsed() < Duration::from_secs(15), "{shown}");
    let error = shown["execution"]["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        error.contains(&session) && error.contains("ended by signal 9"),
        "{error}"
    );
    assert!(live(&home).is_empty());
}
