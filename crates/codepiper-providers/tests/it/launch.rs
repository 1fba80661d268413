use std::path::Path;

use codepiper_model::{Channel, LaunchSpec, PromptText, ProviderId};
use codepiper_providers::{Conversation, Home, HookCommand, LaunchRequest, provider};

fn launch<'a>(id: ProviderId, change: impl FnOnce(&mut LaunchRequest<'a>)) -> LaunchSpec {
    let home = Home {
        var: &|name| (name == "HOME").then(|| "/home/u".to_owned()),
        file: &|_| None,
    };
    let mut request = LaunchRequest {
        program: Path::new("/bin/agent"),
        cwd: Path::new("/srv/my.app"),
        dir: Path::new("/state/x"),
        args: &[],
        model: None,
        dangerous: false,
        prompt: None,
        conversation: Conversation::New("0f5d3b9e-5b0a-4c8e-9d0c-2f6d1a7b8c9d"),
        hooks: HookCommand {
            program: Path::new("/state/bin/codepiper"),
            spool: Path::new("/state/spool"),
            variables: &[],
            fail_closed: false,
            status_line: false,
        },
        channel: Channel::Hooks,
        unknown: &[],
        home,
    };
    change(&mut request);
    provider(id).launch(&request)
}

#[test]
fn claude_gets_our_conversation_id_and_overlay() {
    let spec = launch(ProviderId::ClaudeCode, |_| {});
    assert_eq!(
        spec.argv,
        [
            "/bin/agent",
            "--session-id",
            "0f5d3b9e-5b0a-4c8e-9d0c-2f6d1a7b8c9d",
            "--settings",
            "/state/x/claude-settings.json"
        ]
    );
    assert_eq!(
        spec.transcript_path.unwrap(),
        Path::new(
            "/home/u/.claude/projects/-srv-my-app/0f5d3b9e-5b0a-4c8e-9d0c-2f6d1a7b8c9d.jsonl"
        )
    );
    let overlay: serde_json::Value = serde_json::from_str(&spec.files[0].1).unwrap();
    assert_eq!(overlay["disableAgentView"], true);
    assert_eq!(overlay["disableAllHooks"], false);
    assert!(overlay.get("skipDangerousModePermissionPrompt").is_none());
}

#[test]
fn a_short_prompt_is_the_last_argument_and_a_long_one_is_typed() {
    let short = PromptText::literal("-x /cost").unwrap();
    let spec = launch(ProviderId::ClaudeCode, |r| r.prompt = Some(&short));
    assert_eq!(spec.argv[spec.argv.len() - 2..], ["--", " -x /cost"]);
    assert!(spec.prompt_in_argv);
    let long = PromptText::literal(&"x".repeat(12 * 1024)).unwrap();
    let spec = launch(ProviderId::Demo, |r| r.prompt = Some(&long));
    assert!(!spec.prompt_in_argv);
    assert!(spec.argv.iter().all(|arg| arg.len() < 1000));
}

#[test]
fn dangerous_mode_brings_its_flag_and_skips_the_agents_own_warning() {
    let spec = launch(ProviderId::ClaudeCode, |r| r.dangerous = true);
    assert!(
        spec.argv
            .contains(&"--dangerously-skip-permissions".to_owned())
    );
    assert!(
        spec.files[0]
            .1
            .contains("\"skipDangerousModePermissionPrompt\":true")
    );
}

#[test]
fn an_old_conversation_goes_on_and_a_fork_gets_a_name_of_its_own() {
    for (id, folder) in [
        (
            ProviderId::ClaudeCode,
            "/home/u/.claude/projects/-srv-my-app",
        ),
        (ProviderId::Demo, "/demo/transcripts"),
    ] {
        let resumed = launch(id, |request| {
            request.conversation = Conversation::Resume("old");
        });
        let spelled = resumed.argv.join(" ");
        assert!(spelled.contains("--resume old"), "{spelled}");
        assert!(!spelled.contains("--session-id"), "{spelled}");
        assert_eq!(resumed.provider_session_id.as_deref(), Some("old"));

        let (from, to) = ("old", "new");
        let fork = launch(id, |request| {
            request.conversation = Conversation::Fork { from, to }
        });
        let spelled = fork.argv.join(" ");
        assert!(
            spelled.contains("--resume old --fork-session --session-id new"),
            "{spelled}"
        );
        assert_eq!(fork.provider_session_id.as_deref(), Some("new"));
        assert_eq!(
            fork.transcript_path.unwrap(),
            Path::new(folder).join("new.jsonl")
        );
    }
}
