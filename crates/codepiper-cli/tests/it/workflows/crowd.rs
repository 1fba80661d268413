//! Many executions at once, and what is left of them.

use serde_json::Value;

use super::{Execution, live};
use crate::crowd::processes;
use crate::support::TestHome;

/// Ten steps: two agents, of which one is told more, commands, and what is between.
const TEN: &str = "
name: Ten
cwd: ${cwd}
steps:
  - {name: one, type: session, provider: demo, prompt: 'SAY: one'}
  - {name: two, type: send, session: one, prompt: 'SAY: two'}
  - {name: three, type: command, run: echo three}
  - name: four
    type: if
    condition: ${steps.three.result} == three
    then:
      - {name: five, type: log, message: '${steps.two.reply}'}
  - name: six
    type: parallel
    steps:
      - {name: seven, type: session, provider: demo, prompt: 'SAY: seven'}
      - {name: eight, type: command, run: echo eight}
  - {name: nine, type: send, session: one, prompt: 'SAY: nine'}
  - {name: ten, type: log, message: '${steps.seven.reply} ${steps.eight.result} ${steps.nine.reply}'}
outputs: {all: '${steps.ten.result}'}
";

#[test]
fn many_executions_at_once_come_to_their_ends_and_leave_nothing() {
    let is_soak = std::env::var_os("CODEPIPER_SOAK").is_some();
    let count = if is_soak { 100 } else { 10 };
    let home = TestHome::new();
    let alone = processes(&home);
    let begun = std::time::Instant::now();
    let executions: Vec<Execution<'_>> = (0..count)
        .map(|_| Execution::begin(&home, "ten", TEN, &[]))
        .collect();
    let mut slowest = std::time::Duration::ZERO;
    let mut open: Vec<&Execution<'_>> = executions.iter().collect();
    while !open.is_empty() {
        assert!(
            begun.elapsed().as_secs() < 110,
            "{} are open\n{}",
            open.len(),
            home.daemon_log()
        );
        let asked = std::time::Instant::now();
        open.retain(|execution| execution.look()["execution"]["completedAt"].is_null());
        slowest = slowest.max(asked.elapsed());
        std::thread::park_timeout(std::time::Duration::from_millis(100));
    }
    for execution in &executions {
        let shown = execution.look();
        let outputs = &shown["execution"]["outputs"];
        assert_eq!(outputs["all"], "seven eight nine", "{:#?}", execution.log());
    }
    assert!(
        slowest.as_secs() < 5,
        "a look at all of them took {slowest:?}"
    );
    assert!(live(&home).is_empty());
    home.until("nothing runs any more", || processes(&home) == alone);
    let runs = std::fs::read_dir(home.path(".codepiper/run"))
        .unwrap()
        .flatten();
    let panes = runs.filter(|entry| entry.path().extension().is_some_and(|end| end == "tmux"));
    assert_eq!(panes.count(), 0);
    let sessions = home.call("GET", "/sessions", &Value::Null);
    assert_eq!(sessions["sessions"].as_array().unwrap().len(), 2 * count);
    crate::crowd::tell(&format!(
        "{count} executions took {:?}; a look at all, at most {slowest:?}",
        begun.elapsed()
    ));
}
