//! Workflows in the form of the existing CodePiper run as they are.

use codepiper_workflow::{ExecutionStatus, Level};
use serde_json::{Value, json};

use crate::world::World;

fn run(file: &str, inputs: &Value, say: impl FnMut(&str) -> Result<String, String>) -> World {
    let path = format!("{}/tests/cases/existing/{file}", env!("CARGO_MANIFEST_DIR"));
    let mut world = World::new(&std::fs::read_to_string(path).unwrap(), inputs);
    world.run(say);
    assert_eq!(
        world.state.status,
        ExecutionStatus::Completed,
        "{:#?}",
        world.state.error
    );
    world
}

#[test]
fn the_built_in_ones() {
    let inputs = json!({ "CWD": "/srv", "FEATURE": "search", "TOPIC": "tmux" });
    let world = run("sequential-review.yaml", &inputs, |text| {
        Ok(if text.contains("feedback") {
            "FEEDBACK: rename it"
        } else {
            "Created file: a.rs"
        }
        .to_owned())
    });
    assert!(world.texts().last().unwrap().ends_with("rename it"));
    let world = run("parallel-research.yaml", &inputs, |text| {
        Ok(format!("SUMMARY: {}", text.split(' ').next().unwrap()))
    });
    let last = world.texts().pop().unwrap();
    assert_eq!(last.matches("SUMMARY").count(), 0, "{last}");
    assert!(
        last.contains("Documents: Read") && last.contains("People: Find"),
        "{last}"
    );
    // Its pattern asks for a backslash, so that it never finds a number.
    let world = run("test-and-fix.yaml", &inputs, |_| {
        Ok("Tests: 3 pass, 1 fail".to_owned())
    });
    assert!(world.log.iter().any(|line| line.level == Level::Log));
}

#[test]
fn those_of_its_documentation() {
    let inputs = json!({ "files": ["a.ts", "b.ts"] });
    let world = run("foreach-files.yaml", &inputs, |text| {
        Ok(format!("Result: {text}"))
    });
    assert_eq!(world.texts().len(), 2);
    let mut tries = 0;
    let world = run("retry-strategy.yaml", &json!({}), |_| {
        tries += 1;
        if tries < 3 {
            Err("the turn failed".to_owned())
        } else {
            Ok("Status: success".to_owned())
        }
    });
    let said = world
        .log
        .iter()
        .find(|line| line.level == Level::Log)
        .unwrap();
    assert_eq!(said.message, "It worked");
    let world = run("documented.yaml", &json!({}), |_| {
        Ok("Created file: x.ts".to_owned())
    });
    assert!(world.texts().iter().any(|text| text == "Review x.ts"));
    assert!(
        world
            .texts()
            .iter()
            .any(|text| text == "Join Created file: x.ts and Created file: x.ts")
    );
    assert!(world.log.iter().any(|line| line.message == "It is well"));
}
