//! Lines as a grammar makes them, whole and damaged.

use std::path::Path;
use std::time::Duration;

use codepiper_model::{Scope, Verdict};
use codepiper_policy::{CompiledPolicy, Context, Scoped, evaluate, explain, risk};
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

use super::{bash, policy, proofs};

/// By its name, and by the file that it writes or reads.
const DENIED: [&str; 4] = [
    "rm -rf /srv/data",
    "echo x >> '/srv/data/a b'",
    "cp a ~/.ssh/authorized_keys",
    "sort < ~/.ssh/id_rsa",
];

fn no_harm() -> CompiledPolicy {
    let rules = json!([
        { "id": "all", "action": "allow", "tool": "*" },
        { "id": "no", "action": "deny", "command": "rm *" },
        { "id": "keep", "action": "deny", "path": { "any": ["/srv/data/*", "/home/u/.ssh/*"] } },
    ]);
    policy(&rules).compile().unwrap()
}

fn verdict(policy: &CompiledPolicy, line: &str) -> Option<Verdict> {
    let scope = Scope::Global;
    let context = Context {
        home: Some(Path::new("/home/u")),
        ..Context::default()
    };
    let said = evaluate(&[Scoped { policy, scope }], &bash(line), &context);
    said.decided_by().map(|hit| hit.action)
}

/// A line that a shell takes, and that says nothing about what is denied.
fn whole_line() -> impl Strategy<Value = String> {
    let programs = [
        "ls",
        "git status",
        "cargo test",
        "A=b echo",
        "grep -n",
        "/usr/bin/env",
        "printf '%s\\n'",
        "sudo -u web cat",
        "xargs -0 echo",
        "[ -f x ]",
    ];
    let words = [
        "",
        " -la",
        " src/x.rs",
        " 'one; two && three'",
        " \"in $HOME\"",
        " \"a \\\" b\"",
        " $x",
        " ${x:-y}",
        " $((1 + 2))",
        " {a,b}",
        " *.rs",
        " ~/x",
        " $'a\\tb'",
        " \\;",
        " a#b",
        " é",
        " > out.txt",
        " 2>&1",
        " < in.txt",
        " <<< text",
    ];
    let words = prop::collection::vec(prop::sample::select(words.to_vec()), 0..4);
    let simple = (prop::sample::select(programs.to_vec()), words)
        .prop_map(|(program, words)| format!("{program}{}", words.concat()));
    simple.prop_recursive(3, 12, 2, |inner| {
        let between = prop::sample::select(vec!["; ", " && ", " || ", " | ", "\n", " & ", " |& "]);
        let around = prop::sample::select(&AROUND[..]);
        prop_oneof![
            (inner.clone(), between, inner.clone()).prop_map(|(a, sep, b)| format!("{a}{sep}{b}")),
            (inner.clone(), around, inner).prop_map(|(a, around, b)| put(around, &a, &b)),
        ]
    })
}

/// Where a shell takes a line inside another: `@` is the one and `%` the other.
const AROUND: [&str; 33] = [
    "@; %",
    "%; @",
    "@ && %",
    "% && @",
    "% || @",
    "@ | %",
    "% | @",
    "%\n@",
    "@\n%",
    "% & @",
    "( @ )",
    "(@)",
    "{ @; }",
    "{ @\n}",
    "{ ! @; }",
    "echo $(@)",
    "echo \"a $(@) b\"",
    "((@) )",
    "echo $( (@) )",
    "echo $((@) )",
    "((1 < 2)) && @",
    "echo $(cat <<'E'\nit's ) \"text\nE\n@)",
    "echo \"$( # it's ) so\n@)\"",
    "x=$(@)",
    "cat <(@)",
    "if %; then @; fi",
    "if @; then %; else %; fi",
    "while %; do @; done",
    "for i in a b; do @; done",
    "case $x in a) % ;; *) @ ;; esac",
    "f() { @; }; f",
    "# a comment\n@",
    "cat <<'E'\nit's \"text\nE\n@",
];

fn put(around: &str, inner: &str, other: &str) -> String {
    let put = around.chars().map(|c| match c {
        '@' => inner.to_owned(),
        '%' => other.to_owned(),
        c => c.to_string(),
    });
    put.collect()
}

