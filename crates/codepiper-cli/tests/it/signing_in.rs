//! Who may come in on the web.

use std::io::Read as _;
use std::thread::scope;

use serde_json::{Value, json};

use crate::browser::{Authenticator, Browser};
use crate::support::TestHome;

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[test]
fn the_first_password_opens_the_set_up_of_an_authenticator_and_both_together_open_the_door() {
    let home = TestHome::with_web(&[]);
    let mut browser = Browser::of(&home);
    let public = browser.get("/api/auth/status").json();
    assert_eq!(public["authenticated"], false);
    assert_eq!(public["onboardingPending"], true);
    assert_eq!(
        browser.get("/api/sessions").refusal(),
        refused(401, "not_signed_in")
    );

    let file = home.path(".codepiper/first-password");
    let password = std::fs::read_to_string(&file).unwrap();
    let knows = browser.post("/api/auth/login", &json!({ "password": password }));
    assert_eq!(knows.refusal(), refused(401, "mfa_setup_required"));
    assert!(!home.daemon_log().contains(&password));
    // The password alone opens nothing else, and a page that is loaded again shows the same key.
    assert_eq!(
        browser.get("/api/sessions").refusal(),
        refused(401, "not_signed_in")
    );
    let offer = browser.post("/api/auth/mfa/setup", &Value::Null).json();
    assert_eq!(
        browser.post("/api/auth/mfa/setup", &Value::Null).json(),
        offer
    );
    assert!(offer["qr"].as_str().unwrap().contains("<svg"));
    let wrong = browser.post("/api/auth/mfa/verify", &json!({ "totpCode": "000000" }));
    assert_eq!(wrong.refusal(), refused(400, "invalid_code"));
    let onboarding = browser.cookies.clone();
    let mut authenticator = Authenticator::new(password.clone(), offer["secret"].as_str().unwrap());
    let code = json!({ "totpCode": authenticator.code() });
    let verified = browser.post("/api/auth/mfa/verify", &code);
    let codes: Vec<String> =
        serde_json::from_value(verified.json()["recoveryCodes"].clone()).unwrap();
    assert_eq!(codes.len(), 8);
    assert_eq!(browser.get("/api/sessions").status, 200);
    assert!(!file.exists(), "the first password is used");
    // Whoever saw the cookie of before has nothing.
    let mut early = browser.stolen();
    early.cookies = onboarding;
    assert_eq!(early.get("/api/sessions").status, 401);
    let again = early.post("/api/auth/mfa/setup", &Value::Null);
    assert_eq!(again.refusal(), refused(401, "not_signed_in"));

    // From now on both are asked for, and one answer does not say which was wrong.
    let mut other = Browser::of(&home);
    let code = authenticator.code();
    for (password, code) in [(&*password, ""), (&password, "123456"), ("wrong", &code)] {
        let answer = other.login(password, code);
        assert_eq!(answer.refusal(), refused(401, "invalid_credentials"));
    }
    assert_eq!(other.login(&password, &code).status, 200);
    assert_eq!(other.get("/api/sessions").status, 200);
    let cookie = &other.cookies[0];
    assert_eq!(cookie.0, "codepiper_session");
    // A code is good for once; a recovery code too, however it is typed.
    let mut third = Browser::of(&home);
    assert_eq!(third.login(&password, &code).status, 401, "replayed");
    let typed = codes[3].to_uppercase().replace('-', " ");
    assert_eq!(third.login(&password, &typed).status, 200);
    assert_eq!(third.login(&password, &typed).status, 401, "used");
    assert_eq!(third.post("/api/auth/logout", &Value::Null).status, 200);
    assert_eq!(third.get("/api/sessions").status, 401);

    let audit = home.run(&["audit", "entries", "--json"]).ok().stdout;
    assert!(audit.contains("signed_in") && audit.contains("sign_in_refused"));
    let kept = std::fs::read(home.path(".codepiper/codepiper.db")).unwrap();
    let wal = std::fs::read(home.path(".codepiper/codepiper.db-wal")).unwrap_or_default();
    for secret in [&password, &cookie.1, &codes[0]] {
        let is_in = |bytes: &[u8]| bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
        assert!(!is_in(&kept) && !is_in(&wal) && !is_in(home.daemon_log().as_bytes()));
    }
}

