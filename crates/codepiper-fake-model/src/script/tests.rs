use serde_json::json;

use super::*;

fn say(text: &str) -> Step {
    Step::Say(text.to_owned())
}

fn run(command: &str) -> Step {
    Step::Use(Tool::Run(command.to_owned()))
}

fn results(results: &[&str]) -> Vec<String> {
    results.iter().map(|&result| result.to_owned()).collect()
}

#[test]
fn directives_play_in_order() {
    let script = Script::parse("please\n  SAY: one\nTHINK: hm: yes\nRUN: echo a:b\nWAIT: 20\nFAIL");
    let expected = vec![
        say("one"),
        Step::Think("hm: yes".to_owned()),
        run("echo a:b"),
        Step::Wait(Duration::from_millis(20)),
        Step::Fail(Failure::Status(400)),
    ];
    assert_eq!(script.steps, expected);
}

#[test]
fn texts_in_a_row_are_one() {
    assert_eq!(
        Script::parse("SAY: one\nSAY:\nSAY: two").steps,
        vec![say("one\n\ntwo")]
    );
    let lines = "one\n- line 1 of 2\n- line 2 of 2";
    assert_eq!(Script::parse("SAY: one\nLINES: 2").steps, vec![say(lines)]);
}

#[test]
fn slow_holds_for_the_whole_prompt() {
    let script = Script::parse("SAY: one\nSLOW: 1500");
    assert_eq!(script.slow, Duration::from_millis(1500));
    assert_eq!(script.steps, vec![say("one")]);
}

#[test]
fn fail_takes_a_status() {
    for (line, failure) in [
        ("FAIL: 529", Failure::Status(529)),
        ("FAIL: weekly_limit", Failure::WeeklyLimit),
    ] {
        assert_eq!(Script::parse(line).steps, vec![Step::Fail(failure)]);
    }
}

#[test]
fn any_tool_can_be_named() {
    let tool = Tool::Named {
        name: "WebFetch".to_owned(),
        input: json!({"url": "http://h/"}),
    };
    let script = Script::parse(r#"TOOL: WebFetch {"url": "http://h/"}"#);
    assert_eq!(script.steps, vec![Step::Use(tool)]);
}

#[test]
fn echo_covers_every_byte_of_the_prompt() {
    let prompt = "ECHO\nabc\u{e9}\n";
    let expected = format!("sha256={} bytes=11", hex(&Sha256::digest(prompt)));
    assert_eq!(Script::parse(prompt).steps, vec![say(&expected)]);
}

#[test]
fn a_prompt_without_directives_is_quoted() {
    let script = Script::parse("\nfix the bug, SAY: nothing\nplease");
    assert_eq!(
        script.steps,
        vec![say("Glad to help. You said: fix the bug, SAY: nothing")]
    );
}

#[test]
fn each_tool_result_brings_the_next_part() {
    let script = Script::parse("SAY: first\nRUN: a\nSAY: second\nREAD: f");
    let read = Step::Use(Tool::Read("f".to_owned()));
    assert_eq!(script.answer(&[]), vec![say("first"), run("a")]);
    assert_eq!(script.answer(&results(&["A"])), vec![say("second"), read]);
    assert_eq!(
        script.answer(&results(&["A", "B\nC"])),
        vec![say("Result: B")]
    );
    assert_eq!(
        script.answer(&results(&["A", "B", "more"])),
        vec![say("Result: more")]
    );
}

#[test]
fn tools_in_a_row_can_be_used_at_once() {
    let script = Script::parse("TOGETHER\nSAY: first\nRUN: a\nRUN: b\nSAY: then\nRUN: c");
    assert_eq!(script.answer(&[]), vec![say("first"), run("a"), run("b")]);
    assert_eq!(
        script.answer(&results(&["A", "B"])),
        vec![say("then"), run("c")]
    );
    assert_eq!(
        script.answer(&results(&["A", "B", "C"])),
        vec![say("Result: C")]
    );
}

#[test]
fn no_answer_is_without_a_word() {
    let script = Script::parse("THINK: hm");
    assert_eq!(
        script.answer(&[]),
        vec![Step::Think("hm".to_owned()), say("Done.")]
    );
}
