//! `codepiper policy`, and what the rules do to an agent.

use serde_json::{Value, json};

use crate::support::TestHome;

const NO_TOUCH: &str = r#"{"id":"no-touch","action":"deny","tool":"Bash","args":{"command":"touch *"},"reason":"touching is for people"}"#;

const NOBODY: &str = "01234567-89ab-4cde-8f01-23456789abcd";

/// Makes a policy of one rule and returns it as the daemon shows it.
fn create(home: &TestHome, id: &str, more: &[&str]) -> Value {
    let mut args = vec!["policy", "create", "--id", id, "--name", "Mine", "--json"];
    args.extend(["--rules", NO_TOUCH]);
    args.extend(more);
    let done = home.run(&args);
    assert_eq!(done.code, 0, "{done:?}\n{}", home.daemon_log());
    done.json()["policy"].clone()
}

fn get(home: &TestHome, id: &str) -> Value {
    let shown = home.run(&["policy", "get", id, "--json"]).ok();
    shown.json()["policy"].clone()
}

fn ids(home: &TestHome, filter: &[&str]) -> Vec<String> {
    let mut args = vec!["policy", "ls", "--json"];
    args.extend(filter);
    let list = home.run(&args).ok().json();
    let policies = list["policies"].as_array().unwrap().iter();
    policies
        .map(|policy| policy["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_policy_is_made_shown_changed_and_removed() {
    let home = TestHome::new();
    let empty = home.run(&["policy", "list"]).ok();
    assert!(empty.stdout.is_empty() && empty.stderr.contains("policy create"));

    let made = create(&home, "a/b c", &["--priority", "-3", "--description", "d"]);
    assert_eq!(
        (&made["id"], &made["name"], &made["priority"]),
        (&json!("a/b c"), &json!("Mine"), &json!(-3))
    );
    assert_eq!(
        (&made["enabled"], &made["description"], &made["sessionId"]),
        (&json!(true), &json!("d"), &Value::Null)
    );
    let rule: Value = serde_json::from_str(NO_TOUCH).unwrap();
    assert_eq!(made["rules"], json!([rule]), "a single rule is a list");
    assert_eq!(get(&home, "a/b c"), made);
    let (_, body) = home.http("GET", "/policies/a%2Fb%20c", b"");
    let shown = home.run(&["policy", "show", "a/b c", "--json"]).ok();
    assert_eq!(
        shown.json(),
        serde_json::from_str::<Value>(&body).unwrap(),
        "exactly the answer of the call"
    );

    let list = home.run(&["policy", "ls"]).ok().stdout;
    let row: Vec<&str> = list.lines().nth(1).unwrap().split("  ").collect();
    let row: Vec<&str> = row.into_iter().filter(|cell| !cell.is_empty()).collect();
    let cells = ["a/b c", "Mine", "-3", "enabled", "global", "1"];
    assert_eq!(row.iter().map(|c| c.trim()).collect::<Vec<_>>(), cells);
    let details = home.run(&["policy", "get", "a/b c"]).ok().stdout;
    assert!(details.contains("touching is for people"), "{details}");

    let changed = home.run(&["policy", "update", "a/b c", "--name", "Yours"]);
    assert_eq!(changed.ok().stdout, "policy a/b c (Yours) updated\n");
    let after = get(&home, "a/b c");
    assert_eq!(after["name"], "Yours");
    assert_eq!(after["rules"], made["rules"]);
    assert_eq!(after["description"], "d");
    home.run(&["policy", "update", "a/b c", "--description", ""])
        .ok();
    assert!(get(&home, "a/b c")["description"].is_null());

    let removed = home.run(&["policy", "rm", "a/b c", "--json"]).ok();
    assert_eq!(removed.json(), json!({ "success": true }));
    assert_eq!(home.run(&["policy", "delete", "a/b c"]).code, 3);
    assert!(ids(&home, &[]).is_empty());
}

#[test]
fn rules_come_from_a_file_and_from_standard_input() {
    let home = TestHome::new();
    std::fs::write(home.path("work/rules.json"), format!("[\n {NO_TOUCH}\n]\n")).unwrap();
    let from_file = ["policy", "add", "--name", "f", "--id", "f", "--rules"];
    let mut args = from_file.to_vec();
    args.push("@rules.json");
    home.run(&args).ok();
    let args = ["policy", "add", "--name", "s", "--id", "s", "--rules", "-"];
    home.run_with_input(&args, NO_TOUCH.as_bytes()).ok();
    assert_eq!(get(&home, "f")["rules"], get(&home, "s")["rules"]);
    assert_eq!(get(&home, "f")["rules"][0]["id"], "no-touch");
}

#[test]
fn broken_json_is_a_usage_error_that_says_where() {
    let home = TestHome::new();
    std::fs::write(home.path("work/broken.json"), "[\n  {\"id\": }\n]\n").unwrap();
    for (rules, place) in [
        ("[{\"id\"]", "line 1 column 7"),
        ("", "line 1 column 0"),
        ("@broken.json", "line 2 column 10"),
        ("@missing.json", "missing.json"),
    ] {
        let done = home.run(&["policy", "create", "--name", "x", "--rules", rules]);
        assert_eq!(done.code, 2, "{rules}: {done:?}");
        assert!(done.stderr.contains(place), "{rules}: {done:?}");
        let done = home.run(&["policy", "update", "x", "--rules", rules]);
        assert_eq!(done.code, 2, "{rules}: {done:?}");
    }
    let done = home.run(&["policy", "check", "--input", "{"]);
    assert_eq!(done.code, 2, "{done:?}");
    for args in [
        &["policy", "update", "x"][..],
        &["policy", "update", "x", "--enabled", "yes"],
        &["policy", "check"],
        &["policy", "default", "allow"],
        &["policy", "create", "--rules", NO_TOUCH],
    ] {
        assert_eq!(home.run(args).code, 2, "{args:?}");
    }
    assert!(ids(&home, &[]).is_empty());
}

#[test]
fn rules_that_make_no_sense_are_refused_with_the_part_that_is_wrong() {
    let home = TestHome::new();
    create(&home, "mine", &[]);
    for (rules, field) in [
        ("[null]", "rules[0]"),
        ("7", "rules"),
        (r#"[["a","allow","*"]]"#, "rules[0]"),
        ("{}", "rules[0]"),
        (r#"{"id":"a","action":"deny"}"#, "rules[0].tool"),
        (
            r#"{"id":"a","action":"maybe","tool":"*"}"#,
            "rules[0].action",
        ),
        (r#"{"id":"a","action":"deny","tol":"Bash"}"#, "rules[0].tol"),
        (r#"{"id":"","action":"deny","tool":"*"}"#, "rules[0].id"),
        (
            r#"{"id":"a","action":"deny","args":{"command":"(x"}}"#,
            "rules[0].args.command",
        ),
        (
            r#"[{"id":"a","action":"deny","tool":"*"},{"id":"a","action":"ask","tool":"*"}]"#,
            "rules[1].id",
        ),
    ] {
        for args in [
            vec!["policy", "create", "--name", "x", "--rules", rules],
            vec!["policy", "update", "mine", "--rules", rules],
            vec!["policy", "check", "ls", "--rules", rules],
        ] {
            let done = home.run(&args);
            assert_eq!(done.code, 1, "{args:?}: {done:?}");
            assert!(done.stderr.contains(&format!("`{field}`")), "{done:?}");
            assert!(!done.stderr.contains("struct"), "{done:?}");
            let mut args = args;
            args.push("--json");
            let body: Value = serde_json::from_str(&home.run(&args).stderr).unwrap();
            assert_eq!(body["code"], "invalid_request");
            assert_eq!(body["field"], field, "{body}");
        }
    }
    assert_eq!(ids(&home, &[]), ["mine"]);
    assert_eq!(get(&home, "mine")["rules"][0]["id"], "no-touch");
}

#[test]
fn what_is_not_there_and_what_is_there_already() {
    let home = TestHome::new();
    create(&home, "mine", &[]);
    let again = ["policy", "create", "--id", "mine", "--name", "x"];
    let mut again = again.to_vec();
    again.extend(["--rules", NO_TOUCH, "--json"]);
    let done = home.run(&again);
    assert_eq!(done.code, 5, "{done:?}");
    assert!(done.stderr.contains("policy_exists"), "{done:?}");
    for args in [
        &["policy", "get", "nope"][..],
        &["policy", "update", "nope", "--name", "x"],
        &["policy", "toggle", "nope"],
        &["policy", "rm", "nope"],
        &["policy", "ls", "--session", "nope"],
        &["policy", "check", "ls", "--session", "nope"],
        &["policy", "check", "ls", "--session", NOBODY],
    ] {
        let done = home.run(args);
        assert_eq!(done.code, 3, "{args:?}: {done:?}");
        assert!(done.stderr.contains("there is no"), "{done:?}");
    }
    let mut of_nobody = vec!["policy", "add", "--name", "x", "--rules", NO_TOUCH];
    of_nobody.extend(["--session", NOBODY]);
    assert_eq!(home.run(&of_nobody).code, 3);
    assert_eq!(ids(&home, &[]), ["mine"]);
}

#[test]
fn policies_are_switched_and_filtered() {
    let home = TestHome::new();
    let session = home.demo(&["--name", "api"]);
    create(&home, "everywhere", &[]);
    create(&home, "off", &["--disabled"]);
    create(&home, "here", &["--session", "api", "--enabled", "true"]);
    assert_eq!(ids(&home, &["--enabled", "false"]), ["off"]);
    assert_eq!(ids(&home, &["--session", &session[..8]]), ["here"]);
    assert_eq!(ids(&home, &["--enabled", "true"]).len(), 2);
    let list = home.run(&["policy", "ls", "--session", "api"]).ok().stdout;
    assert!(list.contains(&session[..8]), "{list}");

    let toggled = home.run(&["policy", "toggle", "off"]).ok();
    assert_eq!(toggled.stdout, "policy off (Mine) enabled\n");
    assert_eq!(get(&home, "off")["enabled"], true);
    let toggled = home.run(&["policy", "toggle", "off", "--json"]).ok();
    assert_eq!(toggled.json()["policy"]["enabled"], false);
    home.run(&["policy", "update", "off", "--enabled", "true"])
        .ok();
    assert_eq!(get(&home, "off")["enabled"], true);
}

#[test]
fn a_check_says_what_decides_and_records_nothing() {
    let home = TestHome::new();
    let id = home.demo(&["--name", "api"]);
    create(&home, "everywhere", &[]);
    let ask = r#"{"id":"look","action":"ask","tool":"Bash","cwd":"*/work"}"#;
    let mut args = vec!["policy", "add", "--id", "here", "--name", "h"];
    args.extend(["--rules", ask, "--session", "api"]);
    home.run(&args).ok();
    let check = |args: &[&str]| {
        let mut all = vec!["policy", "check"];
        all.extend(args);
        home.run(&all).ok()
    };

    let denied = check(&["touch x", "--session", "api", "--json"]).json();
    assert_eq!(denied["verdict"], "deny");
    assert_eq!(denied["source"], "rule");
    assert_eq!(
        denied["decidedBy"],
        json!({"policyId": "everywhere", "ruleId": "no-touch"})
    );
    let scopes: Vec<&Value> = denied["matched"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| &rule["scope"])
        .collect();
    assert_eq!(scopes, ["global", "session"]);
    assert_eq!(
        denied["commands"],
        json!([{"argv": ["touch", "x"], "verdict": "deny"}])
    );
    let shown = check(&["touch x", "--session", "api"]).stdout;
    for part in ["deny", "no-touch", "touching is for people", "look", "risk"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }

    let elsewhere = check(&["ls", "--session", "api", "--cwd", "/", "--json"]).json();
    assert_eq!(elsewhere["source"], "default");
    assert_eq!(elsewhere["verdict"], "ask");
    assert_eq!(elsewhere["matched"], json!([]));
    assert!(check(&["ls"]).stdout.contains("no rule matches"));
    let file = r#"{"file_path":"/etc/hosts"}"#;
    let write = check(&["--tool", "Write", "--input", file, "--json"]).json();
    assert_eq!(write["risk"]["class"], "write_outside");
    let planning = r#"{"id":"p","action":"deny","tool":"Bash","mode":"plan"}"#;
    let in_mode = |mode: &str| {
        let args = ["ls", "--rules", planning, "--mode", mode, "--json"];
        check(&args).json()["verdict"].clone()
    };
    assert_eq!(
        (in_mode("plan"), in_mode("default")),
        (json!("deny"), json!("ask"))
    );
    let draft = r#"{"id":"d","action":"allow","tool":"Bash"}"#;
    let draft = check(&["touch x", "--rules", draft, "--json"]).json();
    assert_eq!(draft["verdict"], "allow");
    let dashes = check(&["--help me", "--json"]).json();
    assert_eq!(dashes["verdict"], "ask");

    let audit = home.run(&["audit", "--json"]).ok().json();
    assert_eq!(audit, json!({ "decisions": [] }));
    let events = home.events(&id);
    assert!(!events.iter().any(|event| event["source"] == "policy"));
}

#[test]
fn the_workspace_is_where_the_session_was_started_and_its_git_worktree() {
    let home = TestHome::new();
    let repo = home.path("work/repo");
    let web = repo.join("web");
    std::fs::create_dir_all(&web).unwrap();
    std::fs::write(repo.join(".git"), "gitdir: elsewhere").unwrap();
    let web = web.canonicalize().unwrap();
    let start = [
        "start",
        "-p",
        "demo",
        "--name",
        "api",
        "-d",
        web.to_str().unwrap(),
    ];
    home.run(&start).ok();
    home.policy(&json!([
        {"id": "inside", "action": "allow", "tool": "Write", "path": {"within": "workspace"}},
        {"id": "keys", "action": "deny", "path": {"any": "keys/*"}},
    ]));
    let verdict = |file: &str, cwd: &str| {
        let input = json!({ "file_path": file }).to_string();
        let cwd = web.join(cwd);
        let call = [
            "--tool",
            "Write",
            "--input",
            &input,
            "--cwd",
            cwd.to_str().unwrap(),
        ];
        let args = [
            &["policy", "check", "--session", "api", "--json"][..],
            &call,
        ]
        .concat();
        home.run(&args).ok().json()["verdict"].clone()
    };
    assert_eq!(verdict("a", "."), "allow");
    assert_eq!(
        verdict("../a", "."),
        "allow",
        "the worktree's root is above"
    );
    assert_eq!(verdict("../../a", "."), "ask");
    assert_eq!(verdict("a", ".."), "allow");
    // An agent that went elsewhere takes neither along.
    assert_eq!(verdict("a", "/tmp"), "ask");
    assert_eq!(verdict("x", "keys"), "deny");
}

#[test]
fn a_deny_rule_stops_a_command_and_the_turn_goes_on() {
    let home = TestHome::new();
    create(&home, "mine", &[]);
    let id = home.demo(&[]);
    let done = home.run(&["send", &id, "RUN: touch x\nSAY: went on", "--wait"]);
    assert_eq!(done.ok().stdout.trim(), "went on");
    assert!(!home.path("work/x").exists());
    let screen = home.run(&["tail", &id]).ok().stdout;
    assert!(screen.contains("touching is for people"), "{screen}");

    home.run(&["policy", "toggle", "mine"]).ok();
    let done = home.run(&["send", &id, "RUN: touch x", "--wait"]);
    assert_eq!(done.code, 7, "a policy that is off says nothing: {done:?}");
}

#[test]
fn an_allow_rule_runs_a_command_without_a_dialog() {
    let home = TestHome::new();
    let allow = r#"{"id":"ok","action":"allow","tool":"Bash","args":{"command":"touch *"}}"#;
    home.run(&["policy", "add", "--name", "x", "--rules", allow])
        .ok();
    let id = home.demo(&[]);
    home.run(&["send", &id, "RUN: touch x\nSAY: done it", "--wait"])
        .ok();
    assert!(home.path("work/x").exists());
    let states: Vec<Value> = home
        .events(&id)
        .into_iter()
        .filter(|event| event["type"] == "Activity")
        .map(|event| event["payload"]["state"].clone())
        .collect();
    assert!(!states.contains(&json!("needs_permission")), "{states:?}");

    // Every command of a line has to be allowed.
    let prompt = "RUN: touch y; touch z\nSAY: both done";
    home.run(&["send", &id, prompt, "--wait"]).ok();
    assert!(home.path("work/z").exists());
    let prompt = "RUN: touch y; ls";
    let done = home.run(&["send", &id, prompt, "--wait"]);
    assert_eq!(done.code, 7, "{done:?}");
}

#[test]
fn the_default_decides_what_no_rule_matches() {
    let home = TestHome::new();
    let default = |args: &[&str]| {
        let mut all = vec!["policy", "default"];
        all.extend(args);
        home.run(&all).ok()
    };
    assert_eq!(default(&[]).stdout, "ask\n");
    assert_eq!(default(&["deny"]).stdout, "deny\n");
    let settings = default(&["--json"]).json();
    assert_eq!(settings["settings"]["defaultPolicyAction"], "deny");
    let id = home.demo(&[]);
    let done = home.run(&["send", &id, "RUN: touch x\nSAY: went on", "--wait"]);
    assert_eq!(done.ok().stdout.trim(), "went on");
    assert!(!home.path("work/x").exists());
    let decision = &home.decisions(&id)[0];
    assert_eq!(
        (&decision["decision"], &decision["source"]),
        (&json!("deny"), &json!("default"))
    );
    assert!(decision["ruleId"].is_null());
}

#[test]
fn a_session_may_have_a_default_of_its_own_which_counts_at_once() {
    let mut home = TestHome::new();
    let strict = home.demo(&["--default-action", "deny"]);
    let other = home.demo(&[]);
    let touch = |home: &TestHome, id: &str, file: &str| {
        let prompt = format!("RUN: touch {file}\nSAY: went on");
        home.run(&["send", id, &prompt, "--wait"]).code
    };
    assert_eq!(touch(&home, &strict, "a"), 0);
    assert!(!home.path("work/a").exists());
    assert_eq!(touch(&home, &other, "b"), 7, "the others are asked about");
    home.run(&["keys", &other, "escape"]).ok();

    let default = |home: &TestHome, extra: &[&str]| {
        let args = [&["policy", "default", "--session", &strict], extra].concat();
        home.run(&args).ok().stdout
    };
    assert_eq!(default(&home, &[]), "deny\n");
    assert_eq!(default(&home, &["--inherit"]), "ask (counts for all)\n");
    assert_eq!(touch(&home, &strict, "c"), 7);
    home.run(&["keys", &strict, "escape"]).ok();
    default(&home, &["deny"]);
    home.kill_daemon();
    home.start_daemon();
    assert_eq!(touch(&home, &strict, "d"), 0);
    assert_eq!(home.session(&strict)["defaultPolicyAction"], "deny");

    let path = format!("/sessions/{strict}/default-policy-action");
    let (status, body) = home.http("PUT", &path, br#"{"action":"allow"}"#);
    assert_eq!(status, 400, "{body}");
    assert!(body.contains("write a rule"), "{body}");
    let nobody = "/sessions/0f5d3b9e-5b0a-4c8e-9d0c-2f6d1a7b8c9d/default-policy-action";
    assert_eq!(home.http("PUT", nobody, br#"{"action":null}"#).0, 404);
}

#[test]
fn the_examples_of_the_help_work() {
    let home = TestHome::new();
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_codepiper"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", bin.parent().unwrap().display());
    let commands = [
        "create", "list", "get", "update", "toggle", "default", "check", "export", "apply", "test",
        "delete",
    ];
    for command in commands {
        let help = home.run(&["policy", command, "--help"]).ok().stdout;
        let (_, examples) = help.split_once("Example").expect(command);
        let (_, examples) = examples.split_once(":\n").unwrap();
        let script = examples.split("\n\n").next().unwrap();
        let mut shell = std::process::Command::new("sh");
        shell.args(["-ec", script]).env("PATH", &path);
        shell.env("CODEPIPER_SOCKET", home.socket());
        shell.current_dir(home.path("work"));
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{script}\n{output:?}");
    }
    assert!(ids(&home, &[]).is_empty());
}

#[test]
fn a_session_has_a_policy_of_its_own_which_is_made_and_then_changed() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let path = format!("/sessions/{id}/policy");
    let own =
        json!({ "policy": { "name": "mine", "rules": [{ "action": "deny", "tool": "Bash" }] } });
    let made = home.call("PUT", &path, &own);
    assert_eq!(
        (&made["action"], &made["policyId"]),
        (&json!("created"), &json!(format!("{id}-policy")))
    );
    let looser =
        json!({ "policy": { "name": "mine", "rules": [{ "action": "ask", "tool": "Bash" }] } });
    assert_eq!(home.call("PUT", &path, &looser)["action"], "updated");
    let listed = home.call("GET", &path, &Value::Null);
    assert_eq!(listed["policies"].as_array().unwrap().len(), 1);
    assert_eq!(listed["policies"][0]["rules"][0]["action"], "ask");
    assert_eq!(listed["policies"][0]["sessionId"], json!(id));
    let wrong = json!({ "policy": { "name": "mine", "rules": [{ "action": "maybe" }] } });
    let (status, body) = home.http("PUT", &path, wrong.to_string().as_bytes());
    assert_eq!(status, 400, "{body}");
}
