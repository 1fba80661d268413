//! Rules about text that is typed through our interface.

use serde_json::{Value, json};

use crate::support::TestHome;

fn with_rules() -> TestHome {
    let home = TestHome::new();
    home.policy(&json!([
        { "id": "rm", "action": "deny", "tool": "terminal_input", "args": { "input": "*rm -rf*" }, "reason": "not by wire" },
        { "id": "clear", "action": "ask", "tool": "terminal_input", "args": { "input": "/clear*" } },
        { "id": "push", "action": "deny", "tool": "Bash", "command": "git push*" },
        { "id": "rest", "action": "ask", "tool": "*", "risk": "destructive" },
    ]));
    home
}

fn typed(home: &TestHome, id: &str) -> Vec<Value> {
    let mut rows = home.decisions(id);
    rows.retain(|row| row["toolName"] == "terminal_input");
    rows
}

fn press(home: &TestHome, id: &str, keys: &[&str]) -> (u16, Value) {
    let body = json!({ "keys": keys }).to_string();
    let (status, body) = home.http("POST", &format!("/sessions/{id}/keys"), body.as_bytes());
    (status, serde_json::from_str(&body).unwrap())
}

fn screen(home: &TestHome, id: &str) -> String {
    home.run(&["tail", id]).ok().stdout
}

#[test]
fn a_prompt_that_a_rule_denies_never_reaches_the_agent_and_has_one_row() {
    let home = with_rules();
    let id = home.demo(&[]);
    let refused = home.run(&["send", &id, "please rm -rf x"]);
    assert_eq!(refused.code, 5);
    assert!(refused.stderr.contains("not by wire"), "{}", refused.stderr);
    assert!(!screen(&home, &id).contains("rm -rf"));
    home.run(&["send", &id, "SAY: fine", "--wait"]).ok();

    let rows = typed(&home, &id);
    assert_eq!(rows.len(), 2, "{rows:#?}");
    assert_eq!(rows[1]["toolInput"]["input"], "please rm -rf x");
    assert_eq!(
        (
            &rows[1]["decision"],
            &rows[1]["outcome"],
            &rows[1]["ruleId"]
        ),
        (&json!("deny"), &json!("blocked"), &json!("rm"))
    );
    assert_eq!(
        (&rows[0]["decision"], &rows[0]["outcome"], &rows[0]["actor"]),
        (&json!("none"), &json!("ran"), &json!("owner"))
    );
    let events = home.events(&id);
    let judged = events
        .iter()
        .filter(|event| event["type"] == "InputPolicyDecision");
    assert_eq!(judged.count(), 2);
}

#[test]
fn a_line_is_judged_whole_however_it_was_split_over_calls_and_clients() {
    let home = with_rules();
    let id = home.demo(&[]);
    // Over a text and keys, with something taken back.
    home.run(&["send", &id, "SAY: rm -r", "--no-newline"]).ok();
    assert_eq!(press(&home, &id, &["g", "backspace", "f"]).0, 200);
    let (status, body) = press(&home, &id, &["enter"]);
    assert_eq!((status, &body["code"]), (403, &json!("input_denied")));
    let (status, _) = press(&home, &id, &["ctrl+m"]);
    assert_eq!(status, 403, "another key that is Enter");
    // What the cursor did is only on the screen.
    assert_eq!(press(&home, &id, &["ctrl+u"]).0, 200);
    let letters: Vec<String> = "SAY: rm -r".chars().map(String::from).collect();
    let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
    assert_eq!(press(&home, &id, &letters).0, 200);
    assert_eq!(press(&home, &id, &["f", "escape", "enter"]).0, 403);
    let rows = typed(&home, &id);
    assert_eq!(rows.len(), 3);
    assert!(
        rows.iter().all(|row| row["outcome"] == "blocked"),
        "{rows:#?}"
    );
}

#[test]
fn a_first_prompt_is_judged_too() {
    let home = with_rules();
    let refused = home.run(&["start", "-p", "demo", "--prompt", "rm -rf x", "--json"]);
    assert_eq!(refused.code, 5, "{}", refused.stderr);
    let sessions = home.call("GET", "/sessions", &Value::Null);
    assert_eq!(sessions["sessions"][0]["status"], "CRASHED");
    let exit = &sessions["sessions"][0]["exit"];
    assert!(exit["detail"].as_str().unwrap().contains("not by wire"));
}

#[test]
fn a_command_that_a_rule_asks_about_is_left_to_a_person() {
    let home = with_rules();
    let id = home.demo(&[]);
    let refused = home.run(&["slash", &id, "clear"]);
    assert_eq!(refused.code, 5);
    assert!(
        refused.stderr.contains("codepiper attach"),
        "{}",
        refused.stderr
    );
    assert!(!screen(&home, &id).contains("/clear"));
    assert_eq!(typed(&home, &id)[0]["toolInput"]["kind"], "slash");
}

#[test]
fn a_shell_escape_is_judged_as_the_shell_line_that_it_is() {
    let home = with_rules();
    let id = home.demo(&[]);
    let keys: Vec<String> = "!cd / && git push".chars().map(String::from).collect();
    let mut keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    keys.push("enter");
    let (status, body) = press(&home, &id, &keys);
    assert_eq!((status, &body["code"]), (403, &json!("input_denied")));
    let row = &typed(&home, &id)[0];
    assert_eq!(
        (&row["ruleId"], &row["toolInput"]["kind"]),
        (&json!("push"), &json!("shell"))
    );
    // Words are no shell line, and rules about all tools are about the agent's.
    home.run(&["send", &id, "SAY: !git push", "--wait"]).ok();
}

#[test]
fn where_no_rule_speaks_of_typed_text_words_have_no_row_and_shell_lines_do() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "SAY: hello", "--wait"]).ok();
    assert!(typed(&home, &id).is_empty());
    assert_eq!(press(&home, &id, &["!", "l", "s", "enter"]).0, 200);
    let rows = typed(&home, &id);
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (&rows[0]["outcome"], &rows[0]["toolInput"]["input"]),
        (&json!("ran"), &json!("!ls"))
    );
}
