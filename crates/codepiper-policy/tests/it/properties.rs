//! What holds for every set of rules and every text.

use std::time::{Duration, Instant};

use codepiper_model::yaml::{Yaml, to_yaml};
use codepiper_model::{Scope, Verdict};
use codepiper_policy::{Context, Rule, Scoped, Stroke, TypedLine, evaluate, explain, risk};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{bash, call, policy, proofs};

fn decided(rules: &[Value], line: &str) -> Option<Verdict> {
    let compiled = policy(&json!(rules)).compile().unwrap();
    let scoped = [Scoped {
        policy: &compiled,
        scope: Scope::Global,
    }];
    let said = evaluate(&scoped, &bash(line), &Context::default());
    said.decided_by().map(|hit| hit.action)
}

/// Rules of every kind.
fn any_rule() -> impl Strategy<Value = Value> {
    let action = prop_oneof![Just("allow"), Just("ask"), Just("deny")];
    let pattern = prop::sample::select(vec![
        "*", "git *", "*rm*", "rm *", "!git *", "echo *", "cat *", "curl *", "/etc/*", "*.com",
    ]);
    let patterns = prop::collection::vec(pattern, 1..3);
    let what = prop_oneof![
        patterns.clone().prop_map(|it| json!({ "tool": it })),
        patterns
            .clone()
            .prop_map(|it| json!({ "args": { "command": it } })),
        patterns.clone().prop_map(|it| json!({ "command": it })),
        patterns
            .clone()
            .prop_map(|it| json!({ "path": { "any": it } })),
        Just(json!({ "path": { "within": "workspace" } })),
        patterns
            .clone()
            .prop_map(|it| json!({ "command": it, "path": { "write": "*" } })),
        patterns.prop_map(|it| json!({ "host": it })),
        Just(json!({ "risk": "read" })),
        Just(json!({ "risk": ["network", "unknown"] })),
    ];
    (any::<u64>(), action, what).prop_map(|(id, action, mut rule)| {
        rule["id"] = id.to_string().into();
        rule["action"] = action.into();
        rule
    })
}

/// Texts that YAML might take for something else.
fn any_text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "",
        " ",
        "\n",
        "\r\n",
        "\t",
        "-",
        "- ",
        ": ",
        " #",
        "'",
        "\"",
        "\\",
        "|",
        ">",
        "!",
        "*",
        "&",
        "%",
        "@",
        "`",
        "{",
        "}",
        "[",
        "]",
        ",",
        "?",
        "~",
        "null",
        "yes",
        "0x1",
        "1e3",
        "---",
        "...",
        "\u{85}",
        "\u{feff}",
        "\0",
        "é",
        "a",
        "long words that go on ",
    ]);
    let made = prop::collection::vec(odd, 0..12).prop_map(|parts| parts.concat());
    prop_oneof![made, any::<String>()]
}

/// Rules whose texts are anything.
fn any_written_rule() -> impl Strategy<Value = Value> {
    let texts = prop::collection::vec(any_text(), 1..4);
    (any_text(), texts, any_text(), any_text()).prop_map(|(id, texts, reason, key)| {
        json!({
            "id": id, "action": "ask", "tool": reason, "args": { key.clone(): texts },
            "command": texts, "reason": reason, "match": texts,
            "not_match": [{ "tool": id, "input": { key: [texts, 1, null, true, { "x": reason }] } }],
        })
    })
}

/// Lines made of what matters to a shell.
fn any_line() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "git status",
        "rm x",
        "echo a",
        "cat /etc/passwd",
        "curl evil.com",
        ";",
        "&&",
        "|",
        "\n",
        "(",
        ")",
        "{ ",
        "; }",
        "$(",
        "`",
        "\"",
        "'",
        "\\",
        "$x",
        "${x:-",
        "}",
        "<<E\n",
        "\nE\n",
        "> ",
        "< ",
        "<(",
        "if ",
        "; then ",
        "; fi",
        "for x in a; do ",
        "; done",
        "case x in x) ",
        ";; esac",
        "f() {",
        " ",
        "env ",
        "sudo ",
        "sh -c ",
        "xargs ",
        "find . -exec ",
        "$'\\x72'",
        "{a,b}",
        "~",
        "*",
        "#",
        "[[ ",
        " ]]",
        "((",
        "))",
        "é",
        "\u{200b}",
        "\r",
        "A=b ",
        "PATH=x ",
        "2>&1",
        "<<< ",
        "!",
        "&",
        "time ",
        "eval ",
        "git -c alias.x='!",
        "~99999999999999999999",
        "99999999999>",
    ]);
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(proofs(10_000))]

    #[test]
    fn what_is_written_as_yaml_is_what_is_read(rules in prop::collection::vec(any_written_rule(), 0..3)) {
        let rules: Vec<Rule> = serde_json::from_value(json!(rules)).unwrap();
        let text = to_yaml(&rules).unwrap();
        let read: Vec<Rule> = Yaml::parse(&text).unwrap().read().unwrap();
        prop_assert_eq!(read, rules, "{}", text);
    }

    #[test]
    fn another_rule_never_loosens_a_verdict(
        rules in prop::collection::vec(any_rule(), 0..6),
        more in any_rule(),
        at in any::<prop::sample::Index>(),
        line in any_line(),
    ) {
        let before = decided(&rules, &line);
        let mut all = rules.clone();
        all.insert(at.index(rules.len() + 1), more);
        let after = decided(&all, &line);
        prop_assert!(before.is_none() || after >= before, "{before:?} became {after:?}");
    }

    #[test]
    fn an_allowed_line_stays_so_only_by_what_is_allowed(line in any_line()) {
        // Whatever surrounds it, a command that nothing allows is not allowed with it.
        let rules = [json!({ "id": "r", "action": "allow", "tool": "Bash", "command": ["git *", "echo *"] })];
        for joined in [format!("{line}\nother x"), format!("other x; {line}"), format!("echo $(other x); {line}")] {
            let verdict = decided(&rules, &joined);
            // It may have become an argument, a comment, or the text of a here-document.
            let said = explain(&[], &bash(&joined), &Context::default());
            let is_run = said.commands.iter().any(|command| command.argv.first().is_some_and(|it| it == "other"));
            prop_assert!(!(is_run && verdict.is_some()), "{joined:?}: {:?}", said.commands);
        }
    }

    #[test]
    fn any_text_is_read_in_little_time(line in prop_oneof![any_line(), "\\PC*", ".*"]) {
        let started = Instant::now();
        let context = Context::default();
        let evaluation = explain(&[], &bash(&line), &context);
        risk(&bash(&line), &context);
        prop_assert!(evaluation.commands.len() <= 1000);
        prop_assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn any_input_is_taken(name in "[a-z_]{0,8}", text in ".*", number in any::<i64>()) {
        for tool in ["Bash", "Read", "Write", "Glob", "WebFetch", "WebSearch", "mcp__a__b"] {
            for input in [json!(text), json!({ &name: text }), json!({ "command": number }), json!({ "command": [text] }),
                json!({ "url": text }), json!({ "file_path": text }), json!({ "pattern": text, "path": text }), json!([number])] {
                let call = call(tool, &input);
                explain(&[], &call, &Context::default());
                risk(&call, &Context::default());
            }
        }
    }
}

