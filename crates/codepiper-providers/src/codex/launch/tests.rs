use serde_json::json;

use super::*;

fn strings(args: &[&str]) -> Vec<String> {
    args.iter().map(|&arg| arg.to_owned()).collect()
}

fn launch<'a>(mode: Mode, args: &'a [String], hooks: &'a [Hook]) -> Launch<'a> {
    Launch {
        program: Path::new("/bin/codex"),
        cwd: Path::new("/srv/my \"app\""),
        mode,
        model: Some("gpt-5.5"),
        api: None,
        args,
        hooks,
    }
}

const TRUSTED: &str = r#"projects={"/srv/my \"app\""={trust_level="trusted"}}"#;

#[test]
fn the_server_gets_the_mode_the_model_and_the_hooks() {
    let hooks = [Hook {
        event: "Stop",
        command: "say 'it'".to_owned(),
        timeout: 15,
        status: None,
    }];
    let args = strings(&["-c", "a.b=1", "--no-alt-screen", "--enable=goals"]);
    let launch = launch(Mode::HOST_ACCESS, &args, &hooks);
    let argv = launch.app_server(Some(Path::new("/run/s")), &Trust::default());
    let expected = [
        "/bin/codex",
        "app-server",
        "--listen",
        "unix:///run/s",
        "-c",
        "check_for_update_on_startup=false",
        "-c",
        TRUSTED,
        "-c",
        r#"sandbox_mode="danger-full-access""#,
        "-c",
        r#"approval_policy="on-request""#,
        "-c",
        r#"model="gpt-5.5""#,
        "-c",
        r#"hooks.Stop=[{hooks=[{type="command",command="say 'it'",timeout=15}]}]"#,
        "-c",
        "hooks.state={}",
        "-c",
        "a.b=1",
        "--enable=goals",
    ];
    assert_eq!(argv, expected);
}

#[test]
fn the_terminal_gets_neither_mode_nor_hooks() {
    let args = strings(&["-c", "a.b=1", "--no-alt-screen"]);
    let list = json!({"data": [{"model": "gpt-x", "upgrade": "gpt-y"}]});
    let next = Successors::listed(&list).unwrap();
    let launch = launch(Mode::DANGEROUS, &args, &[]);
    let argv = launch.terminal(Path::new("/run/s"), "01a2", &next);
    let expected = [
        "/bin/codex",
        "resume",
        "01a2",
        "--remote",
        "unix:///run/s",
        "-c",
        "check_for_update_on_startup=false",
        "-c",
        TRUSTED,
        "-c",
        r#"notice.model_migrations={"gpt-x"="gpt-y"}"#,
        "--model",
        "gpt-5.5",
        "-c",
        "a.b=1",
        "--no-alt-screen",
    ];
    assert_eq!(argv, expected);
}

#[test]
fn alone_it_shares_no_server_and_takes_a_short_prompt() {
    let prompt = PromptText::literal("fix it").unwrap();
    let launch = launch(Mode::DANGEROUS, &[], &[]);
    let (argv, prompted) = launch.alone(Start::Fork("01a2"), &Trust::default(), Some(&prompt));
    assert!(prompted);
    assert_eq!(
        argv[..5],
        [
            "/bin/codex",
            "fork",
            "01a2",
            "--no-daemon",
            "--dangerously-bypass-approvals-and-sandbox"
        ]
    );
    assert_eq!(argv[argv.len() - 2..], ["--", "fix it"]);
}
