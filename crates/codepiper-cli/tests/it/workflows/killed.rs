//! A daemon that dies at any transition of a ready-made workflow changes nothing of what comes of it.

use serde_json::{Value, json};

use super::{Execution, live, ready, statuses};
use crate::moments::Moments;
use crate::support::TestHome;

/// A ready-made workflow, with what its agents and commands are to do.
struct Case {
    name: &'static str,
    /// What `act.sh` does, which agents or commands run.
    acts: &'static str,
    variable: &'static str,
    /// How many things are begun and ended, so many transitions there are, beside the first.
    effects: u32,
    outputs: &'static str,
}

const CASES: [Case; 3] = [
    Case {
        name: "implement-review-fix",
        acts: r#"case $(wc -l <ran) in
2) cat <<'END'
{"verdict": "changes", "comments": "RUN: sh act.sh\nSAY: mended"}
END
;;
*) echo '{"verdict": "approve", "comments": ""}' ;;
esac >said"#,
        variable: "task=Write it\nRUN: sh act.sh\nQUOTE: said",
        effects: 10,
        outputs: r#"{"verdict": "approve", "comments": "", "rounds": 2}"#,
    },
    Case {
        name: "parallel-research",
        acts: "",
        variable: "topic=tmux\nRUN: sh act.sh\nSAY: found it",
        effects: 12,
        outputs: r#"{"report": "found it"}"#,
    },
    Case {
        name: "test-until-green",
        acts: r"test -e mended || { printf 'RUN: sh act.sh; touch mended\nSAY: mended\n'; exit 1; }",
        variable: "command=sh act.sh",
        effects: 5,
        outputs: r#"{"rounds": 2, "output": ""}"#,
    },
];

/// What came of an execution and all that was done for it.
#[derive(Debug, PartialEq)]
struct Course {
    statuses: Value,
    outputs: Value,
    log: Vec<String>,
    /// The sessions by name, with how they ended and what they were told.
    sessions: Vec<(String, Value, Vec<String>)>,
    /// How often something was run.
    ran: usize,
}

impl Course {
    /// Runs a case to its end; `None` where the daemon was to die at a transition there is not.
    fn of(case: &Case, fault: Option<&str>) -> Option<Self> {
        let mut home = TestHome::bare();
        home.set_env("CODEPIPER_FAULT", fault.unwrap_or_default());
        home.start_daemon();
        home.policy(&json!([{ "id": "act", "action": "allow", "tool": "Bash" }]));
        let acts = format!("echo ran >>ran\n{}", case.acts);
        std::fs::write(home.path("work/act.sh"), acts).unwrap();
        let file = super::keep(&home, case.name, &ready(&home, case.name));
        let mut args = vec!["workflow", "run", &file, "--provider", "demo", "--wait"];
        args.extend(["--timeout", "60s"]);
        args.extend(["--var", case.variable]);
        let done = home.run(&args);
        if fault.is_some() {
            if done.code == 0 {
                return None;
            }
            assert!(home.daemon_has_died(), "{done:?}\n{}", home.daemon_log());
            home.set_env("CODEPIPER_FAULT", "");
            home.start_daemon();
        }
        let list = home.call("GET", "/workflows/executions", &Value::Null);
        let list = list["executions"].as_array().unwrap();
        assert_eq!(list.len(), 1, "{list:?}\n{done:?}");
        let id = list[0]["id"].as_str().unwrap().to_owned();
        let execution = Execution { home: &home, id };
        let shown = execution.end();
        let mut log = execution.log();
        assert!(live(&home).is_empty(), "{log:#?}");
        // What is done at the same time is done in any order.
        if case.name == "parallel-research" {
            log.sort_by_key(|line| line.split_once(':').map(|(step, _)| step.to_owned()));
        }
        Some(Self {
            statuses: statuses(&shown),
            outputs: shown["execution"]["outputs"].clone(),
            log,
            sessions: sessions(&home),
            ran: std::fs::read_to_string(home.path("work/ran"))
                .unwrap()
                .lines()
                .count(),
        })
    }
}

fn sessions(home: &TestHome) -> Vec<(String, Value, Vec<String>)> {
    let all = home.call("GET", "/sessions", &Value::Null)["sessions"].clone();
    let all = all.as_array().unwrap().iter();
    let mut all: Vec<_> = all
        .map(|session| {
            let name = session["name"].as_str().unwrap().to_owned();
            let reason = match &session["exit"]["reason"] {
                // Whoever asked it to end died before it did.
                reason if reason == "exited" && session["exit"]["code"] == 0 => json!("stopped"),
                reason => reason.clone(),
            };
            (name, reason, told(session))
        })
        .collect();
    all.sort_by_key(|(name, _, _)| name.clone());
    all
}

/// Every prompt that the agent itself has written down.
fn told(session: &Value) -> Vec<String> {
    let path = session["transcriptPath"].as_str().unwrap_or_default();
    let lines = std::fs::read_to_string(path).unwrap_or_default();
    let entries = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let prompts = entries.filter(|entry| entry["type"] == "user");
    prompts
        .filter_map(|entry| Some(entry["message"]["content"].as_str()?.to_owned()))
        .collect()
}

#[track_caller]
fn killed(case: &Case) {
    let whole = Course::of(case, None).unwrap();
    let outputs: Value = serde_json::from_str(case.outputs).unwrap();
    assert_eq!(whole.outputs, outputs, "{whole:#?}");
    assert!(
        whole
            .sessions
            .iter()
            .all(|(_, reason, _)| reason == "stopped"),
        "{whole:#?}"
    );
    // A tenth of them; all where there is time.
    let is_soak = std::env::var_os("CODEPIPER_SOAK").is_some();
    let mut moments = Moments::new();
    let faults = ["workflow-before", "workflow-after"].map(|point| {
        let taken = (1..=case.effects + 1).filter(|_| moments.next().is_multiple_of(10) || is_soak);
        taken.map(|at| format!("{point}:{at}")).collect::<Vec<_>>()
    });
    assert!(faults.iter().any(|faults| !faults.is_empty()));
    std::thread::scope(|scope| {
        for faults in &faults {
            let whole = &whole;
            scope.spawn(move || {
                for fault in faults {
                    let disturbed = Course::of(case, Some(fault));
                    let disturbed = disturbed.unwrap_or_else(|| panic!("{fault} is not come to"));
                    assert_eq!(disturbed, *whole, "{} killed {fault}", case.name);
                }
            });
        }
    });
    let beyond = format!("workflow-after:{}", case.effects + 2);
    assert_eq!(
        Course::of(case, Some(&beyond)),
        None,
        "{} has more transitions",
        case.name
    );
}

#[test]
fn implement_review_fix() {
    killed(&CASES[0]);
}

#[test]
fn parallel_research() {
    killed(&CASES[1]);
}

#[test]
fn test_until_green() {
    killed(&CASES[2]);
}