#[test]
fn guesses_are_slowed_down_wherever_they_seem_to_come_from_and_the_socket_is_not() {
    let mut home = TestHome::with_web(&[]);
    let (authenticator, codes) = Browser::of(&home).enrol(&home);
    // At the same time, and each with another address in its header.
    let answers: Vec<u16> = scope(|scope| {
        let guesses = (0..12).map(|i| {
            let mut browser = Browser::of(&home);
            scope.spawn(move || {
                let address = format!("203.0.113.{i}");
                let body = json!({ "password": format!("guess {i}"), "totpCode": "000000" });
                let headers = [("X-Forwarded-For", &*address)];
                browser
                    .ask("POST", "/api/auth/login", &headers, &body)
                    .status
            })
        });
        let guesses: Vec<_> = guesses.collect();
        guesses
            .into_iter()
            .map(|guess| guess.join().unwrap())
            .collect()
    });
    let judged = answers.iter().filter(|status| **status == 401).count();
    let turned_away = answers.iter().filter(|status| **status == 429).count();
    assert_eq!((judged, turned_away), (5, 7), "{answers:?}");

    // Who knows it has to wait too, also at the next daemon; not at the socket.
    home.kill_daemon();
    home.start_daemon();
    let mut browser = Browser::of(&home);
    let waits = browser.login(&authenticator.password, &codes[0]);
    assert_eq!(waits.refusal(), refused(429, "too_many_attempts"));
    assert!(waits.json()["retryAfter"].as_u64().unwrap() > 0);
    home.run(&["sessions"]).ok();
    let reset = home.run(&["auth", "reset-password", "--generate"]).ok();
    let password = reset.stdout.trim();
    assert_eq!(
        browser.login(&authenticator.password, &codes[0]).status,
        401
    );
    assert_eq!(browser.login(password, &codes[0]).status, 200);
    let short = home.run_with_input(&["auth", "reset-password"], b"short\n");
    assert_eq!(short.code, 1, "{short:?}");
    assert_eq!(
        browser.get("/api/sessions").status,
        200,
        "nothing was changed"
    );
    home.run_with_input(&["auth", "reset-password"], b"chosen by me\n")
        .ok();
    assert_eq!(
        browser.get("/api/sessions").status,
        401,
        "everybody is signed out"
    );
    assert_eq!(browser.login("chosen by me", &codes[1]).status, 200);
    home.run(&["auth", "reset-mfa"]).ok();
    let answer = browser.login("chosen by me", "");
    assert_eq!(answer.refusal(), refused(401, "mfa_setup_required"));
}

#[test]
fn a_stolen_cookie_changes_nothing_and_ends_with_its_sign_in() {
    let home = TestHome::with_web(&[]);
    let mut browser = Browser::of(&home);
    let (mut authenticator, codes) = browser.enrol(&home);
    let password = authenticator.password.clone();
    let mut thief = browser.stolen();
    let start = json!({ "provider": "demo", "cwd": home.work(), "dangerousMode": true });
    let looks =
        |answer: crate::browser::Answer| answer.refusal() == refused(403, "confirm_required");
    assert!(looks(thief.post("/api/auth/mfa/setup", &Value::Null)));
    assert!(looks(
        thief.post("/api/auth/mfa/verify", &json!({ "totpCode": "123456" }))
    ));
    assert!(looks(thief.post("/api/sessions", &start)));
    let mut by_argument = json!({ "provider": "demo", "cwd": home.work() });
    by_argument["args"] = json!(["--dangerously-skip-permissions"]);
    assert!(looks(thief.post("/api/sessions", &by_argument)));
    let change = json!({ "currentPassword": "a guess", "newPassword": "mine from now on" });
    assert_eq!(thief.post("/api/auth/password", &change).status, 401);

    // The person looks again, with the one or the other.
    let wrong = browser.post("/api/auth/confirm", &json!({ "password": "no" }));
    assert_eq!(wrong.refusal(), refused(401, "invalid_credentials"));
    let both = json!({ "password": password, "totpCode": codes[0] });
    assert_eq!(browser.post("/api/auth/confirm", &both).status, 400);
    let code = json!({ "totpCode": authenticator.code() });
    assert_eq!(browser.post("/api/auth/confirm", &code).status, 200);
    assert_eq!(browser.post("/api/sessions", &start).status, 201);
    let offer = browser.post("/api/auth/mfa/setup", &Value::Null).json();
    let mut second = Authenticator::new(password.clone(), offer["secret"].as_str().unwrap());
    let code = json!({ "totpCode": second.code() });
    assert_eq!(browser.post("/api/auth/mfa/verify", &code).status, 200);
    let mut other = Browser::of(&home);
    assert_eq!(
        other.login(&password, &codes[1]).status,
        401,
        "of the one before"
    );
    assert_eq!(other.login(&password, &second.code()).status, 200);

    // Each device is listed and ended by itself.
    let list = other.get("/api/auth/sessions").json()["sessions"].clone();
    assert_eq!(list.as_array().unwrap().len(), 2);
    let thiefs = list
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["current"] == false)
        .unwrap();
    let path = format!("/api/auth/sessions/{}", thiefs["id"].as_str().unwrap());
    let origin = format!("http://{}", other.host);
    let end = other.ask("DELETE", &path, &[("Origin", &origin)], &Value::Null);
    assert_eq!(end.status, 200, "{end:?}");
    assert_eq!(thief.get("/api/sessions").status, 401);
    assert_eq!(other.get("/api/sessions").status, 200);
    let shown = home.run(&["auth", "sign-ins"]).ok();
    assert_eq!(shown.stdout.lines().count(), 1, "{shown:?}");
    let change = json!({ "currentPassword": password, "newPassword": "mine from now on" });
    assert_eq!(other.post("/api/auth/password", &change).status, 200);
    home.run(&["auth", "revoke", "--all"]).ok();
    assert_eq!(other.get("/api/sessions").status, 401);
}