/// What somebody may do to a line.
fn damaged(line: &str, damage: &[(prop::sample::Index, u8, char)]) -> String {
    let mut chars: Vec<char> = line.chars().collect();
    for (place, kind, c) in damage {
        if chars.is_empty() {
            break;
        }
        let at = place.index(chars.len());
        match kind % 5 {
            0 => drop(chars.remove(at)),
            1 => chars.insert(at, *c),
            2 => chars[at] = *c,
            3 => chars.truncate(at),
            _ => {
                let again = chars[at..].to_vec();
                chars.extend(again);
            }
        }
    }
    chars.into_iter().take(2000).collect()
}

fn damage() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, char)>> {
    let special = "\"'`\\$(){}[]<>|&;\n\r\t #!~*?=:@\0\u{1b}é\u{202e}";
    let special = prop::sample::select(special.chars().collect::<Vec<_>>());
    let c = prop_oneof![special, any::<char>()];
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), c), 0..8)
}

/// The processor's time that this thread takes for something. Others on the machine do not count.
fn time_of(work: impl Fn()) -> Duration {
    let now = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
    let begin = now();
    work();
    now().saturating_sub(begin)
}

fn read(line: &str) {
    let call = bash(line);
    let said = explain(&[], &call, &Context::default());
    assert!(said.commands.len() <= 1000, "{line:?}");
    risk(&call, &Context::default());
}

#[test]
fn a_line_that_grows_is_read_in_time() {
    let plain = "git status --short; ".repeat(20);
    let unit = (0..3).map(|_| time_of(|| read(&plain))).min().unwrap();
    let doubling = format!("a=rm;{}$a", "a=$a$a;".repeat(60));
    let policy = no_harm();
    let all = (0..200).fold(String::new(), |line, i| line + &format!("cd d{i}; rm x; "));
    let lines = [
        doubling,
        all,
        format!("a={}; echo {}", "x".repeat(4000), "$a".repeat(20_000)),
        format!("sudo --odd {}", "a ".repeat(30_000)),
        format!("sudo --odd {}", "eval ".repeat(6_000)),
        format!("eval {}", "docker run a\\; ".repeat(3000)),
        format!("sed {}", "-e s/a/b/ ".repeat(6000)),
        format!("printf {} 'a b' | sh", "%s".repeat(15_000)),
        format!("printf {} {} | sh", "%s".repeat(100), "'a b' ".repeat(8000)),
        format!(
            "printf '{}%s' {} | sh",
            "x".repeat(30_000),
            "a ".repeat(15_000)
        ),
        "sh -c \"$'a'; ".repeat(2000),
    ];
    for line in lines {
        let taken = (0..3)
            .map(|_| time_of(|| _ = verdict(&policy, &line)))
            .min()
            .unwrap();
        assert!(taken < 1000 * unit, "{taken:?} of {unit:?}: {line:.60}");
    }
}

proptest! {
    #![proptest_config(proofs(4000))]

    #[test]
    fn a_denied_command_in_plain_sight_is_denied_wherever_it_stands(
        denied in prop::sample::select(&DENIED[..]),
        layers in prop::collection::vec((prop::sample::select(&AROUND[..]), whole_line()), 1..5),
    ) {
        let line = layers.iter().fold(denied.to_owned(), |line, (around, other)| put(around, &line, other));
        prop_assert_eq!(verdict(&no_harm(), &line), Some(Verdict::Deny), "{}", line);
    }

    #[test]
    fn what_does_no_harm_is_not_denied(line in whole_line()) {
        prop_assert_ne!(verdict(&no_harm(), &line), Some(Verdict::Deny), "{}", line);
    }

    #[test]
    fn a_damaged_line_and_any_bytes_are_read(
        line in whole_line(),
        damage in damage(),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        // What reading a plain line takes is the measure: no machine is quick or slow by that.
        let plain = "git status --short; ".repeat(20);
        let unit = (0..3).map(|_| time_of(|| read(&plain))).min().unwrap();
        for line in [damaged(&line, &damage), String::from_utf8_lossy(&bytes).into_owned()] {
            let taken = (0..3).map(|_| time_of(|| read(&line))).min().unwrap();
            prop_assert!(taken < 1000 * unit, "{taken:?} of {unit:?}: {line:?}");
        }
    }
}
