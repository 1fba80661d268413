//! Any workflow, any answers, in any order: it ends, once, and its end is done.

use codepiper_workflow::{
    Answer, Effect, ExecutionStatus, Happened, NodeStatus, Outcome, Output, Source,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use crate::world::World;

/// So many cases, and other ones each time, where `CODEPIPER_SOAK` asks for the long proofs;
/// otherwise a tenth of them, always the same.
fn proofs(count: u32) -> ProptestConfig {
    if std::env::var_os("CODEPIPER_SOAK").is_some() {
        return ProptestConfig::with_cases(count);
    }
    ProptestConfig {
        rng_seed: RngSeed::Fixed(7),
        ..ProptestConfig::with_cases(count / 10)
    }
}

fn leaf() -> impl Strategy<Value = Value> {
    let failure = prop_oneof![
        4 => Just(Value::Null),
        1 => Just(json!("continue")),
        1 => Just(json!([{ "name": "?", "type": "command", "run": "mend" }])),
    ];
    let retry = prop_oneof![
        3 => Just(Value::Null),
        1 => (1..4u32, 0..3000u64).prop_map(|(n, d)| json!({ "max_attempts": n, "delay": d })),
    ];
    let timeout = prop_oneof![3 => Just(Value::Null), 1 => (0..5000u64).prop_map(|t| json!(t))];
    let kind = prop_oneof![
        Just(json!({ "type": "session", "provider": "demo", "prompt": "p" })),
        Just(json!({ "type": "session", "provider": "codex", "prompt": "p", "wait": ["?"] })),
        Just(json!({ "type": "session", "provider": "demo" })),
        Just(json!({ "type": "session", "provider": "demo", "prompt": "p", "keep": true })),
        Just(json!({ "type": "command", "run": "make" })),
        Just(json!({ "type": "send", "session": "?", "prompt": "more" })),
    ];
    let asked = (kind, failure.clone(), retry, timeout).prop_map(|(mut step, error, retry, timeout)| {
        if step.get("wait").is_some() {
            step["wait"] = json!([{ "type": "stop", "timeout": 700 }, { "type": "event", "event_type": "X" }]);
        }
        step["on_error"] = error;
        step["retry"] = retry;
        step["timeout"] = timeout;
        step
    });
    prop_oneof![
        6 => asked,
        1 => Just(json!({ "type": "log", "message": "said" })),
        1 => failure.prop_map(|e| json!({ "type": "approve", "message": "ok?", "on_error": e })),
    ]
}

fn any_step() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 16, 3, |inner| {
        let steps = prop::collection::vec(inner, 1..4);
        prop_oneof![
            (steps.clone(), steps.clone(), any::<bool>()).prop_map(|(then, other, holds)| json!({
                "type": "if", "condition": if holds { "1 < 2" } else { "2 < 1" }, "then": then, "else": other,
            })),
            (steps.clone(), 0..3usize, prop::option::of(1..3u32)).prop_map(|(steps, wait, most)| json!({
                "type": "parallel", "wait_for": (["all", "any", "none"])[wait], "steps": steps, "max_concurrent": most,
            })),
            (steps.clone(), 0..4usize, 1..3u32).prop_map(|(steps, n, most)| json!({
                "type": "foreach", "items": json!(vec!["i"; n]).to_string(), "steps": steps, "max_concurrent": most,
            })),
            (steps, 1..3u32, any::<bool>(), prop::option::of(0..9000u64)).prop_map(|(steps, limit, holds, timeout)| json!({
                "type": "until", "condition": if holds { "true" } else { "${index} > 0" }, "limit": limit,
                "steps": steps, "timeout": timeout,
            })),
        ]
    })
}

/// Gives every step a name, and every `send` the session of a step that it can see.
fn named(steps: &mut Value, seen: &mut Vec<String>, count: &mut usize) {
    let Some(steps) = steps.as_array_mut() else {
        return;
    };
    for step in steps {
        *count += 1;
        let name = format!("s{count}");
        step["name"] = json!(name);
        if step["type"] == "send" {
            match seen.last() {
                Some(session) => step["session"] = json!(session),
                None => *step = json!({ "name": name, "type": "log", "message": "x" }),
            }
        }
        let is_parallel = step["type"] == "parallel";
        let mut inner = seen.clone();
        for list in ["then", "else", "steps"] {
            let mut branch = inner.clone();
            if is_parallel {
                let Some(children) = step[list].as_array_mut() else {
                    continue;
                };
                for child in children {
                    let mut one = json!([child.take()]);
                    named(&mut one, &mut branch.clone(), count);
                    *child = one[0].take();
                }
            } else {
                named(&mut step[list], &mut branch, count);
            }
        }
        named(&mut step["on_error"], &mut inner, count);
        if step["type"] == "session" {
            seen.push(name);
        }
        let fields = step.as_object_mut().unwrap();
        fields.retain(|_, value| !value.is_null());
    }
}

