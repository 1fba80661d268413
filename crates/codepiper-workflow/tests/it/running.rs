use codepiper_workflow::{Effect, ExecutionStatus, Happened, Level, NodeStatus};
use serde_json::{Value, json};

use crate::world::World;

fn ended(world: &World) -> usize {
    let asked = world.asked.iter();
    asked
        .filter(|(_, e)| matches!(e, Effect::End { .. }))
        .count()
}

#[test]
fn a_session_is_kept_until_its_last_prompt_and_then_ended() {
    let mut world = World::new(
        "name: review\ncwd: /srv\nsteps:
  - {name: write, type: session, provider: demo, prompt: 'Write ${WHAT}', extract: {file: {type: regex, pattern: 'Wrote (\\S+)'}}}
  - {name: review, type: session, provider: demo, prompt: 'Review ${steps.write.file}', extract: {verdict: {type: json, schema: {required: [ok]}}}}
  - name: again
    type: until
    condition: ${steps.fix.result} == fixed
    limit: 3
    steps:
      - {name: fix, type: send, session: write, prompt: 'Fix ${steps.review.verdict.why}, round ${index}'}
outputs: {verdict: '${steps.review.verdict}', rounds: '${steps.again.rounds}', words: 'wrote ${steps.write.file}'}",
        &json!({ "WHAT": "a parser" }),
    );
    world.falls = true;
    world.run(|text| {
        Ok(match text {
            "Write a parser" => "Ok.\nWrote src/parser.rs".to_owned(),
            "Review src/parser.rs" => {
                "It is:\n```json\n{\"ok\": false, \"why\": \"names\"}\n```".to_owned()
            }
            "Fix names, round 0" => "not yet".to_owned(),
            "Fix names, round 1" => "fixed".to_owned(),
            other => panic!("{other}"),
        })
    });
    assert_eq!(world.state.status, ExecutionStatus::Completed);
    assert_eq!(
        Value::Object(world.state.outputs.clone()),
        json!({ "verdict": { "ok": false, "why": "names" }, "rounds": 2, "words": "wrote src/parser.rs" })
    );
    let order: Vec<String> = world
        .asked
        .iter()
        .map(|(name, effect)| match effect {
            Effect::End { .. } => "end".to_owned(),
            _ => name.clone(),
        })
        .collect();
    assert_eq!(
        order,
        [
            "write#1.1",
            "write#1.2",
            "review#1.1",
            "review#1.2",
            "end",
            "fix[0]#1.1",
            "fix[1]#1.1",
            "end"
        ]
    );
}

#[test]
fn failures_are_tried_again_passed_over_or_handled_and_the_end_always_comes() {
    let mut world = World::new(
        "name: x\ncwd: /srv\nsteps:
  - {name: flaky, type: command, run: 'make flaky', retry: {max_attempts: 3, delay: 1s, backoff: 2}}
  - {name: shrug, type: command, run: ['make', 'shrug it'], on_error: continue}
  - {name: mend, type: command, run: make mend, on_error: [{name: mended, type: log, message: 'because ${error.message}'}]}
  - {name: fatal, type: command, run: make fatal}
  - {name: never, type: log, message: never}
on_error:
  - {name: told, type: log, message: 'failed at ${error.step}: ${steps.fatal.exit_code}'}
finally:
  - {name: sweep, type: command, run: make sweep}
  - {name: last, type: log, message: 'shrug was ${steps.shrug.status}, never was ${steps.never.status}'}",
        &json!({}),
    );
    let mut flaky = 0;
    world.run(|text| match text {
        "make flaky" => {
            flaky += 1;
            Ok(if flaky < 3 {
                "1 no".to_owned()
            } else {
                "0 yes".to_owned()
            })
        }
        "make 'shrug it'" => Err("no such program".to_owned()),
        "make mend" | "make sweep" => Ok("2 broken".to_owned()),
        "make fatal" => Ok("7 dead".to_owned()),
        other => panic!("{other}"),
    });
    assert_eq!(world.state.status, ExecutionStatus::Failed);
    let failure = world.state.error.as_ref().unwrap();
    assert_eq!(failure.to_string(), "step `fatal`: exit code 7: dead");
    assert_eq!(world.now, 3000, "one second, then two");
    let said: Vec<&str> = world
        .log
        .iter()
        .filter(|line| line.level == Level::Log)
        .map(|line| line.message.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "because exit code 2: broken",
            "failed at fatal: 7",
            "shrug was failed, never was skipped"
        ]
    );
    assert!(!world.state.nodes.contains_key("never"));
}

