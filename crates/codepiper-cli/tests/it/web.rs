//! The dashboard's port, as a program in the network finds it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::browser::Browser;
use crate::support::{PATIENCE, TestHome};

#[test]
fn whoever_is_slow_keeps_nobody_out_and_is_not_waited_for() {
    let home = TestHome::with_web(&[]);
    let mut browser = Browser::of(&home);
    browser.enrol(&home);
    let signed_in = browser.begin("POST", "/api/sessions", &[], 1000);
    // More than there are places for, half of them with a head that never ends.
    let mut slow: Vec<TcpStream> = (0..280)
        .map(|i| {
            let mut stream = TcpStream::connect(&browser.host).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            let half: &[u8] = if i % 2 == 0 {
                b"GET / HTTP/1.1\r\nHost: local"
            } else {
                b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"
            };
            stream.write_all(half).unwrap();
            stream
        })
        .collect();
    let begun = Instant::now();
    assert_eq!(Browser::of(&home).get("/").status, 200);
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    home.call("GET", "/health", &Value::Null);
    let mut answer = String::new();
    drop(slow[1].read_to_string(&mut answer));
    assert_eq!(answer, "", "the oldest one made room");
    let mut late = slow.pop().unwrap();
    late.read_to_string(&mut answer).unwrap();
    assert!(
        answer.contains("408") && answer.contains("too_slow"),
        "{answer}"
    );
    // Whoever is signed in was not sent away, and was waited for no longer than anybody.
    let mut signed_in = signed_in;
    answer.clear();
    signed_in.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("408"), "{answer}");
}

#[test]
fn one_address_asks_only_so_often() {
    let home = TestHome::with_web(&[
        ("CODEPIPER_API_RATE_LIMIT_MAX", "5"),
        ("CODEPIPER_API_RATE_LIMIT_WINDOW_MS", "600000"),
    ]);
    let mut browser = Browser::of(&home);
    for _ in 0..5 {
        assert_eq!(browser.get("/api/auth/status").status, 200);
    }
    let busy = browser.get("/api/auth/status");
    assert_eq!(busy.refusal(), (429, "too_many_calls".to_owned()));
    assert!(busy.head.contains("retry-after: "), "{busy:?}");
    home.run(&["sessions"]).ok();
}

#[test]
fn a_taken_port_and_a_wrong_setting_are_named() {
    let home = TestHome::with_web(&[]);
    let taken = Browser::of(&home).host;
    let port = taken.rsplit(':').next().unwrap();
    let mut second = TestHome::bare();
    let refused = second.run(&["daemon", "--web", "--port", port]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains(&taken) && refused.stderr.contains("--port"));
    second.set_env("CODEPIPER_HTTP_PORT", "http");
    let refused = second.run(&["daemon", "--web"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.stderr.contains("CODEPIPER_HTTP_PORT"),
        "{refused:?}"
    );
}
