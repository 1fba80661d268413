//! Everything in one file, and back; and another key.

use std::path::Path;

use serde_json::json;

use crate::support::{TestHome, until};

const SECRET: &str = "s3cr3t-0f-the-backup";

fn furnished() -> (TestHome, String) {
    let home = TestHome::with_web(&[]);
    home.policy(&json!([{ "id": "all", "action": "allow", "tool": "*" }]));
    home.run(&["env-set", "create", "staging"]).ok();
    home.run_with_input(&["env-set", "set", "staging", "DB_URL"], SECRET.as_bytes())
        .ok();
    let id = home.demo(&["--env-set", "staging", "--env", "MORE=own"]);
    home.run(&["send", &id, "RUN: true\nSAY: done", "--wait"])
        .ok();
    (home, id)
}

fn revealed(home: &TestHome) -> String {
    let shown = home.run(&["env-set", "get", "staging", "--reveal", "DB_URL"]);
    shown.ok().stdout.trim_end().to_owned()
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn everything_comes_back_out_of_a_backup() {
    let (mut home, id) = furnished();
    let file = home.path("all.backup");
    let file = file.to_str().unwrap();
    let said = home.run(&["backup", file, "--json"]).ok().json();
    assert_eq!(
        said["secrets"], 2,
        "the variable, and the session's request"
    );
    assert_eq!(mode(Path::new(file)), 0o600);
    let again = home.run(&["backup", file]);
    assert_eq!((again.code, again.stderr.contains("--force")), (5, true));
    let decisions = home.decisions(&id);
    assert!(!decisions.is_empty());
    let runs = home.run(&["restore", file]);
    assert_eq!(runs.code, 5, "{}", runs.stderr);
    assert!(runs.stderr.contains("codepiper down"), "{}", runs.stderr);

    home.run(&["stop", &id]).ok();
    home.run(&["down"]).ok();
    until("the daemon is gone", String::new, &mut || {
        home.daemon_has_died()
    });
    let state = home.path(".codepiper");
    std::fs::remove_dir_all(&state).unwrap();
    home.run(&["restore", file, "--dry-run"]).ok();
    assert!(!state.join("codepiper.db").exists());
    home.run(&["restore", file]).ok();
    assert_eq!(mode(&state.join("key")), 0o600);
    assert_eq!(mode(&state.join("codepiper.db")), 0o600);
    home.start_daemon();
    assert_eq!(revealed(&home), SECRET);
    assert_eq!(home.decisions(&id), decisions);
    home.run(&["audit", "verify"]).ok();
    home.run(&["resume", &id]).ok();
    let prompt = "RUN: printf %s \"$DB_URL $MORE\" > seen\nSAY: done";
    home.run(&["send", &id, prompt, "--wait"]).ok();
    let seen = std::fs::read_to_string(home.path("work/seen")).unwrap();
    assert_eq!(seen, format!("{SECRET} own"));
    let left: Vec<_> = std::fs::read_dir(&state)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_is_damaged_or_in_the_way_changes_nothing() {
    let (mut home, _) = furnished();
    let file = home.path("all.backup");
    let name = file.to_str().unwrap();
    home.run(&["backup", name]).ok();
    home.run(&["down"]).ok();
    until("the daemon is gone", String::new, &mut || {
        home.daemon_has_died()
    });
    let state = home.path(".codepiper");
    let key = std::fs::read(state.join("key")).unwrap();
    let there = home.run(&["restore", name]);
    assert_eq!((there.code, there.stderr.contains("--force")), (5, true));
    let whole = std::fs::read(&file).unwrap();
    let bad = home.path("bad.backup");
    let secret = key.clone();
    let in_key = whole.windows(32).position(|w| w == secret).unwrap();
    for place in [10, whole.len() / 2, in_key, whole.len() / 3] {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        std::fs::write(&bad, changed).unwrap();
        let refused = home.run(&["restore", bad.to_str().unwrap(), "--force"]);
        assert_eq!(refused.code, 5, "byte {place}: {}", refused.stderr);
    }
    std::fs::write(&bad, &whole[..whole.len() * 2 / 3]).unwrap();
    let refused = home.run(&["restore", bad.to_str().unwrap(), "--force"]);
    assert_eq!(refused.code, 5, "{}", refused.stderr);
    let absent = home.run(&["restore", "/nowhere/at.all", "--force"]);
    assert_eq!(absent.code, 3, "{}", absent.stderr);
    assert_eq!(std::fs::read(state.join("key")).unwrap(), key);

    let forced = home.run(&["restore", name, "--force", "--json"]).ok();
    let aside = forced.json()["before"].as_str().unwrap().to_owned();
    assert!(Path::new(&aside).join("codepiper.db").exists());
    home.start_daemon();
    assert_eq!(revealed(&home), SECRET);
}

#[test]
fn a_new_key_seals_everything() {
    let (mut home, id) = furnished();
    let state = home.path(".codepiper");
    let old = std::fs::read(state.join("key")).unwrap();
    let said = home.run(&["key", "rotate", "--json"]).ok().json();
    assert_eq!(said["secrets"], 2);
    let new = std::fs::read(state.join("key")).unwrap();
    assert_ne!(new, old);
    assert_eq!(mode(&state.join("key")), 0o600);
    assert_eq!(revealed(&home), SECRET);
    home.run(&["stop", &id]).ok();
    home.kill_daemon();
    home.start_daemon();
    assert_eq!(revealed(&home), SECRET);
    home.run(&["resume", &id]).ok();
    let entries = home.run(&["audit", "entries", "--json"]).ok().stdout;
    assert!(entries.contains("key_rotated") && !entries.contains(SECRET));
}

#[test]
fn a_change_of_the_key_that_was_broken_off_goes_on() {
    for point in ["key-next:1", "key-change:1"] {
        let (mut home, id) = furnished();
        home.run(&["stop", &id]).ok();
        home.kill_daemon();
        home.set_env("CODEPIPER_FAULT", point);
        home.start_daemon();
        let died = home.run(&["key", "rotate"]);
        assert_ne!(died.code, 0, "{point}");
        until("the daemon is gone", String::new, &mut || {
            home.daemon_has_died()
        });
        let state = home.path(".codepiper");
        assert!(state.join("key.next").exists(), "{point}");
        home.set_env("CODEPIPER_FAULT", "");
        home.start_daemon();
        assert!(!state.join("key.next").exists(), "{point}");
        assert_eq!(revealed(&home), SECRET, "{point}");
        home.run(&["resume", &id]).ok();
    }
}
