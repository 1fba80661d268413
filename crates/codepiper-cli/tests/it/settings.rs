//! Settings: what each is, who said so, and when it counts.

use serde_json::{Value, json};

use crate::support::{TestHome, until};

fn setting(home: &TestHome, name: &str) -> Value {
    let all = home.call("GET", "/settings", &Value::Null);
    let mut all = all["settings"].as_array().unwrap().iter();
    all.find(|s| s["name"] == name).unwrap().clone()
}

fn again(home: &mut TestHome) {
    home.run(&["down"]).ok();
    until("the daemon is gone", String::new, &mut || {
        home.daemon_has_died()
    });
    home.start_daemon();
}

#[test]
fn every_value_tells_where_it_comes_from_and_the_later_word_counts() {
    let mut home = TestHome::with_web(&[]);
    assert_eq!(setting(&home, "statusLine")["source"], "default");
    let file = home.path(".codepiper/config.toml");
    let text = "statusLine = true\nretentionDays = 9\ntimeZone = \"europe/berlin\"\n\
                apiRateLimitMax = 77\nwsPort = 1\nstatsuLine = 1\ndetachKey = 3\n";
    std::fs::write(&file, text).unwrap();
    again(&mut home);
    let line = setting(&home, "statusLine");
    assert_eq!(
        (&line["value"], &line["source"]),
        (&json!(true), &json!("file"))
    );
    assert_eq!(setting(&home, "timeZone")["value"], "Europe/Berlin");
    let limit = setting(&home, "apiRateLimitMax");
    assert_eq!(
        (&limit["value"], &limit["source"]),
        (&json!("77"), &json!("file"))
    );
    assert_eq!(setting(&home, "wsPort")["source"], "environment");
    assert_eq!(setting(&home, "httpPort")["source"], "command_line");
    let listed = home.run(&["settings", "list"]).ok();
    for wrong in ["statsuLine", "detachKey"] {
        assert!(listed.stderr.contains(wrong), "{}", listed.stderr);
    }
    let agents = home.call("GET", "/settings/daemon", &Value::Null);
    assert_eq!(agents["settings"]["statusLine"], true);

    let said = home.run(&["settings", "set", "statusLine", "false"]).ok();
    assert_eq!(said.stdout.trim(), "false");
    assert!(said.stderr.contains("sessions that start from now on"));
    assert_eq!(setting(&home, "statusLine")["source"], "dashboard");
    again(&mut home);
    assert_eq!(setting(&home, "statusLine")["value"], false);
    home.run(&["settings", "unset", "statusLine"]).ok();
    assert_eq!(setting(&home, "statusLine")["source"], "file");
    assert_eq!(
        home.run(&["settings", "get", "retentionDays"])
            .ok()
            .stdout
            .trim(),
        "9"
    );
    home.run(&["settings", "retentionDays", "null"]).ok();
    let days = setting(&home, "retentionDays");
    assert_eq!(
        (&days["value"], &days["source"]),
        (&Value::Null, &json!("dashboard"))
    );

    let refused = home.run(&["settings", "set", "httpPort", "4000"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("CODEPIPER_HTTP_PORT"),
        "{}",
        refused.stderr
    );
    assert_eq!(home.run(&["settings", "get", "nothing"]).code, 2);
    let explained = home
        .run(&["settings", "explain", "retentionDays"])
        .ok()
        .stdout;
    for part in ["days", "never", "default: null", "at once"] {
        assert!(explained.contains(part), "{explained}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_told_of_with_its_line() {
    let mut home = TestHome::new();
    std::fs::write(
        home.path(".codepiper/config.toml"),
        "statusLine = true\n= 3\n",
    )
    .unwrap();
    again(&mut home);
    assert_eq!(setting(&home, "statusLine")["source"], "default");
    let listed = home.run(&["settings"]).ok();
    assert!(listed.stderr.contains("line 2"), "{}", listed.stderr);
}