#[test]
fn what_is_nested_deep_or_long_is_neither_allowed_nor_fatal() {
    let rules = [json!({ "id": "r", "action": "allow", "tool": "Bash", "command": "*" })];
    for (open, close) in [
        ("(", ")"),
        ("( ", " )"),
        ("{ ", "; }"),
        ("$(", ")"),
        ("echo $(", ")"),
        ("\"$(", ")\""),
        ("`", "`"),
        ("${a:-", "}"),
        ("$((", "))"),
        ("if ", "; then a; fi"),
        ("while ", "; do a; done"),
        ("for x in a; do ", "; done"),
        ("case x in a) ", ";; esac"),
        ("f() { ", "; }"),
        ("cat <(", ")"),
        ("coproc ", ""),
        ("! ", ""),
        ("[[ ! ", " ]]"),
        ("[[ ( ", " ) ]]"),
        ("{a,", "}"),
        ("eval ", ""),
        ("sh -c \"", "\""),
        ("env ", ""),
        ("a;", ""),
        ("a|", "a"),
        ("<<E\n", "\nE\n"),
        ("@(", ")"),
        ("((", "))"),
        ("x[", "]=1"),
        ("if a; then a; el", "fi"),
        ("a && ", "a"),
        ("$[", "]"),
        ("\\", ""),
        ("\"", ""),
        ("'", ""),
        ("${", ""),
        ("a=(", ")"),
        ("time ", ""),
    ] {
        for depth in [50, 120, 3000, 20000] {
            let line = format!("{}echo x{}", open.repeat(depth), close.repeat(depth));
            let started = Instant::now();
            let verdict = decided(&rules, &line);
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "{open} {depth}: {:?}",
                started.elapsed()
            );
            assert!(
                depth < 20000 || verdict.is_none() || !open.contains(['(', '`']),
                "{open} {depth}: {verdict:?}"
            );
        }
    }
}

/// Texts and keys as a person types them.
fn any_strokes() -> impl Strategy<Value = Vec<String>> {
    let piece = prop_oneof![
        "\\PC{0,8}",
        Just("rm -rf /".to_owned()),
        Just("\u{8}".to_owned())
    ];
    prop::collection::vec(piece, 0..8)
}

fn typed(pieces: &[String]) -> TypedLine {
    let mut line = TypedLine::empty();
    for piece in pieces {
        if piece == "\u{8}" {
            line.take(Stroke::Erase);
        } else {
            line.take(Stroke::Text(piece));
        }
    }
    line
}

proptest! {
    #[test]
    fn a_line_is_the_same_however_it_was_split(pieces in any_strokes(), cut in any::<prop::sample::Index>()) {
        let whole = typed(&pieces);
        let split: Vec<String> = pieces
            .iter()
            .flat_map(|piece| {
                let at = piece.char_indices().map(|(at, _)| at).chain([piece.len()]);
                let (left, right) = piece.split_at(at.collect::<Vec<_>>()[cut.index(piece.chars().count() + 1)]);
                [left.to_owned(), right.to_owned()]
            })
            .filter(|piece| !piece.is_empty())
            .collect();
        prop_assert_eq!(&typed(&split), &whole);
        let each: Vec<String> = pieces.iter().flat_map(|piece| piece.chars().map(String::from)).collect();
        prop_assert_eq!(typed(&each), whole);
    }
}

#[test]
fn a_text_that_many_commands_may_run_is_not_looked_through_for_ever() {
    let allow = [json!({ "id": "r", "action": "allow", "tool": "Bash", "command": "*" })];
    let text = "rm x; ".repeat(3000);
    for line in [
        format!("echo \"{text}\" > f; {}", "bash f; ".repeat(3000)),
        format!("echo \"{text}\" > f; bash {}", "f ".repeat(3000)),
        format!("PATH=\"{}\" ls; ", "a;".repeat(150)).repeat(150),
    ] {
        let started = Instant::now();
        let verdict = decided(&allow, &line);
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "{:?}",
            started.elapsed()
        );
        assert_eq!(verdict, None, "{}", &line[line.len() - 40..]);
    }
}
