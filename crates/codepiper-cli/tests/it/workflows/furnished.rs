//! What the sessions of a workflow are given beside their prompt.

use serde_json::json;

use super::Execution;
use crate::worktrees;

const FURNISHED: &str = r#"
name: Furnished
cwd: ${cwd}
steps:
  - name: agent
    type: session
    provider: demo
    env_set: staging
    worktree: agents/one
    worktree_from: main
    prompt: 'RUN: printf %s "$TOKEN" >told; git branch --show-current >>told'
  - name: look
    type: command
    cwd: ${steps.agent.cwd}
    run: cat told
outputs:
  told: ${steps.look.stdout}
  cwd: ${steps.agent.cwd}
"#;

#[test]
fn a_step_gets_its_secrets_and_a_worktree_where_the_next_one_goes_on() {
    let home = worktrees::home();
    home.policy(&json!([{ "id": "all", "action": "allow", "tool": "*" }]));
    let repository = worktrees::repository(&home, "work/shop");
    home.run(&["env-set", "create", "staging"]).ok();
    let secret = "a-token-of-the-other-place";
    let set = ["env-set", "set", "staging", "TOKEN"];
    home.run_with_input(&set, secret.as_bytes()).ok();
    let cwd = format!("cwd={}", repository.display());
    let shop = Execution::begin(&home, "furnished", FURNISHED, &["-v", &cwd]);
    let shown = shop.end();
    let outputs = &shown["execution"]["outputs"];
    assert_eq!(shown["execution"]["status"], "completed", "{shown:#}");
    let lies = outputs["cwd"].as_str().unwrap();
    assert_ne!(lies, repository.to_str().unwrap());
    assert_eq!(
        std::fs::read_to_string(format!("{lies}/told")).unwrap(),
        format!("{secret}agents/one\n")
    );
    let listed = home.run(&["worktree", "list"]).ok().stdout;
    assert!(
        listed.contains("agents/one"),
        "the work is still there: {listed}"
    );

    let wrong = FURNISHED.replace("env_set: staging", "env_set: productive");
    let failed = Execution::begin(&home, "wrong", &wrong, &["-v", &cwd]).end();
    let error = failed["execution"]["error"].to_string();
    assert!(error.contains("`productive`"), "{error}");
}
