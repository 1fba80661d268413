//! The dashboard's port, as a program in the network finds it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::browser::Browser;
use crate::support::TestHome;

#[test]
fn whoever_is_slow_keeps_nobody_out_for_long_and_the_socket_not_at_all() {
    let home = TestHome::with_web(&[]);
    let mut browser = Browser::of(&home);
    let mut slow: Vec<TcpStream> = (0..300)
        .map(|_| {
            let mut stream = TcpStream::connect(&browser.host).unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: local").unwrap();
            stream
        })
        .collect();
    home.call("GET", "/health", &Value::Null);
    slow[0].set_nonblocking(true).unwrap();
    let waits = slow[0].read(&mut [0]).unwrap_err();
    assert_eq!(waits.kind(), ErrorKind::WouldBlock, "all places were taken");
    assert_eq!(browser.get("/api/auth/status").status, 200);
    let is_closed = |result: std::io::Result<usize>| result.is_ok_and(|length| length == 0);
    assert!(is_closed(slow[0].read(&mut [0])), "it had its time");
    drop(slow);
    assert_eq!(browser.get("/api/auth/status").status, 200);
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
