//! Decisions a second, with 20 policies of 10 rules: `make bench`, or `cargo bench -p codepiper-policy`.
//!
//! A figure under what is expected is said, and fails nothing. Another machine gives other figures:
//! the share of reading the lines counts there.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "it measures and tells"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use codepiper_model::{Scope, ToolCall};
use codepiper_policy::{CompiledPolicy, Context, Policy, Scoped, evaluate, explain, risk};
use serde_json::{Value, json};

/// Lines as agents write them.
const LINES: [&str; 12] = [
    "git status",
    "cargo test -p codepiper-policy --lib 2>&1 | tail -20",
    "cd /srv/app && git add -A && git commit -m \"Say why\"",
    "ls -la src/",
    "grep -rn \"fn main\" --include='*.rs' . | head -50",
    "find . -name '*.ts' -not -path './node_modules/*' | xargs wc -l | sort -n | tail -5",
    "npm run build && npm test -- --watch=false",
    "for f in src/*.rs; do echo \"$f\"; wc -l \"$f\"; done",
    "cat > notes.md <<'EOF'\n# Notes\n\n- one\n- two\nEOF\ncat notes.md",
    "python3 -c \"import json,sys; print(json.load(sys.stdin)['a'])\" < data.json",
    "sed -n '1,80p' src/lib.rs",
    "curl -s http://localhost:3000/health | jq .status",
];

fn rules(policy: usize, looks_inside: bool) -> Value {
    let rule = |i: usize| {
        let action = ["allow", "ask", "deny"][i % 3];
        let program = ["git push", "rm -rf", "docker", "kubectl", "terraform"][(policy + i) % 5];
        let id = i.to_string();
        if !looks_inside {
            let path = format!("/srv/{policy}/{i}/*");
            return json!({ "id": id, "action": action, "tool": ["Write", "Edit", "Read"], "cwd": path });
        }
        match i {
            0..4 => {
                json!({ "id": id, "action": action, "tool": "Bash", "command": format!("{program} *") })
            }
            4..6 => {
                json!({ "id": id, "action": "deny", "args": { "command": format!("*{program}*") } })
            }
            6 => {
                json!({ "id": id, "action": action, "path": { "any": [format!("/etc/{policy}/*"), "*.pem"] } })
            }
            7 => json!({ "id": id, "action": action, "host": format!("*.{policy}.com") }),
            8 => json!({ "id": id, "action": "ask", "risk": ["destructive"] }),
            _ => {
                json!({ "id": id, "action": action, "tool": ["Write", "Edit"], "cwd": format!("/srv/{policy}/*") })
            }
        }
    };
    (0..10).map(rule).collect()
}

fn policies(looks_inside: bool) -> Vec<CompiledPolicy> {
    let policy = |i: usize| {
        let policy = json!({ "id": i.to_string(), "name": "p", "enabled": true, "priority": 0, "rules": rules(i, looks_inside) });
        serde_json::from_value::<Policy>(policy)
            .unwrap()
            .compile()
            .unwrap()
    };
    (0..20).map(policy).collect()
}

fn calls() -> Vec<ToolCall> {
    let call = |line: &&str| ToolCall {
        tool_name: "Bash".to_owned(),
        tool_input: json!({ "command": line }),
        cwd: "/srv/app".into(),
        session_id: None,
        provider: None,
        mode: None,
    };
    LINES.iter().map(call).collect()
}

/// How many calls are decided in a second.
fn rate(mut decide: impl FnMut(&ToolCall)) -> f64 {
    let calls = calls();
    let started = Instant::now();
    let mut count = 0_u32;
    while started.elapsed() < Duration::from_secs(2) {
        calls.iter().for_each(&mut decide);
        count += u32::try_from(calls.len()).unwrap();
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

fn say(what: &str, rate: f64, expected: Option<f64>) {
    let figure = format!("{rate:.0}/s");
    let (expected, verdict) = match expected {
        Some(least) if rate > least => (format!("over {least:.0}/s"), "ok"),
        Some(least) => (format!("over {least:.0}/s"), "UNDER"),
        None => (String::new(), ""),
    };
    println!(
        "{}",
        format!("{what:45}  {figure:12}  {expected:14}  {verdict}").trim_end()
    );
}

fn main() {
    // `cargo test --all-targets` runs this as well, without the flag.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    for (name, looks_inside, least) in [
        (
            "verdict, 200 rules, none looks into the line",
            false,
            100_000.0,
        ),
        ("verdict, 200 rules, the line is read", true, 20_000.0),
    ] {
        let policies = policies(looks_inside);
        let scoped: Vec<Scoped<'_>> = policies
            .iter()
            .map(|policy| Scoped {
                policy,
                scope: Scope::Global,
            })
            .collect();
        let decided = rate(|call| {
            black_box(evaluate(&scoped, call, &Context::default()));
        });
        say(name, decided, Some(least));
    }
    let read = rate(|call| {
        black_box(explain(&[], call, &Context::default()));
    });
    say("  the same without rules: reading alone", read, None);
    let told = rate(|call| {
        black_box(risk(call, &Context::default()));
    });
    say("the risk of a line", told, None);
}