fn any_workflow() -> impl Strategy<Value = Value> {
    let steps = prop::collection::vec(any_step(), 1..5);
    let timeout = prop_oneof![3 => Just(Value::Null), 1 => (100..20_000u64).prop_map(|t| json!(t))];
    (steps, prop::collection::vec(leaf(), 0..2), timeout).prop_map(|(steps, handling, timeout)| {
        let (mut seen, mut count) = (Vec::new(), 0);
        let mut steps = json!(steps);
        named(&mut steps, &mut seen, &mut count);
        let mut handling = json!(handling);
        named(&mut handling, &mut seen.clone(), &mut count);
        let mut finally = json!([
            { "type": "command", "run": "sweep", "on_error": "continue" },
            { "type": "log", "message": "over" },
        ]);
        named(&mut finally, &mut Vec::new(), &mut count);
        let mut workflow = json!({ "name": "w", "cwd": "/", "steps": steps, "finally": finally, "timeout": timeout });
        if handling.as_array().is_some_and(|steps| !steps.is_empty()) {
            workflow["on_error"] = handling;
        }
        workflow
    })
}

/// What the world does next.
fn act(world: &mut World, choice: u32) {
    let open = world.open();
    match choice % 23 {
        0 => return world.tell(Happened::Pause),
        1..4 => return world.tell(Happened::Resume),
        4 => {
            // Once in a while somebody ends it.
            if choice.is_multiple_of(7) {
                world.tell(Happened::Cancel);
            }
            return;
        }
        5 if world.sleep() => return,
        _ => {}
    }
    if open.is_empty() {
        if !world.sleep() {
            assert!(world.state.is_paused, "stuck: {:#?}", world.state);
            world.tell(Happened::Resume);
        }
        return;
    }
    let (name, effect) = &open[choice as usize % open.len()];
    if choice.is_multiple_of(5) {
        return world.done(name, Err("it went wrong".to_owned()));
    }
    let outcome = match effect {
        Effect::Start(start) => Outcome::Started {
            cwd: start.cwd.clone(),
        },
        Effect::End { .. } => Outcome::Done,
        Effect::Prompt(_) => Outcome::Answered(Answer::default()),
        Effect::Run(_) => Outcome::Ran(Output {
            exit_code: Some(i32::from(choice.is_multiple_of(3))),
            ..Output::default()
        }),
        Effect::Ask { .. } => Outcome::Said {
            yes: !choice.is_multiple_of(3),
            by: "owner".to_owned(),
            note: None,
        },
    };
    world.done(name, Ok(outcome));
}

fn end(world: &mut World, choices: &[u32]) {
    let mut choices = choices.iter().copied().cycle();
    for i in 0..4000u32 {
        if world.is_over() {
            return;
        }
        // Loops in loops may take their time: somebody loses patience.
        if i == 1500 {
            world.tell(Happened::Cancel);
        }
        // The same few choices over and over could pause and resume for ever.
        act(world, choices.next().unwrap().wrapping_add(i * 7));
    }
    panic!("does not end: {:#?}", world.state);
}

proptest! {
    #![proptest_config(proofs(5000))]

    #[test]
    fn it_ends_and_does_nothing_twice(
        definition in any_workflow(),
        choices in prop::collection::vec(any::<u32>(), 1..60),
        again in any::<bool>(),
    ) {
        let workflow = match Source::value(definition.clone()).read() {
            Ok(workflow) => workflow,
            Err(problems) => panic!("{problems:#?} in {definition:#}"),
        };
        let mut world = World::of(workflow, &json!({}));
        world.falls = true;
        for _ in 0..=u32::from(again) {
            end(&mut world, &choices);
            let state = &world.state;
            prop_assert!(state.sessions.is_empty());
            prop_assert!(state.nodes.values().all(|node| node.status.is_over()));
            let status = state.status;
            prop_assert_eq!(status == ExecutionStatus::Completed, state.error.is_none() && !state.is_cancelled);
            let finally = definition["finally"][0]["name"].as_str().unwrap();
            prop_assert!(state.nodes.contains_key(finally) || state.is_cancelled, "{:#?}", state);
            let cut = state.nodes.get(finally).is_some_and(|n| n.status == NodeStatus::Cancelled);
            prop_assert!(!cut || state.is_cancelled || state.error.is_some());
            let begun = world.asked.iter().filter_map(|(_, effect)| match effect {
                Effect::Start(start) => Some(start.session),
                _ => None,
            });
            let kept = |session: &_| world.state.nodes.values().any(|node| node.session == Some(*session));
            let ended = |session: &_| world.asked.iter().any(|(_, e)| matches!(e, Effect::End { session: s } if s == session));
            for session in begun {
                prop_assert!(ended(&session) || kept(&session));
            }
            world.tell(Happened::Retry);
            if !again { break; }
        }
    }

    #[test]
    fn any_text_is_read(text in "(\\PC|\n| |name: x\n|steps:\n|  - |type: (if|session|until)\n|\\$\\{|[\\[\\]{}:]){0,60}") {
        if let Ok(source) = Source::text(&text) {
            drop(source.read());
        }
    }

    #[test]
    fn any_damaged_definition_is_read(mut definition in any_workflow(), at in any::<prop::sample::Index>(), with in 0..8usize) {
        let mut places = Vec::new();
        pointers(&definition, String::new(), &mut places);
        let place = at.get(&places).clone();
        *definition.pointer_mut(&place).unwrap() = ([
            json!(null), json!(-1), json!("${"), json!("${steps.s1.x}"), json!([]), json!({}), json!([[1]]), json!("if"),
        ])[with].clone();
        drop(Source::value(definition.clone()).read());
        drop(Source::text(&definition.to_string()).unwrap().read());
    }
}

fn pointers(value: &Value, at: String, all: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(key, value)| pointers(value, format!("{at}/{key}"), all)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, value)| pointers(value, format!("{at}/{i}"), all)),
        _ => {}
    }
    all.push(at);
}
