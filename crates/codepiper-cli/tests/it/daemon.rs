use std::os::unix::fs::PermissionsExt as _;

use crate::support::TestHome;

#[test]
fn up_starts_everything_and_a_second_time_finds_it() {
    let home = TestHome::bare();
    let first = home.run(&["up", "--provider", "demo"]).ok();
    let last = first.stdout.lines().last().unwrap().to_owned();
    assert!(
        last.starts_with("session ") && last.ends_with(" RUNNING"),
        "{first:?}"
    );
    let second = home.run(&["up", "--provider", "demo"]).ok();
    assert_eq!(second.stdout.lines().last().unwrap(), last);
    home.run(&["down", "--sessions"]).ok();
    assert_eq!(home.run(&["sessions"]).code, 4);
}

#[test]
fn up_without_a_signed_in_agent_says_why_it_takes_the_demo() {
    let home = TestHome::bare();
    let done = home.run(&["up"]).ok();
    assert!(done.stderr.contains("demo agent: claude-code"), "{done:?}");
    home.run(&["down", "--sessions"]).ok();
}

#[test]
fn a_live_daemon_is_never_replaced_and_a_stale_socket_is() {
    let mut home = TestHome::new();
    let refused = home.run(&["daemon"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(refused.stderr.contains("already listens"));
    home.kill_daemon();
    assert!(home.socket().exists());
    home.start_daemon();
    home.run(&["daemon", "status"]).ok();
}

#[test]
fn what_is_no_socket_is_not_touched() {
    let home = TestHome::bare();
    std::fs::write(home.socket(), "precious").unwrap();
    let done = home.run(&["daemon"]);
    assert_eq!(done.code, 1);
    assert!(done.stderr.contains("not a socket"), "{done:?}");
    assert_eq!(std::fs::read_to_string(home.socket()).unwrap(), "precious");
}

#[test]
fn two_daemons_never_share_a_database() {
    let home = TestHome::new();
    let other = home.path("other.sock");
    let done = home.run(&["daemon", "--socket", other.to_str().unwrap()]);
    assert_eq!(done.code, 1);
    assert!(done.stderr.contains("in use"), "{done:?}");
    assert!(!other.exists());
}

#[test]
fn socket_and_state_are_for_their_owner_only() {
    let home = TestHome::new();
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home.socket()), 0o600);
    assert_eq!(mode(&home.path(".codepiper")), 0o700);
    assert_eq!(mode(&home.path(".codepiper/run")), 0o700);
}

#[test]
fn restart_keeps_the_sessions() {
    let home = TestHome::bare();
    home.run(&["daemon", "--detach"]).ok();
    let id = home.demo(&[]);
    home.run(&["daemon", "restart"]).ok();
    assert_eq!(home.session(&id)["status"], "RUNNING");
    assert!(home.run(&["daemon", "logs"]).ok().stdout.contains("ready"));
    home.run(&["down", "--sessions"]).ok();
}

#[test]
fn the_setting_decides_whether_a_stopped_daemon_takes_its_sessions_along() {
    let mut home = TestHome::new();
    let id = home.demo(&[]);
    let (status, _) = home.http("PUT", "/settings/daemon", br#"{"preserveSessions":false}"#);
    assert_eq!(status, 200);
    home.run(&["daemon", "stop"]).ok();
    home.kill_daemon();
    home.start_daemon();
    assert_eq!(home.session(&id)["status"], "STOPPED");
}

#[test]
fn a_database_of_the_existing_codepiper_is_moved_aside() {
    let mut home = TestHome::bare();
    std::fs::create_dir(home.path(".codepiper")).unwrap();
    // The first bytes of any SQLite file.
    let mut bytes = b"SQLite format 3\0".to_vec();
    bytes.resize(4096, 0);
    std::fs::write(home.path(".codepiper/codepiper.db"), &bytes).unwrap();
    home.start_daemon();
    home.run(&["sessions"]).ok();
    assert_eq!(
        std::fs::read(home.path(".codepiper/codepiper.db.typescript")).unwrap(),
        bytes
    );
    assert!(home.daemon_log().contains("codepiper.db.typescript"));
}
