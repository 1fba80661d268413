use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::support::TestHome;

const SECRET: &str = "s3cr3t-v4lue-that-must-not-leak";

/// A value of a session's environment stands in no argument list, log, event, error or file that
/// others can read.
#[test]
fn the_environment_of_a_session_stays_private() {
    let home = TestHome::with_env(&[("MY_TOKEN", SECRET)]);
    let id = home.demo(&["--env-from", "MY_TOKEN"]);
    home.run(&[
        "send",
        &id,
        "RUN: test -n \"$MY_TOKEN\" && echo have it",
        "--wait",
    ]);
    home.run(&["keys", &id, "1"]).ok();
    home.until("the agent has it", || {
        home.run(&["tail", &id]).stdout.contains("⎿  have it")
    });
    let wrong = format!("{{\"provider\":\"demo\",\"cwd\":\"/\",\"env\":{{\"1X\":\"{SECRET}\"}}}}");
    let (status, body) = home.http("POST", "/sessions", wrong.as_bytes());
    assert_eq!(status, 400);
    assert!(!body.contains(SECRET), "{body}");

    let ps = std::process::Command::new("ps")
        .args(["-eww", "-o", "args"])
        .output()
        .unwrap();
    assert!(
        !String::from_utf8_lossy(&ps.stdout).contains(SECRET),
        "in an argument list"
    );
    assert!(!home.daemon_log().contains(SECRET), "in the log");
    let (_, events) = home.http("GET", "/events?limit=1000", b"");
    assert!(!events.contains(SECRET), "in an event");
    no_readable_file(home.dir.path());
    home.run(&["stop", &id]).ok();
    no_readable_file(home.dir.path());
}

/// Whatever we wrote is for its owner only, and holds no secret anyway.
fn no_readable_file(dir: &Path) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        let meta = std::fs::symlink_metadata(&path).unwrap();
        if meta.is_dir() {
            no_readable_file(&path);
        } else if meta.is_file() && path.starts_with(dir) {
            let bytes = std::fs::read(&path).unwrap();
            let leaks = bytes
                .windows(SECRET.len())
                .any(|window| window == SECRET.as_bytes());
            assert!(!leaks, "in {}", path.display());
            if path
                .components()
                .any(|part| part.as_os_str() == ".codepiper")
            {
                // The program that hooks call is no secret, only nobody else's to change.
                let forbidden = if path.ends_with("bin/codepiper") {
                    0o022
                } else {
                    0o077
                };
                let mode = meta.permissions().mode();
                assert_eq!(mode & forbidden, 0, "{}", path.display());
            }
        }
    }
}
