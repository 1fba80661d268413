//! Choosing where an agent works, and the branch that it is on.

use std::fs::{create_dir_all, write};
use std::os::unix::fs::symlink;

use serde_json::Value;

use crate::support::TestHome;

fn list(home: &TestHome, query: &str) -> Value {
    home.call("GET", &format!("/directories{query}"), &Value::Null)
}

fn names(listing: &Value) -> Vec<&str> {
    let entries = listing["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| entry["name"].as_str().unwrap())
        .collect()
}

#[test]
fn directories_are_found_from_home_on_and_files_and_hidden_ones_are_not() {
    let home = TestHome::new();
    let places = home.path("places");
    for place in ["Beta", "alpha/.git", ".hidden", "\u{1f4c1} shop"] {
        create_dir_all(places.join(place)).unwrap();
    }
    write(places.join("file"), "").unwrap();
    write(places.join("alpha/.git/HEAD"), "ref: refs/heads/main\n").unwrap();
    symlink(places.join("alpha"), places.join("linked")).unwrap();
    symlink(places.join("nowhere"), places.join("broken")).unwrap();

    let found = list(&home, "?path=~/places");
    assert_eq!(names(&found), ["alpha", "Beta", "linked", "\u{1f4c1} shop"]);
    assert_eq!(found["entries"][0]["git"], true);
    assert_eq!(found["entries"][1]["git"], false);
    assert_eq!(
        (&found["branch"], &found["truncated"]),
        (&Value::Null, &false.into())
    );
    let all = list(&home, "?path=~/places&hidden=true");
    assert_eq!(names(&all)[0], ".hidden");

    let into = list(&home, &format!("?path={}/linked", places.display()));
    assert!(into["path"].as_str().unwrap().ends_with("/places/alpha"));
    assert_eq!(into["branch"], "main");
    let up = list(
        &home,
        &format!("?path={}", into["parent"].as_str().unwrap()),
    );
    assert_eq!(names(&up).len(), 4);
    assert!(names(&list(&home, "")).contains(&"places"), "that is home");
    assert_eq!(list(&home, "?path=/")["parent"], Value::Null);

    let typed = list(&home, "?path=~/places/alp&nearest=true");
    assert_eq!(names(&typed), names(&found));
    let problem = typed["problem"].as_str().unwrap();
    assert!(
        problem.ends_with("/places/alp` does not exist"),
        "{problem}"
    );
    let relative = list(&home, "?path=alp&nearest=true");
    assert!(names(&relative).contains(&"places"), "home is nearest");
    assert_eq!(into["problem"], Value::Null);

    for i in 0..510 {
        create_dir_all(places.join(format!("many/{i:03}"))).unwrap();
    }
    let many = list(&home, "?path=~/places/many");
    assert_eq!(
        (names(&many).len(), &many["truncated"]),
        (500, &true.into())
    );
}

#[test]
fn a_session_tells_its_branch_and_where_it_worked_is_recent() {
    let home = TestHome::new();
    let head = home.path("work/.git/HEAD");
    create_dir_all(head.parent().unwrap()).unwrap();
    write(&head, "ref: refs/heads/main\n").unwrap();
    let session = home.demo(&[]);
    assert_eq!(home.session(&session)["branch"], "main");
    write(&head, "ref: refs/heads/fix/login\n").unwrap();
    let sessions = home.call("GET", "/sessions", &Value::Null);
    assert_eq!(sessions["sessions"][0]["branch"], "fix/login");

    let gone = home.path("gone");
    create_dir_all(&gone).unwrap();
    let start = ["start", "-p", "demo", "--json", "-d"];
    let other = home.run(&[&start[..], &[gone.to_str().unwrap()]].concat());
    let other = other.ok().json()["session"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    home.run(&["kill", &session]).ok();
    home.run(&["kill", &other]).ok();
    assert_eq!(
        home.session(&session)["branch"],
        Value::Null,
        "nobody works there"
    );
    std::fs::remove_dir_all(&gone).unwrap();
    let recent = home.call("GET", "/directories/recent", &Value::Null);
    let recent = recent["directories"].as_array().unwrap();
    assert_eq!(recent.len(), 1, "{recent:?}");
    assert_eq!(recent[0]["path"], home.session(&session)["cwd"]);
    assert_eq!(recent[0]["branch"], "fix/login");
}

#[test]
fn a_session_begins_with_the_policy_sets_that_it_is_given() {
    let home = TestHome::new();
    home.run(&["policy-set", "ready", "read-only", "--apply"])
        .ok();
    let session = home.demo(&["--policy-set", "read-only"]);
    let path = format!("/sessions/{session}/policy-sets");
    let sets = home.call("GET", &path, &Value::Null);
    assert_eq!(sets["policySets"][0]["id"], "read-only");
    home.run(&["send", &session, "RUN: touch made", "--wait"])
        .ok();
    assert!(!home.path("work/made").exists());
    assert_eq!(home.decisions(&session)[0]["decision"], "deny");
    let unknown = home.run(&["start", "-p", "demo", "--policy-set", "nope"]);
    assert_eq!(unknown.code, 1, "{unknown:?}");
    assert!(unknown.stderr.contains("`nope`"), "{unknown:?}");
}
