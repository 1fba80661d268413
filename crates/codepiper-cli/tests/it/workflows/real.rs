//! The ready-made workflows with Claude Code and Codex as they are installed.

use serde_json::{Value, json};

use super::{Execution, live, ready};
use crate::analytics::PRICES;
use crate::claude::FakeClaude;
use crate::codex::FakeCodex;
use crate::support::TestHome;

/// Runs each to its right end with this agent, whose settings say where its model is.
#[track_caller]
fn run_all(home: &TestHome, provider: &str) {
    home.policy(&json!([{ "id": "all", "action": "allow", "tool": "Bash" }]));
    let task = r#"task=RUN: touch made
SAY: {"verdict": "approve", "comments": ""}"#;
    let command = r"command=test -e mended || { printf 'RUN: touch mended\nSAY: so\n'; exit 1; }";
    for (name, variable, outputs) in [
        (
            "implement-review-fix",
            task,
            json!({ "verdict": "approve", "comments": "", "rounds": 1 }),
        ),
        (
            "parallel-research",
            "topic=tmux\nSAY: found it",
            json!({ "report": "found it" }),
        ),
        (
            "test-until-green",
            command,
            json!({ "rounds": 2, "output": "" }),
        ),
    ] {
        let text = ready(home, name)
            + "\nenv: {OWN_KEY: fake, DISABLE_TELEMETRY: '1', DISABLE_ERROR_REPORTING: '1', \
               DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1'}\n";
        let provider = format!("provider={provider}");
        let further = ["--var", variable, "--var", &provider];
        let execution = Execution::begin(home, name, &text, &further);
        let shown = execution.end();
        let log = execution.log();
        assert_eq!(shown["execution"]["outputs"], outputs, "{log:#?}");
        assert_eq!(shown["execution"]["status"], "completed", "{log:#?}");
        assert_eq!(live(home), Vec::<String>::new(), "{name}");
    }
    assert!(home.path("work/made").exists() && home.path("work/mended").exists());
}

#[test]
fn claude_code() {
    let fake = FakeClaude::new();
    let home = FakeClaude::subscribed_home();
    let settings: Value = json!({ "env": { "ANTHROPIC_BASE_URL": fake.url() } });
    std::fs::write(home.path(".claude/settings.json"), settings.to_string()).unwrap();
    run_all(&home, "claude-code");
}

#[test]
fn codex() {
    let fake = FakeCodex::new();
    let mut home = FakeCodex::home();
    let config = format!(
        "model = 'fake-codex'\nmodel_provider = 'own'\n[model_providers.own]\nname = 'own'\n\
         base_url = '{}/v1'\nenv_key = 'OWN_KEY'\n",
        fake.model.base_url()
    );
    std::fs::create_dir_all(home.path(".codex")).unwrap();
    std::fs::write(home.path(".codex/config.toml"), config).unwrap();
    std::fs::write(home.path(".codepiper/prices.toml"), PRICES).unwrap();
    home.kill_daemon();
    home.start_daemon();
    run_all(&home, "codex");
    let list = home.call("GET", "/workflows/executions", &Value::Null);
    let id = list["executions"][0]["id"].as_str().unwrap();
    let shown = home.call("GET", &format!("/workflows/executions/{id}"), &Value::Null);
    let fix = shown["steps"].as_array().unwrap().iter();
    let fix = fix.clone().find(|step| step["stepName"] == "fix").unwrap();
    assert!(fix["cost"].as_f64().unwrap() > 0.0, "{fix}");
}