#[test]
fn what_is_open_ends_with_the_sign_in_and_nobody_elses() {
    let home = TestHome::with_web(&[]);
    let id = home.demo(&[]);
    let mut browser = Browser::of(&home);
    let (authenticator, codes) = browser.enrol(&home);
    let mut other = Browser::of(&home);
    assert_eq!(other.login(&authenticator.password, &codes[0]).status, 200);
    let stream = format!("/api/sessions/{id}/output/stream");
    let long = [
        stream.clone(),
        "/api/events?since=9000000000000&waitMs=60000".to_owned(),
        format!("/api/sessions/{id}/wait?until=exited&timeoutMs=60000"),
    ];
    let mut open = long.map(|path| browser.begin("GET", &path, &[], 0));
    let mut others = other.begin("GET", &stream, &[], 0);
    for watched in [&mut open[0], &mut others] {
        let mut head = [0; 4096];
        let length = watched.read(&mut head).unwrap();
        assert!(head[..length].starts_with(b"HTTP/1.1 200"));
    }
    assert_eq!(browser.post("/api/auth/logout", &Value::Null).status, 200);
    let [mut watched, waits @ ..] = open;
    let mut rest = Vec::new();
    drop(watched.read_to_end(&mut rest));
    assert!(!rest.ends_with(b"0\r\n\r\n"), "it passes for a whole one");
    for mut wait in waits {
        let mut answer = String::new();
        wait.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("401") && answer.contains("not_signed_in"));
    }
    home.run(&["send", &id, "SAY: still here"]).ok();
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains("still here") {
        let mut piece = [0; 4096];
        let length = others.read(&mut piece).unwrap();
        assert!(length > 0, "it was cut off");
        seen.extend_from_slice(&piece[..length]);
    }
}

#[test]
fn a_stolen_cookie_changes_no_rules_and_starts_nothing_that_asks_less() {
    let home = TestHome::with_web(&[]);
    let id = home.demo(&[]);
    let mut thief = Browser::of(&home);
    let (authenticator, _) = thief.enrol(&home);
    let everything = json!([{ "id": "all", "action": "allow", "tool": "*" }]);
    let policy = json!({ "id": "mine", "name": "mine", "rules": everything });
    let start = |more: Value| {
        let mut start = json!({ "provider": "demo", "cwd": home.work() });
        let more = more.as_object().unwrap().clone();
        start.as_object_mut().unwrap().extend(more);
        start
    };
    let codex = json!(["-c", "\"approval_policy\"=\"never\""]);
    let own = format!("/api/sessions/{id}");
    let changes = [
        ("POST", "/api/policies".to_owned(), policy.clone()),
        (
            "PUT",
            "/api/policies/x".to_owned(),
            json!({ "enabled": false }),
        ),
        ("DELETE", "/api/policies/x".to_owned(), Value::Null),
        (
            "POST",
            "/api/policies/apply".to_owned(),
            json!({ "file": "" }),
        ),
        (
            "POST",
            "/api/policy-sets".to_owned(),
            json!({ "name": "x" }),
        ),
        ("DELETE", "/api/policy-sets/x".to_owned(), Value::Null),
        (
            "POST",
            "/api/policy-sets/x/policies".to_owned(),
            json!({ "policyId": "x" }),
        ),
        (
            "POST",
            format!("{own}/policy-sets"),
            json!({ "policySetId": "x" }),
        ),
        ("DELETE", format!("{own}/policy-sets/x"), Value::Null),
        (
            "PUT",
            format!("{own}/default-policy-action"),
            json!({ "action": "allow" }),
        ),
        (
            "PUT",
            "/api/settings/daemon".to_owned(),
            json!({ "retentionDays": 1 }),
        ),
        (
            "POST",
            "/api/sessions".to_owned(),
            start(json!({ "policySetIds": ["x"] })),
        ),
        (
            "POST",
            "/api/sessions".to_owned(),
            start(json!({ "defaultPolicyAction": "allow" })),
        ),
        (
            "POST",
            "/api/sessions".to_owned(),
            start(json!({ "provider": "codex", "args": codex })),
        ),
        (
            "POST",
            "/api/sessions".to_owned(),
            start(json!({ "provider": "claude-code", "args": ["--allowedTools", "Bash"] })),
        ),
    ];
    let origin = format!("http://{}", thief.host);
    let headers = [("Origin", origin.as_str())];
    for (method, path, body) in &changes {
        let answer = thief.ask(method, path, &headers, body);
        assert_eq!(
            answer.refusal(),
            refused(403, "confirm_required"),
            "{method} {path} {body}"
        );
    }
    // To look what a rule would do changes nothing.
    let call = json!({ "toolName": "Bash", "toolInput": {}, "cwd": "/" });
    assert_eq!(thief.post("/api/policies/check", &call).status, 200);
    let password = json!({ "password": authenticator.password });
    assert_eq!(thief.post("/api/auth/confirm", &password).status, 200);
    assert_eq!(thief.post("/api/policies", &policy).status, 201);
}