#[test]
fn several_things_at_a_time_are_bounded_and_gathered() {
    let mut world = World::new(
        "name: x\ncwd: /srv\ninputs: {files: {type: list}}\nsteps:
  - name: each
    type: foreach
    items: ${files}
    max_concurrent: 2
    steps:
      - {name: ask, type: session, provider: demo, prompt: 'Look at ${item}', extract: {found: {type: regex, pattern: 'found (\\w+)'}}}
      - {name: note, type: log, message: '${index}: ${item} has ${steps.ask.found}'}
  - {name: sum, type: session, provider: demo, prompt: '${steps.each.count}: ${steps.each.results}'}",
        &json!({ "files": "a, b, c" }),
    );
    assert_eq!(world.open().len(), 2, "two of three at a time");
    world.run(|text| Ok(format!("found {}", text.replace(' ', "_"))));
    assert_eq!(world.state.status, ExecutionStatus::Completed);
    let last = world.texts().pop().unwrap();
    assert!(
        last.starts_with("3: [{") && last.contains("1: b has Look_at_b"),
        "{last}"
    );
    assert_eq!(ended(&world), 4);
}

#[test]
fn of_a_race_the_losers_are_ended_and_what_is_left_behind_is_waited_for() {
    let text = "name: x\ncwd: /srv\nsteps:
  - name: race
    type: parallel
    wait_for: any
    steps:
      - {name: a, type: session, provider: demo, prompt: a}
      - {name: b, type: session, provider: demo, prompt: b}
  - name: behind
    type: parallel
    wait_for: none
    steps: [{name: slow, type: command, run: slow}]
  - {name: after, type: log, message: after}";
    let mut world = World::new(text, &json!({}));
    world.done(
        "a#1.1",
        Ok(codepiper_workflow::Outcome::Started { cwd: String::new() }),
    );
    world.done(
        "a#1.2",
        Ok(codepiper_workflow::Outcome::Answered(
            codepiper_workflow::Answer::default(),
        )),
    );
    assert_eq!(world.state.nodes["b"].status, NodeStatus::Cancelled);
    assert_eq!(world.state.nodes["after"].status, NodeStatus::Completed);
    assert_eq!(world.state.nodes["behind"].status, NodeStatus::Running);
    assert!(!world.is_over());
    world.run(|_| Ok("0 done".to_owned()));
    assert_eq!(world.state.status, ExecutionStatus::Completed);
    assert_eq!(world.state.nodes["behind"].status, NodeStatus::Completed);
    assert_eq!(ended(&world), 2);
}

#[test]
fn waiting_has_its_time_and_cancelling_and_pausing_their_order() {
    let text = "name: x\ncwd: /srv\ntimeout: 1h\nsteps:
  - {name: a, type: session, provider: demo, prompt: a, wait: [{type: stop, timeout: 5000}], on_error: continue}
  - {name: yes, type: approve, message: 'Deploy ${steps.a.status}?'}
  - {name: b, type: log, message: b}
finally: [{name: end, type: command, run: sweep}]";
    let mut world = World::new(text, &json!({}));
    world.done(
        "a#1.1",
        Ok(codepiper_workflow::Outcome::Started { cwd: String::new() }),
    );
    assert!(world.sleep());
    assert_eq!(world.now, 5000);
    assert_eq!(
        world.state.nodes["a"].error.as_deref(),
        Some("took longer than 5 s")
    );
    assert_eq!(world.texts(), ["a", "Deploy failed?"]);
    world.tell(Happened::Pause);
    let yes = codepiper_workflow::Outcome::Said {
        yes: true,
        by: "owner".to_owned(),
        note: None,
    };
    world.done("yes#1.1", Ok(yes));
    assert!(
        !world.state.nodes.contains_key("b"),
        "nothing new while it is paused"
    );
    world.tell(Happened::Cancel);
    assert_eq!(
        world.texts().last().unwrap(),
        "sweep",
        "the end comes when it is cancelled, too"
    );
    world.run(|_| Ok("0".to_owned()));
    assert_eq!(world.state.status, ExecutionStatus::Cancelled);
    world.tell(Happened::Retry);
    assert_eq!(world.state.status, ExecutionStatus::Running);
    world.run(|_| Ok("0".to_owned()));
    assert_eq!(world.state.status, ExecutionStatus::Completed);
    assert!(world.state.nodes.contains_key("b"));
}

#[test]
fn a_failed_execution_goes_on_where_it_failed() {
    let text = "name: x\ncwd: /srv\nsteps:
  - {name: first, type: session, provider: demo, prompt: first}
  - name: around
    type: parallel
    steps:
      - {name: good, type: command, run: good}
      - {name: bad, type: command, run: bad}
  - {name: more, type: send, session: first, prompt: more}";
    let mut world = World::new(text, &json!({}));
    world.run(|text| {
        if text == "bad" {
            Ok("1".to_owned())
        } else {
            Ok("0".to_owned())
        }
    });
    assert_eq!(world.state.status, ExecutionStatus::Failed);
    assert_eq!(ended(&world), 1);
    world.tell(Happened::Retry);
    world.run(|_| Ok("0".to_owned()));
    assert_eq!(world.state.status, ExecutionStatus::Completed);
    assert_eq!(
        world.texts(),
        ["first", "bad", "good", "bad", "good", "more"]
    );
    assert_eq!(
        ended(&world),
        2,
        "the session that was prompted again is ended again"
    );
    assert_eq!(world.result("more", "reply"), json!("0"));
}

