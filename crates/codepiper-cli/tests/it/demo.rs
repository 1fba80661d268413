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
        let file = |name: &str| home.path(&format!("work/{command}-{name}.pid"));
        // One that left its terminal, one that emptied its environment as well, and one that
        // left its parents besides.
        let script = format!(
            "RUN: setsid sleep 300 >/dev/null 2>&1 & echo $! > {}; \
             env -i setsid sleep 300 >/dev/null 2>&1 & echo $! > {}; \
             env -i setsid -f sh -c 'echo $$ > {}; exec sleep 300' >/dev/null 2>&1; sleep 300",
            file("one").display(),
            file("two").display(),
            file("three").display(),
        );
        home.run(&["send", &id, &script]).ok();
        let read = |name: &str| std::fs::read_to_string(file(name)).unwrap_or_default();
        let names = ["one", "two", "three"];
        home.until("all run", || names.iter().all(|n| !read(n).is_empty()));
        let pids = names.map(read);
        let left = || pids.iter().filter(|pid| is_running(pid.trim())).count();
        assert!(left() == 3 || cfg!(not(target_os = "linux")));
        home.run(&[command, &id]).ok();
        let session = home.session(&id);
        assert_eq!(session["status"], "STOPPED", "{session}");
        let reason = if command == "stop" {
            "stopped"
        } else {
            "killed"
        };
        assert_eq!(session["exit"]["reason"], reason);
        home.until("the children are gone", || left() == 0);
    }
}

fn is_running(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        !stat
            .rsplit_once(')')
            .is_some_and(|(_, rest)| rest.starts_with(" Z"))
    })
}

#[test]
fn everybody_who_waits_gets_the_reply_to_their_own_prompt() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let send = |n: usize| {
        let prompt = format!("SAY: reply {n}");
        (
            n,
            home.command(["send", &id, &prompt, "--wait"])
                .spawn()
                .unwrap(),
        )
    };
    let waiting: Vec<_> = (0..4).map(send).collect();
    for (n, child) in waiting {
        let output = child.wait_with_output().unwrap();
        let reply = String::from_utf8(output.stdout).unwrap();
        assert_eq!(reply.trim(), format!("reply {n}"));
    }
}

#[test]
fn a_directory_may_be_called_anything() {
    let home = TestHome::new();
    for name in [
        "#(touch ran-it)",
        "ends with;",
        "-x",
        "it's \"quoted\"",
        "é 漢字",
        "a\nb",
        "%0 $HOME",
    ] {
        let dir = home.path("work").join(name);
        std::fs::create_dir(&dir).unwrap();
        let started = home.run(&["start", "-p", "demo", "--json", "-d", dir.to_str().unwrap()]);
        let id = started.ok().json()["session"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        home.run(&["wait", &id]).ok();
        home.run(&["send", &id, "RUN: pwd > where", "--wait"]);
        home.run(&["keys", &id, "1"]).ok();
        let where_is = || std::fs::read_to_string(dir.join("where")).unwrap_or_default();
        home.until("it ran there", || !where_is().is_empty());
        assert!(where_is().contains(name), "{name:?}");
        home.run(&["kill", &id]).ok();
    }
    for place in [home.path("work"), home.dir.path().to_owned(), "/".into()] {
        assert!(!place.join("ran-it").exists());
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

#[cfg(target_os = "linux")]
#[test]
fn what_others_wrote_does_nothing_to_a_terminal() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let turned = "a\u{202e}b";
    home.run(&["send", &id, &format!("SAY: {turned}"), "--wait"])
        .ok();
    home.run(&["stop", &id]).ok();
    let rules = json!([{ "id": "r", "action": "ask", "tool": "*", "reason": turned }]);
    home.policy(&rules);
    for args in [&["tail", &id][..], &["policy", "export", "--all"]] {
        assert!(home.run(args).ok().stdout.contains(turned), "{args:?}");
        let own = home.command(args);
        let line = format!("'{}' {}", own.get_program().display(), args.join(" "));
        let mut script = std::process::Command::new("script");
        script.args(["-qec", &line, "/dev/null"]);
        let set = own
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?)));
        let shown = script.envs(set).output().unwrap();
        let shown = String::from_utf8(shown.stdout).unwrap();
        assert!(shown.contains("a\\u{202e}b"), "{args:?}: {shown}");
        assert!(!shown.contains(turned), "{args:?}: {shown}");
    }
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

#[test]
fn what_is_believed_of_a_session_is_explained() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "RUN: touch x", "--wait"]);
    let explained = home
        .run(&["providers", "explain", &id, "--json"])
        .ok()
        .json();
    assert_eq!(explained["activity"]["state"], "needs_permission");
    let signs = explained["signs"].as_array().unwrap();
    let says = |source: &str, kind: &str| {
        let found = signs
            .iter()
            .find(|sign| sign["source"] == source && sign["type"] == kind);
        found.unwrap_or_else(|| panic!("{signs:#?}"))["says"].clone()
    };
    assert_eq!(says("screen", "permission_dialog"), "needs_permission");
    assert_eq!(says("hook", "PermissionRequest"), "needs_permission");
    assert!(says("process", "runs").is_null());
    let shown = home.run(&["providers", "explain", &id]).ok().stdout;
    assert!(
        shown.starts_with("RUNNING needs_permission, because hook says PermissionRequest"),
        "{shown}"
    );
}