#[test]
fn a_cookie_of_another_port_keeps_nobody_out() {
    let home = TestHome::with_web(&[]);
    let mut browser = Browser::of(&home);
    browser.enrol(&home);
    let (name, good) = browser.cookies[0].clone();
    // What is for a longer path comes first.
    let foreign = (0..40).map(|i| (name.clone(), format!("{i:064x}")));
    browser.cookies = foreign.chain([(name.clone(), good)]).collect();
    assert_eq!(browser.get("/api/sessions").status, 200);
    browser.cookies.pop();
    assert_eq!(browser.get("/api/sessions").status, 401);
}

#[test]
fn other_pages_other_names_and_other_files_get_nothing() {
    let home = TestHome::with_web(&[("CODEPIPER_ALLOWED_ORIGINS", "pi.example")]);
    let mut browser = Browser::of(&home);
    browser.enrol(&home);
    let host = browser.host.clone();
    let own = format!("http://{host}");
    let mut ask = |headers: &[(&str, &str)]| {
        let answer = browser.ask(
            "POST",
            "/api/sessions/prune",
            headers,
            &json!({ "dryRun": true }),
        );
        (answer.status, answer.refusal().1)
    };
    assert_eq!(ask(&[("Origin", &own)]).0, 200);
    assert_eq!(ask(&[("Origin", "https://pi.example")]).0, 200);
    for origin in [
        "http://evil.example",
        "http://localhost:5173",
        "http://127.0.0.1:1",
        "null",
        "https://pi.example:9999",
    ] {
        assert_eq!(
            ask(&[("Origin", origin)]),
            refused(403, "origin_refused"),
            "{origin}"
        );
    }
    for name in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:3000",
    ] {
        assert_eq!(
            ask(&[("Host", name)]),
            refused(403, "host_refused"),
            "{name}"
        );
    }
    let image = [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "no-cors"),
    ];
    let asked = browser.ask("GET", "/api/sessions", &image, &Value::Null);
    assert_eq!(asked.refusal(), refused(403, "origin_refused"));

    // Hooks and resets are for the socket alone.
    for path in [
        "/api/hooks/claude",
        "/api/hooks/codex",
        "/api/auth/cli/reset-password",
    ] {
        let answer = browser.post(path, &json!({ "generate": true }));
        assert_eq!(answer.status, 404, "{path}");
    }
    for path in [
        "/../../../../etc/passwd",
        "/assets/../../../Cargo.toml",
        "/assets/%2e%2e/%2e%2e/Cargo.toml",
        "/..%2f..%2fetc%2fpasswd.txt",
        "//etc/passwd.txt",
    ] {
        let answer = browser.get(path);
        assert!(
            answer.status == 404 || answer.text.contains("<!doctype html>"),
            "{path}: {answer:?}"
        );
        assert!(!answer.text.contains("root:") && !answer.text.contains("[workspace]"));
    }
    let head = browser.get("/api/sessions").head;
    for header in [
        "content-security-policy: default-src 'none'",
        "cache-control: no-store",
        "nosniff",
    ] {
        assert!(head.contains(header), "{head}");
    }
}