#[test]
fn a_session_of_a_round_is_prompted_from_outside_and_from_another_loop() {
    let mut world = World::new(
        "name: x\ncwd: /srv\ninputs: {agent: {default: demo}}\nsteps:
  - name: rounds
    type: until
    condition: ${steps.try.reply} == done
    limit: 3
    steps:
      - {name: try, type: session, provider: '${agent}', prompt: 'try ${index}'}
  - name: others
    type: foreach
    items: [a, '${agent}', 7]
    steps:
      - {name: end it, type: send, session: try, prompt: 'and ${item}'}
finally: [{name: last, type: log, message: 'error: ${error.message}'}]",
        &json!({}),
    );
    world.falls = true;
    world.run(|text| Ok(if text == "try 0" { "again" } else { "done" }.to_owned()));
    assert_eq!(world.state.status, ExecutionStatus::Completed);
    assert_eq!(
        world.texts(),
        ["try 0", "try 1", "and a", "and demo", "and 7"]
    );
    let prompted = |step: &str| world.state.nodes[step].session;
    for round in ["end it[0]", "end it[1]", "end it[2]"] {
        assert_eq!(prompted(round), prompted("try[1]"));
    }
    assert_eq!(ended(&world), 2);
    assert_eq!(
        world
            .log
            .iter()
            .filter(|line| line.message == "error: ")
            .count(),
        1
    );
}

#[test]
fn what_ended_a_session_before_it_was_taken_again_is_no_news() {
    let text = "name: x\ncwd: /srv\nsteps:
  - {name: first, type: session, provider: demo, prompt: first}
  - {name: bad, type: command, run: bad}
  - {name: more, type: send, session: first, prompt: more}";
    let mut world = World::new(text, &json!({}));
    world.run(|text| Ok(if text == "bad" { "1" } else { "0" }.to_owned()));
    let ends = |world: &World| {
        let asked = world
            .asked
            .iter()
            .filter(|(_, e)| matches!(e, Effect::End { .. }));
        asked.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let first = ends(&world).remove(0);
    world.tell(Happened::Retry);
    world.done("bad#2.1 again 1", Ok(ran(0)));
    assert_eq!(world.state.sessions.len(), 1);
    world.done(&first, Ok(codepiper_workflow::Outcome::Done));
    assert_eq!(world.state.sessions.len(), 1, "it has been taken again");
    world.run(|_| Ok("0".to_owned()));
    assert_eq!(ends(&world).len(), 2);
}

#[test]
fn inputs_that_name_no_agent_are_refused_before_anything_runs() {
    let workflow = crate::world::read(
        "name: x\ncwd: /srv\ninputs: {agent: {default: demo}}\nsteps:
  - {name: a, type: session, provider: '${agent}'}",
    );
    let said = json!({ "agent": "gpt", "agnt": 1 });
    let wrong = codepiper_workflow::given(&workflow, said.as_object().unwrap().clone());
    assert_eq!(
        wrong.unwrap_err(),
        [
            "step `a`: unknown provider `gpt`; known are `claude-code`, `codex`, `demo`",
            "there is no input `agnt`; is it `agent`?"
        ]
    );
}

fn ran(exit_code: i32) -> codepiper_workflow::Outcome {
    codepiper_workflow::Outcome::Ran(codepiper_workflow::Output {
        exit_code: Some(exit_code),
        ..codepiper_workflow::Output::default()
    })
}

#[test]
fn loops_in_loops_end_where_it_becomes_too_much() {
    let items: Vec<u32> = (0..100).collect();
    let text = "
name: x
cwd: /srv
steps:
  - name: outer
    type: foreach
    items: ${items}
    steps:
      - name: inner
        type: foreach
        items: ${items}
        step: {name: say, type: log, message: '${item}'}
finally: [{name: end, type: log, message: the end}]";
    let mut world = World::new(text, &json!({ "items": items }));
    world.run(|_| Ok(String::new()));
    assert_eq!(world.state.status, ExecutionStatus::Failed);
    let why = world.state.error.as_ref().unwrap().to_string();
    assert!(why.contains("an execution has at most 5000 steps"), "{why}");
    assert_eq!(world.state.nodes["end"].status, NodeStatus::Completed);
}
