//! The workflows that come with this run to their ends, and a daemon that is killed changes nothing.

use codepiper_workflow::{Effect, ExecutionStatus, templates};
use serde_json::{Value, json};

use crate::world::World;

type Say = fn(usize, &str) -> Result<String, String>;

/// Runs one, undisturbed and killed at every transition. Answers go by how many there were before.
fn run(name: &str, inputs: &Value, say: Say) -> World {
    let ready = templates().iter().find(|ready| ready.name == name).unwrap();
    let end = |mut world: World| {
        let mut count = 0;
        world.run(|text| {
            count += 1;
            say(count - 1, text)
        });
        world
    };
    let world = end(World::new(ready.text, inputs));
    assert_eq!(world.workflow.name, ready.name);
    assert_eq!(
        world.workflow.description.as_deref(),
        Some(ready.description)
    );
    let count = |is: fn(&Effect) -> bool| world.asked.iter().filter(|(_, e)| is(e)).count();
    assert_eq!(
        count(|effect| matches!(effect, Effect::Start(_))),
        count(|effect| matches!(effect, Effect::End { .. })),
        "no session is left"
    );
    assert!(world.transitions > 3);
    for at in 0..world.transitions {
        let killed = end(World::killed(ready.text, inputs, at));
        assert_eq!(killed.state, world.state, "killed at {at}");
        assert_eq!(killed.asked, world.asked, "killed at {at}");
        assert_eq!(killed.log, world.log, "killed at {at}");
    }
    world
}

fn why(world: &World) -> String {
    assert_eq!(world.state.status, ExecutionStatus::Failed);
    world.state.error.as_ref().unwrap().to_string()
}

fn prompts_to(world: &World, step: &str) -> usize {
    let of_step = |name: &String| name.split(['#', '[']).next() == Some(step);
    let asked = world.asked.iter();
    asked
        .filter(|(name, effect)| of_step(name) && matches!(effect, Effect::Prompt(_)))
        .count()
}

const CHANGES: &str =
    "I looked.\n```json\n{\"verdict\": \"changes\", \"comments\": \"rename it\"}\n```";

#[test]
fn implement_review_fix() {
    let inputs = json!({ "task": "Write a parser", "cwd": "/srv", "provider": "codex" });
    let name = "implement-review-fix";
    let world = run(name, &inputs, |at, text| {
        Ok(match at {
            0 => "written",
            1 => CHANGES,
            2 => {
                assert!(text.contains("rename it"), "{text}");
                "renamed"
            }
            _ => "{\"verdict\": \"approve\", \"comments\": \"\"}",
        }
        .to_owned())
    });
    assert_eq!(world.state.status, ExecutionStatus::Completed);
    assert_eq!(
        Value::Object(world.state.outputs.clone()),
        json!({ "verdict": "approve", "comments": "", "rounds": 2 })
    );
    let sessions: Vec<_> = ["implement", "fix[0]", "review[0]", "review[1]"]
        .map(|node| world.state.nodes[node].session.unwrap())
        .into();
    assert_eq!(sessions[0], sessions[1], "who wrote it mends it");
    assert_ne!(sessions[2], sessions[3], "each review is a new one");

    let never = run(name, &inputs, |_, text| {
        Ok(if text.contains("Review the changes") {
            CHANGES
        } else {
            "done"
        }
        .to_owned())
    });
    assert!(why(&never).ends_with("does not hold after 4 rounds"));
    assert_eq!(
        (prompts_to(&never, "review"), prompts_to(&never, "fix")),
        (4, 4)
    );

    let silent = run(name, &inputs, |_, _| Ok("Looks good to me!".to_owned()));
    assert!(why(&silent).contains("the answer has no JSON in it"));
    assert_eq!(prompts_to(&silent, "review"), 2);
}

#[test]
fn parallel_research() {
    let inputs = json!({ "topic": "how it starts", "cwd": "/srv" });
    let world = run("parallel-research", &inputs, |_, text| {
        let first = text.split(' ').take(2).collect::<Vec<_>>().join(" ");
        Ok(format!("found by {first}"))
    });
    assert_eq!(world.state.status, ExecutionStatus::Completed);
    let last = world.texts().pop().unwrap();
    for found in [
        "From the documentation: found by Read what",
        "code: found by Find out",
    ] {
        assert!(last.contains(found), "{last}");
    }
    assert_eq!(
        world.state.outputs["report"],
        json!("found by Three people")
    );

    let failed = run("parallel-research", &inputs, |_, text| {
        if text.contains("from the code") {
            Err("the turn failed".to_owned())
        } else {
            Ok("found".to_owned())
        }
    });
    assert!(why(&failed).contains("`code`: the turn failed"));
    assert_eq!(
        (
            prompts_to(&failed, "code"),
            prompts_to(&failed, "synthesis")
        ),
        (2, 0)
    );
    assert_eq!(failed.now, 10_000, "ten seconds before the second attempt");
}

#[test]
fn test_until_green() {
    let inputs = json!({ "cwd": "/srv" });
    let world = run("test-until-green", &inputs, |at, text| {
        Ok(match (at, text) {
            (0, "make test") => "2 3 tests fail",
            (1, fix) => {
                assert!(
                    fix.contains("exit code 2") && fix.contains("3 tests fail"),
                    "{fix}"
                );
                "mended"
            }
            (2, "make test") => "0 all is well",
            other => panic!("{other:?}"),
        }
        .to_owned())
    });
    assert_eq!(world.state.status, ExecutionStatus::Completed);
    assert_eq!(
        Value::Object(world.state.outputs.clone()),
        json!({ "rounds": 2, "output": "all is well" })
    );
    assert_eq!(
        world.state.nodes["fix[0]"].session,
        world.state.nodes["fixer"].session
    );

    let red = run("test-until-green", &inputs, |_, _| Ok("1 red".to_owned()));
    assert!(why(&red).ends_with("does not hold after 5 rounds"));
    assert_eq!(prompts_to(&red, "fix"), 5);

    let green = run("test-until-green", &inputs, |_, _| Ok("0 green".to_owned()));
    assert_eq!(prompts_to(&green, "fix"), 0);
}
