//! Policies and sets in files: `policy apply`, `policy export`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{Done, TestHome};

const FILE: &str = "\
policies:
  - id: builds
    name: Builds
    rules:
      - action: allow
        command: [cargo build*, cargo test*]
        match: [cargo build && cargo test]
        not_match: [cargo test > /etc/motd]
  - id: keys
    name: Keys
    description: Nobody reads these.
    priority: 7
    rules:
      - id: ssh
        action: deny
        path: {any: ~/.ssh/*}
        reason: keys are for people
sets:
  - id: work
    name: Work
    policies: [builds]
";

fn write(home: &TestHome, text: impl AsRef<[u8]>) {
    std::fs::write(home.path("work/rules.yaml"), text).unwrap();
}

fn apply(home: &TestHome, more: &[&str]) -> Done {
    let mut args = vec!["policy", "apply", "rules.yaml"];
    args.extend(more);
    home.run(&args)
}

/// Everything that is kept, times left out.
fn kept(home: &TestHome) -> Value {
    let mut policies = home.call("GET", "/policies", &Value::Null);
    let mut sets = home.call("GET", "/policy-sets", &Value::Null);
    for item in policies["policies"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .chain(sets["policySets"].as_array_mut().unwrap())
    {
        let item = item.as_object_mut().unwrap();
        item.remove("createdAt");
        item.remove("updatedAt");
    }
    json!([policies, sets])
}

fn audited(home: &TestHome) -> Value {
    home.call("GET", "/audit/verify", &Value::Null)["entries"].clone()
}

#[test]
fn a_file_is_applied_once_and_changed_where_it_differs() {
    let home = TestHome::new();
    write(&home, FILE);
    let dry = apply(&home, &["--dry-run"]).ok().stdout;
    let would = "policy builds would be created\npolicy keys would be created\n\
                 policy set work would be created\n";
    assert_eq!(dry, would);
    assert_eq!(
        kept(&home),
        json!([{ "policies": [] }, { "policySets": [] }])
    );
    assert_eq!(audited(&home), 0);

    let done = apply(&home, &[]).ok().stdout;
    assert_eq!(done, would.replace("would be ", ""));
    assert_eq!(audited(&home), 3);
    let builds = home.call("GET", "/policies/builds", &Value::Null);
    assert_eq!(builds["policy"]["rules"][0]["id"], "rule-1");
    let check = home.run(&["policy", "check", "cat ~/.ssh/id_rsa", "--json"]);
    assert_eq!(check.ok().json()["verdict"], "deny");
    let set = home.run(&["policy-set", "get", "work"]).ok().stdout;
    assert!(set.contains("policy builds (Builds)"), "{set}");

    // The same again changes nothing, from standard input too.
    let before = kept(&home);
    let again = home.run_with_input(&["policy", "apply", "-", "--json"], FILE.as_bytes());
    let again = again.ok().json();
    assert_eq!(again["policies"]["unchanged"], json!(["builds", "keys"]));
    assert_eq!(again["sets"]["unchanged"], json!(["work"]));
    assert_eq!((kept(&home), audited(&home)), (before, json!(3)));

    // What differs is changed, what the file no longer names stays.
    home.policy(&json!([{ "id": "x", "action": "deny", "tool": "x" }]));
    let changed = FILE
        .replace("cargo test*]", "make]")
        .replace("[builds]", "[keys]");
    let (changed, _) = changed.split_once("  - id: keys").unwrap();
    let sets = "sets: [{id: work, name: Work, policies: [keys]}]";
    write(
        &home,
        changed.replace("match: [cargo build && cargo test]", "") + sets,
    );
    let done = apply(&home, &[]).ok().stdout;
    assert_eq!(done, "policy builds updated\npolicy set work updated\n");
    let list = home.call("GET", "/policies", &Value::Null);
    assert_eq!(list["policies"].as_array().unwrap().len(), 3);
    let set = home.run(&["policy-set", "get", "work"]).ok().stdout;
    assert!(!set.contains("builds") && set.contains("keys"), "{set}");
}

#[test]
fn what_is_exported_makes_the_same_again() {
    let home = TestHome::new();
    let odd = json!({
        "id": "a b/c", "name": "yes", "description": "two\nlines\n", "enabled": false, "priority": -3,
        "rules": [
            { "id": "1", "action": "ask", "command": ["!a", "- b", "{c,d}", "# e", "\\*", "'", "\""],
              "reason": "a long reason that goes on and on until it is longer than one line ought to be",
              "match": [{ "tool": "Bash", "input": { "command": "- b" } }, "- b"], "not_match": [{ "tool": "Read" }] },
            { "id": "null", "action": "deny", "tool": "mcp__*", "args": { "a.b": "1", "n": ["true"] } },
            { "id": "~", "action": "allow", "path": { "read": "/srv/*", "within": "workspace" },
              "risk": ["read", "network"], "mcp": { "server": "db" }, "mode": "plan" },
        ],
    });
    home.call("POST", "/policies", &odd);
    write(&home, FILE);
    apply(&home, &[]).ok();
    let everything = home.run(&["policy", "export", "--all"]).ok().stdout;
    for noise in [
        "null\n",
        "enabled: true",
        "priority: 0",
        "default:",
        "sessionId",
    ] {
        assert!(!everything.contains(noise), "{noise}: {everything}");
    }
    write(&home, &everything);
    let same = apply(&home, &["--json"]).ok().json();
    assert_eq!(
        same["policies"]["unchanged"],
        json!(["a b/c", "builds", "keys"])
    );
    assert_eq!(same["sets"]["unchanged"], json!(["work"]));

    let other = TestHome::new();
    write(&other, &everything);
    apply(&other, &[]).ok();
    assert_eq!(
        other.run(&["policy", "export", "--all"]).ok().stdout,
        everything
    );
    let of = |home: &TestHome| {
        home.call("GET", "/policies/a%20b%2Fc", &Value::Null)["policy"]["rules"].clone()
    };
    assert_eq!(of(&other), of(&home));

    let one = home.run(&["policy", "export", "keys"]).ok().stdout;
    assert_eq!(
        one,
        "id: keys\nname: Keys\ndescription: Nobody reads these.\npriority: 7\nrules:\n  - id: ssh\n    \
         action: deny\n    path:\n      any: ~/.ssh/*\n    reason: keys are for people\n"
    );
    let set = home.run(&["policy", "export", "--set", "work"]).ok().stdout;
    assert!(set.contains("id: builds") && set.contains("id: work") && !set.contains("keys"));
    for (args, code) in [
        (&["policy", "export"][..], 2),
        (&["policy", "export", "keys", "--all"], 2),
        (&["policy", "export", "nope"], 3),
        (&["policy", "export", "--set", "nope"], 3),
    ] {
        assert_eq!(home.run(args).code, code, "{args:?}");
    }
}

#[test]
fn a_wrong_file_is_refused_whole_and_says_where() {
    let home = TestHome::new();
    write(&home, FILE);
    apply(&home, &[]).ok();
    let before = kept(&home);
    let policy =
        |rest: &str| format!("id: new\nname: New\nrules:\n  - action: deny\n    tool: x\n{rest}");
    let bomb = {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for i in 1..9 {
            let before = vec![format!("*a{}", i - 1); 10].join(", ");
            writeln!(text, "a{i}: &a{i} [{before}]").unwrap();
        }
        text
    };
    for (text, field, place, part) in [
        (String::new(), "", "line 1, column 1", "says nothing"),
        (
            "- a\n- b\n".to_owned(),
            "",
            "line 1, column 1",
            "`policies` and `sets`",
        ),
        (
            "policies:\n\t- id: x\n".to_owned(),
            "",
            "line 2, column 2",
            "tab",
        ),
        (bomb, "", "line 5, column 10", "20000 values"),
        (
            "name: x\nrules: []\n".to_owned(),
            "",
            "line 1, column 1",
            "missing field `id`",
        ),
        (
            policy("    tol: y\n"),
            "rules[0].tol",
            "line 6, column 5",
            "unknown field `tol`",
        ),
        (
            policy("    action: ask\n"),
            "",
            "line 6, column 5",
            "`action` is there twice",
        ),
        (
            policy("  - action: maybe\n"),
            "rules[1].action",
            "line 6, column 5",
            "maybe",
        ),
        (
            policy("  - action: ask\n"),
            "rules[1].tool",
            "line 6, column 5",
            "any condition",
        ),
        (
            policy("    command: [a, '(b']\n"),
            "rules[0].command[1]",
            "line 6, column 18",
            "",
        ),
        (
            policy("    match: [ls]\n"),
            "rules[0].match[0]",
            "line 6, column 13",
            "does not match",
        ),
        (
            policy("  - {id: rule-1, action: ask, tool: y}\n"),
            "rules[1].id",
            "line 6, column 10",
            "earlier rule",
        ),
        (
            policy("sessionId: x\n"),
            "sessionId",
            "line 6, column 1",
            "unknown field",
        ),
        (
            FILE.replace("id: keys", "id: builds"),
            "policies[1].id",
            "line 9, column 9",
            "earlier policy",
        ),
        (
            FILE.replace("[builds]", "[builds, nope]")
                .replace("id: keys", "id: other"),
            "sets[0].policies[1]",
            "line 21, column 24",
            "no policy `nope`",
        ),
    ] {
        write(&home, &text);
        let done = apply(&home, &[]);
        assert_eq!(done.code, 1, "{text}\n{done:?}");
        assert!(
            done.stderr.contains(place) && done.stderr.contains(part),
            "{text}\n{done:?}"
        );
        if !text.is_empty() {
            let caret = done.stderr.lines().last().unwrap().trim_end();
            assert!(caret.ends_with('^'), "{done:?}");
            let column: usize = place.rsplit(' ').next().unwrap().parse().unwrap();
            let bar = caret.find('|').unwrap();
            assert_eq!(caret.len() - bar, column + 2, "{done:?}");
        }
        let done = apply(&home, &["--json"]);
        let body: Value = serde_json::from_str(&done.stderr).unwrap();
        assert_eq!(body["code"], "invalid_file", "{body}");
        assert_eq!(body["field"].as_str().unwrap_or_default(), field, "{body}");
    }
    for (text, code, said) in [
        (b"name: \xff".to_vec(), 1, "not UTF-8 in line 1"),
        (vec![b'#'; 2_000_000], 1, "more than"),
        ("a: [".repeat(100_000).into_bytes(), 1, "deeper than 32"),
    ] {
        write(&home, text);
        let done = apply(&home, &[]);
        assert_eq!(done.code, code, "{done:?}");
        assert!(done.stderr.contains(said), "{done:?}");
    }
    let (status, body) = home.http(
        "POST",
        "/policies/apply",
        json!({ "text": "#".repeat(2_000_000) })
            .to_string()
            .as_bytes(),
    );
    assert_eq!(status, 413, "{body}");

    // What stands in the way of what is kept.
    let session = home.demo(&[]);
    let own = json!({ "id": "own", "name": "x", "sessionId": session, "rules": [] });
    home.call("POST", "/policies", &own);
    let taken = home.run(&["policy-set", "create", "--id", "other", "--name", "Taken"]);
    taken.ok();
    for (text, code) in [
        (
            "policies: [{id: a, name: a, rules: []}, {id: own, name: x, rules: []}]",
            "policy_of_session",
        ),
        (
            "policies: [{id: a, name: a, rules: []}]\nsets: [{id: b, name: Taken}]",
            "policy_set_exists",
        ),
    ] {
        write(&home, text);
        let done = apply(&home, &["--json"]);
        assert_eq!(done.code, 5, "{done:?}");
        assert!(done.stderr.contains(code), "{done:?}");
    }
    home.run(&["policy", "delete", "own"]).ok();
    home.run(&["policy-set", "delete", "other"]).ok();
    assert_eq!(kept(&home), before);
    assert_eq!(home.run(&["policy", "apply", "nope.yaml"]).code, 2);
}

#[test]
fn a_policy_may_be_called_like_a_part_of_the_api() {
    let home = TestHome::new();
    for id in ["apply", "check", "export", "test"] {
        write(&home, format!("id: {id}\nname: x\nrules: []\n"));
        apply(&home, &[]).ok();
        home.run(&["policy", "toggle", id]).ok();
        home.run(&["policy", "delete", id]).ok();
    }
}

#[test]
fn the_examples_of_the_documentation_are_true() {
    let home = TestHome::new();
    let docs = include_str!("../../../../docs/rules.md");
    let block = |language: &str| {
        let (_, rest) = docs.split_once(&format!("```{language}\n")).unwrap();
        rest.split_once("```").unwrap().0
    };
    let rules: Value = serde_json::from_str(block("json")).unwrap();
    home.policy(&rules);
    write(&home, block("yaml"));
    apply(&home, &[]).ok();
    write(&home, block("yaml").replace("command:", "comand:"));
    let wrong = apply(&home, &[]).stderr;
    let (_, shown) = docs.split_once("    error: ").unwrap();
    let (message, rest) = shown.split_once('…').unwrap();
    assert!(wrong.starts_with(&format!("error: {message}")), "{wrong}");
    for line in rest.lines().skip(1).take(2) {
        assert!(wrong.contains(line.trim()), "{line}: {wrong}");
    }
}
