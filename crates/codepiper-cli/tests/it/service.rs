//! The daemon as a service. `systemctl` is played: the machine that runs the tests need not have been
//! started by systemd.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::TestHome;

/// A home in whose `PATH` such a systemctl comes first, which writes down what it is asked.
fn home(systemctl: &str) -> TestHome {
    let mut home = TestHome::bare();
    let bin = home.path("bin");
    std::fs::create_dir(&bin).unwrap();
    let log = home.path("calls").display().to_string();
    let file = bin.join("systemctl");
    let script = format!("#!/bin/sh\nprintf '%s\\n' \"$*\" >> '{log}'\n{systemctl}\n");
    std::fs::write(&file, script).unwrap();
    std::fs::set_permissions(&file, Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    home.set_env("PATH", &path);
    home.set_env("CODEPIPER_HTTP_PORT", "4567");
    home.set_env("OPENAI_API_KEY", "sk-of-nobody");
    home
}

#[test]
#[cfg(not(target_os = "macos"))]
fn the_daemon_becomes_a_service_and_is_none_any_more() {
    let home = home("");
    let installed = home
        .run(&["service", "install", "--web", "--port", "4567"])
        .ok();
    let unit = home.path(".config/systemd/user/codepiper.service");
    assert!(
        installed.stdout.starts_with("installed, and runs: "),
        "{installed:?}"
    );
    assert!(
        installed.stderr.contains("loginctl enable-linger"),
        "{installed:?}"
    );
    let text = std::fs::read_to_string(&unit).unwrap();
    let started = "\"daemon\" \"--web\" \"--port=4567\"\n";
    assert!(
        text.contains(started) && text.contains("KillMode=process"),
        "{text}"
    );
    assert!(
        text.contains("\"CODEPIPER_HTTP_PORT=4567\"") && !text.contains("sk-of"),
        "{text}"
    );
    let calls = std::fs::read_to_string(home.path("calls")).unwrap();
    assert!(
        calls.contains("--user enable codepiper.service\n"),
        "{calls}"
    );
    home.run(&["service", "uninstall"]).ok();
    assert!(!unit.exists());
    let again = home.run(&["service", "uninstall"]);
    assert_eq!(again.code, 3, "{again:?}");
    let status = home.run(&["service", "status", "--json"]).ok().json();
    assert_eq!(status["installed"], false);
}

#[test]
#[cfg(not(target_os = "macos"))]
fn a_service_that_cannot_be_says_why_and_a_daemon_that_runs_is_not_doubled() {
    let mut home = home("echo 'Failed to connect to bus' >&2; exit 1");
    let refused = home.run(&["service", "install"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(
        refused.stderr.contains("Failed to connect to bus"),
        "{refused:?}"
    );
    std::fs::remove_file(home.path(".config/systemd/user/codepiper.service")).unwrap();
    home.start_daemon();
    let runs = home.run(&["service", "install"]);
    assert_eq!(runs.code, 5, "{runs:?}");
    assert!(runs.stderr.contains("codepiper daemon stop"), "{runs:?}");
}
