use std::process::Stdio;

use crate::support::TestHome;

#[test]
fn sessions_are_found_by_prefix_and_by_name() {
    let home = TestHome::new();
    let id = home.demo(&["--name", "api"]);
    for text in [&id, &id[..6], "api"] {
        assert_eq!(home.session(text)["id"], id.as_str());
    }
    let other = home.demo(&["--name", "api"]);
    let ambiguous = home.run(&["show", "api"]);
    assert_eq!(ambiguous.code, 3);
    assert!(
        ambiguous.stderr.contains(&id) && ambiguous.stderr.contains(&other),
        "{ambiguous:?}"
    );
    home.run(&["rename", &other, "web"]).ok();
    assert_eq!(home.session("web")["id"], other.as_str());
    home.run(&["rename", &other]).ok();
    assert!(home.session(&other)["name"].is_null());
    assert_eq!(home.run(&["show", "nobody"]).code, 3);
    // A whole id is meant as one, whatever others are called.
    home.run(&["rename", &other, &id]).ok();
    assert_eq!(home.session(&id)["id"], id.as_str());
}

#[test]
fn without_a_daemon_the_next_step_is_named() {
    let home = TestHome::bare();
    let done = home.run(&["sessions"]);
    assert_eq!(done.code, 4);
    assert!(done.stderr.contains("codepiper daemon"), "{done:?}");
    let done = home.run(&["sessions", "--json"]);
    let body: serde_json::Value = serde_json::from_str(&done.stderr).unwrap();
    assert_eq!(body["code"], "daemon_unreachable");
}

#[test]
fn usage_errors_exit_with_two() {
    let home = TestHome::new();
    let missing = ["start", "-p", "demo", "--env-from", "NOT_SET_HERE"];
    let cases: [&[&str]; 5] = [
        &["nonsense"],
        &["start"],
        &["send"],
        &["resize", "x", "a", "b"],
        &missing,
    ];
    for args in cases {
        let done = home.run(args);
        assert_eq!(done.code, 2, "{args:?}: {done:?}");
        assert!(done.stdout.is_empty());
    }
    assert_eq!(home.run(&["start", "-p", "nonsense"]).code, 1);
    assert_eq!(
        home.run(&["start", "-p", "demo", "-d", "/does/not/exist"])
            .code,
        1
    );
}

#[test]
fn a_provider_that_is_not_installed_is_refused_with_the_way_to_install_it() {
    let home = TestHome::with_env(&[("PATH", "/usr/bin:/bin")]);
    let done = home.run(&["start", "-p", "claude-code"]);
    assert_eq!(done.code, 5, "{done:?}");
    assert!(done.stderr.contains("npm install"), "{done:?}");
    let (_, body) = home.http("GET", "/sessions", b"");
    assert_eq!(body, r#"{"sessions":[]}"#);
}

#[test]
fn json_is_exactly_the_answer_of_the_call() {
    let home = TestHome::new();
    home.demo(&[]);
    let (_, body) = home.http("GET", "/sessions", b"");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(home.run(&["sessions", "--json"]).ok().json(), body);
    let doctor = home.run(&["doctor", "--json"]).ok().json();
    assert_eq!(doctor["ok"], true);
    assert!(
        doctor["checks"]
            .as_array()
            .unwrap()
            .iter()
            .any(|c| c["id"] == "tmux.version")
    );
    assert!(home.run(&["providers", "--json"]).ok().json()["providers"].is_array());
}

#[test]
fn the_doctor_finds_what_others_can_read_and_takes_it_from_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = TestHome::new();
    let key = home.path(".codepiper/key");
    let found = |id: &str| {
        let answer = home.run(&["doctor", "--json"]).json();
        let checks = answer["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| check["id"] == id).unwrap()
    };
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let open = found("files.permissions");
    assert_eq!(open["level"], "error");
    assert!(open["message"].as_str().unwrap().contains("/key"), "{open}");
    assert_eq!(home.run(&["doctor"]).code, 1);
    home.run(&["doctor", "--fix"]).ok();
    let mode = key.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for id in [
        "database",
        "disk.space",
        "clock",
        "web.ports",
        "notifications",
        "sessions.reboot",
    ] {
        let check = found(id);
        assert_ne!(check["level"], "error", "{check}");
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let home = TestHome::new();
    let mut child = home
        .command(["completions", "bash"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let status = child.wait().unwrap();
    assert!(status.success(), "{status}");
}

#[test]
fn events_are_shown_newest_last_and_followed() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let shown = home.run(&["logs", &id, "-n", "2"]).ok().stdout;
    assert_eq!(shown.lines().count(), 2);
    let id_of = |line: &str| line.trim().split(' ').next().unwrap().parse::<u64>();
    let ids: Vec<u64> = shown.lines().map(|line| id_of(line).unwrap()).collect();
    assert!(ids[0] < ids[1], "{shown}");
    let first = home.run(&["logs", &id, "-n", "1000"]).ok().stdout;
    assert!(id_of(first.lines().next().unwrap()).unwrap() < ids[0]);
    let mut child = home
        .command(["events", &id, "--follow", "--json", "-n", "1"])
        .spawn()
        .unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    lines.next().unwrap().unwrap();
    home.run(&["rename", &id, "followed"]).ok();
    let line = lines.next().unwrap().unwrap();
    let event: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(event["type"], "SessionRenamed");
    assert_eq!(event["payload"]["name"], "followed");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_resize_reaches_the_agent() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["resize", &id, "80", "20"]).ok();
    home.until("the new size", || home.session(&id)["ptyCols"] == 80);
    assert_eq!(home.session(&id)["ptyRows"], 20);
    assert_eq!(home.run(&["resize", &id, "9999", "20"]).code, 1);
}

#[test]
fn an_agent_that_cannot_run_says_why() {
    let home = TestHome::new();
    // A program that is there and executable, but whose interpreter is not.
    let bin = home.path("bin");
    std::fs::create_dir(&bin).unwrap();
    std::fs::write(bin.join("claude"), "#!/does/not/exist\n").unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(bin.join("claude"), executable).unwrap();
    let path = format!("PATH={}:/usr/bin:/bin", bin.display());
    let started = home
        .run(&["start", "-p", "claude-code", "--env", &path, "--json"])
        .ok()
        .json();
    let id = started["session"]["id"].as_str().unwrap();
    home.until("the end", || home.session(id)["status"] == "CRASHED");
    let exit = home.session(id)["exit"].clone();
    assert_eq!(exit["reason"], "launch_failed", "{exit}");
    assert!(
        exit["detail"].as_str().unwrap().contains("cannot run"),
        "{exit}"
    );
}
