use serde_json::json;

use crate::support::TestHome;

#[test]
fn a_prompt_is_answered() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let done = home.run(&["send", &id, "SAY: hello", "--wait"]).ok();
    assert_eq!(done.stdout.trim(), "hello");
    let answer = home
        .run(&["send", &id, "SAY: again", "--wait", "--json"])
        .ok()
        .json();
    assert_eq!(answer["reply"], "again");
    assert_eq!(answer["receipt"]["status"], "turn_done");
}

#[test]
fn prompts_that_look_like_flags_commands_or_shell_are_words() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    for text in [
        "- item one",
        "--help",
        "!touch ran-a-shell",
        "/clear",
        "ends with \\",
        "see @file",
    ] {
        let done = home.run(&["send", &id, text, "--wait"]).ok();
        assert!(done.stdout.contains(text.trim()), "{text}: {done:?}");
    }
    assert!(!home.path("work/ran-a-shell").exists());
}

#[test]
fn a_long_prompt_arrives_byte_for_byte() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let lines: Vec<String> = (0..2000)
        .map(|i| format!("line {i} with \"é\" $HOME; 漢字 🎉\n"))
        .collect();
    let text = format!("{}SAY: got it", lines.concat());
    let done = home
        .run_with_input(&["send", &id, "-", "--wait"], text.as_bytes())
        .ok();
    assert_eq!(done.stdout.trim(), "got it");
    let transcript = home.session(&id)["transcriptPath"]
        .as_str()
        .unwrap()
        .to_owned();
    let transcript = std::fs::read_to_string(transcript).unwrap();
    let first: serde_json::Value =
        serde_json::from_str(transcript.lines().next().unwrap()).unwrap();
    assert!(
        first["message"]["content"] == json!(text),
        "the text differs"
    );
}

#[test]
fn a_permission_is_waited_for_and_nothing_is_typed_into_it() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let done = home.run(&["send", &id, "RUN: touch made", "--wait"]);
    assert_eq!(done.code, 7, "{done:?}");
    assert_eq!(home.session(&id)["activity"]["state"], "needs_permission");
    let refused = home.run(&["send", &id, "yes please", "--json"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(refused.stderr.contains("dialog_open"), "{refused:?}");
    assert!(!home.path("work/made").exists());
    home.run(&["keys", &id, "1"]).ok();
    home.until("the command ran", || home.path("work/made").exists());
}

#[test]
fn waiting_tells_how_it_ended() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "SLOW: 60000"]).ok();
    assert_eq!(home.run(&["wait", &id, "--timeout", "0.2"]).code, 124);
    let late = home.run(&["send", &id, "SAY: queued", "--wait", "--timeout", "0.2"]);
    assert_eq!(late.code, 124, "{late:?}");
    home.run(&["keys", &id, "escape"]).ok();
    home.run(&["wait", &id]).ok();
    let ended = home.run(&["send", &id, "EXIT: 3", "--wait"]);
    assert_eq!(ended.code, 6, "{ended:?}");
    let session = home.session(&id);
    assert_eq!(session["status"], "CRASHED");
    assert_eq!(session["exit"]["reason"], "exited");
    assert_eq!(session["exit"]["code"], 3);
    assert_eq!(home.run(&["wait", &id, "--until", "exited"]).code, 0);
    assert_eq!(home.run(&["wait", &id]).code, 6);
    assert_eq!(home.run(&["send", &id, "hello"]).code, 5);
}

#[test]
fn a_long_first_prompt_is_typed_once_the_agent_is_ready() {
    let home = TestHome::new();
    let prompt = format!("{}\nSAY: all of it", "x".repeat(20_000));
    let id = home.demo(&["--prompt", &prompt]);
    home.until("the reply", || {
        home.run(&["tail", &id]).stdout.contains("● all of it")
    });
}

#[test]
fn stop_and_kill_end_everything_the_agent_started() {
    let home = TestHome::new();
    for command in ["stop", "kill"] {
        let id = home.demo(&["--dangerous"]);
        let file = home.path(&format!("work/{command}.pid"));
        let script = format!(
            "RUN: setsid sleep 300 >/dev/null 2>&1 & echo $! > {}",
            file.display()
        );
        home.run(&["send", &id, &script, "--wait"]).ok();
        let pid = std::fs::read_to_string(&file).unwrap();
        let is_there = || std::path::Path::new("/proc").join(pid.trim()).exists();
        assert!(is_there() || cfg!(not(target_os = "linux")));
        home.run(&[command, &id]).ok();
        let session = home.session(&id);
        assert_eq!(session["status"], "STOPPED", "{session}");
        assert_eq!(
            session["exit"]["reason"],
            if command == "stop" {
                "stopped"
            } else {
                "killed"
            }
        );
        home.until("the child is gone", || !is_there());
    }
}

#[test]
fn tail_shows_the_last_screen_of_an_ended_session() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "SAY: remember me", "--wait"]).ok();
    home.run(&["stop", &id]).ok();
    let tail = home.run(&["tail", &id]).ok();
    assert!(tail.stdout.contains("● remember me"), "{tail:?}");
    assert!(!tail.stdout.contains('\u{1b}'));
}

#[test]
fn following_shows_the_screen_and_then_the_stream() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let mut child = home.command(["tail", &id, "--follow"]).spawn().unwrap();
    home.run(&["send", &id, "SAY: live words", "--wait"]).ok();
    home.run(&["stop", &id]).ok();
    assert!(child.wait().unwrap().success());
    let mut text = String::new();
    std::io::Read::read_to_string(&mut child.stdout.take().unwrap(), &mut text).unwrap();
    assert!(
        text.contains("CodePiper demo agent") && text.contains("live words"),
        "{text}"
    );
}

#[test]
fn attach_shows_the_same_screen_as_a_plain_tmux_client() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "SAY: see me", "--wait"]).ok();
    let attach = home.session(&id)["attach"].as_array().unwrap().clone();
    let attach: Vec<&str> = attach.iter().map(|word| word.as_str().unwrap()).collect();
    // Each runs in a terminal of its own: a tmux of the test.
    let outer = home.path("outer");
    let tmux = |args: &[&str]| {
        let mut command = std::process::Command::new("tmux");
        command
            .arg("-u")
            .arg("-f")
            .arg("/dev/null")
            .arg("-S")
            .arg(&outer)
            .args(args);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let own = format!("'{}' attach {id}", env!("CARGO_BIN_EXE_codepiper"));
    let own = format!(
        "HOME={} CODEPIPER_SOCKET={} {own}",
        home.dir.path().display(),
        home.socket().display()
    );
    tmux(&[
        "new-session",
        "-d",
        "-s",
        "own",
        "-x",
        "120",
        "-y",
        "30",
        "sh",
        "-c",
        &own,
    ]);
    let plain = format!("env -u TMUX {}", attach.join(" "));
    tmux(&[
        "new-session",
        "-d",
        "-s",
        "plain",
        "-x",
        "120",
        "-y",
        "30",
        "sh",
        "-c",
        &plain,
    ]);
    let shown = |name: &str| tmux(&["capture-pane", "-p", "-t", name]);
    home.until("both show it", || {
        shown("own").contains("● see me") && shown("own") == shown("plain")
    });
    tmux(&["send-keys", "-t", "own", "C-]"]);
    home.until("the detach key leaves", || {
        !tmux(&["list-sessions"]).contains("own:")
    });
    assert_eq!(home.session(&id)["status"], "RUNNING");
    tmux(&["kill-server"]);
}
