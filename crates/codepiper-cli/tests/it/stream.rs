//! A session's terminal, live.

use std::io::Write as _;
use std::thread::scope;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::browser::Browser;
use crate::support::TestHome;
use crate::viewer::{Viewer, tty};

fn size(session: &Value) -> (u64, u64) {
    let number = |name: &str| session[name].as_u64().unwrap();
    (number("ptyCols"), number("ptyRows"))
}

#[test]
fn a_key_is_echoed_to_every_viewer_and_who_comes_back_has_exactly_what_was_missed() {
    let mut home = TestHome::new();
    let id = home.demo(&["--cols", "100", "--rows", "30"]);
    let mut stays = Viewer::of_session(&home, &id, "");
    let hello = stays.said("hello");
    assert_eq!((&hello["cols"], &hello["rows"]), (&json!(100), &json!(30)));
    let mut leaves = Viewer::of_session(&home, &id, "");
    leaves.shows("demo");
    stays.shows("demo");
    assert_eq!((stays.snapshots, leaves.snapshots), (1, 1));
    stays.type_in("z");
    leaves.shows("z");
    stays.say(&json!({ "type": "keys", "id": 7, "keys": ["ctrl+u"] }));
    assert_eq!(stays.said("ack")["id"], 7);

    // Rows far above the screen are in the snapshot of whoever comes later.
    let mut tty = tty(&home, &id);
    for row in 0..200 {
        writeln!(tty, "row {row} of many").unwrap();
    }
    leaves.shows("row 199 of many");
    let (left_at, had) = (leaves.offset, leaves.output.len());
    drop(leaves);
    tty.write_all("\x1b[31mmissed é 漢\x1b[m\r\n".repeat(500).as_bytes())
        .unwrap();
    tty.write_all(b"the last of it").unwrap();
    stays.shows("the last of it");
    let mut back = Viewer::of_session(&home, &id, &format!("?from={left_at}"));
    let hello = back.said("hello");
    assert!(hello["oldest"].as_u64().unwrap() <= left_at);
    back.offset = left_at;
    back.shows("the last of it");
    assert_eq!(back.snapshots, 0);
    let count = usize::try_from(stays.offset - left_at).unwrap();
    let missed = &stays.output[stays.output.len() - count..];
    assert_eq!(back.output, missed);
    assert!(had > 0);

    let mut late = Viewer::of_session(&home, &id, "");
    late.shows("row 150 of many");
    assert_eq!(late.snapshots, 1);

    // The offsets of one daemon mean nothing to the next.
    home.kill_daemon();
    home.start_daemon();
    let mut again = Viewer::of_session(&home, &id, &format!("?from={left_at}"));
    let hello = again.said("hello");
    assert!(
        !(hello["oldest"].as_u64().unwrap()..=hello["offset"].as_u64().unwrap()).contains(&left_at)
    );
    again.shows("the last of it");
    assert_eq!(again.snapshots, 1);
}

#[test]
fn a_viewer_that_does_not_read_is_shown_the_screen_afresh_and_holds_nobody_up() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let mut slow = Viewer::of_session(&home, &id, "");
    slow.said("hello");
    let mut quick = Viewer::of_session(&home, &id, "");
    quick.said("hello");
    let mut tty = tty(&home, &id);
    let mut more = tty.try_clone().unwrap();
    let line = format!("{}\r\n", "flood ".repeat(20));
    let flood = line.repeat(10 * 1024 * 1024 / line.len());
    let begun = Instant::now();
    scope(|scope| {
        scope.spawn(move || {
            tty.write_all(flood.as_bytes()).unwrap();
            tty.write_all(b"the end of the flood").unwrap();
        });
        quick.shows("the end of the flood");
    });
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    quick.type_in("k");
    more.write_all(b"\r\nafter the flood\r\n").unwrap();
    slow.shows("after the flood");
    assert!(slow.snapshots >= 2, "{}", slow.snapshots);
    assert!(slow.output.len() < 4 * 1024 * 1024);
}

#[test]
fn a_viewer_that_says_how_far_it_has_drawn_is_sent_little_more_and_goes_on_from_a_snapshot() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let mut viewer = Viewer::of_session(&home, &id, "");
    let drawn = viewer.said("hello")["offset"].as_u64().unwrap();
    viewer.say(&json!({ "type": "drawn", "offset": drawn }));
    viewer.shows("demo");
    let mut tty = tty(&home, &id);
    let mut quick = Viewer::of_session(&home, &id, "");
    quick.said("hello");
    let line = format!("{}\r\n", "flood ".repeat(20));
    tty.write_all(line.repeat(3 * 512 * 1024 / line.len()).as_bytes())
        .unwrap();
    tty.write_all(b"the end of the flood").unwrap();
    quick.shows("the end of the flood");
    // What was sent has reached it by now, since this has.
    viewer.say(&json!({ "type": "keys", "id": 1, "keys": ["x"] }));
    viewer.said("ack");
    assert!(viewer.output.len() < 512 * 1024, "{}", viewer.output.len());
    // What was on its way is drawn as well, and then there is a snapshot, which is drawn too.
    while viewer.snapshots < 2 {
        viewer.say(&json!({ "type": "drawn", "offset": viewer.offset }));
        viewer.hear();
    }
    viewer.say(&json!({ "type": "drawn", "offset": viewer.offset }));
    tty.write_all(b"\r\nafter the flood\r\n").unwrap();
    viewer.shows("after the flood");
    assert_eq!(viewer.snapshots, 2);
}

#[test]
fn a_viewer_may_say_any_number_of_how_far_it_has_drawn() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let mut viewer = Viewer::of_session(&home, &id, "");
    viewer.shows("demo");
    viewer.say(&json!({ "type": "drawn", "offset": u64::MAX }));
    viewer.type_in("z");
    tty(&home, &id).write_all(b"\r\nand more").unwrap();
    viewer.shows("and more");
}

#[test]
fn the_viewer_that_was_active_last_decides_the_size_unless_it_is_pinned() {
    let home = TestHome::new();
    let id = home.demo(&["--cols", "100", "--rows", "30"]);
    let mut desk = Viewer::of_session(&home, &id, "");
    let mut phone = Viewer::of_session(&home, &id, "");
    phone.shows("demo");
    assert_eq!(
        size(&home.session(&id)),
        (100, 30),
        "nobody has done anything"
    );
    desk.say(&json!({ "type": "resize", "cols": 120, "rows": 40 }));
    assert_eq!(phone.said("resized")["cols"], 120);
    phone.say(&json!({ "type": "resize", "cols": 50, "rows": 20 }));
    desk.said_where("the phone's size", |said| said["cols"] == 50);
    desk.type_in("a");
    phone.said_where("the desk's size again", |said| said["cols"] == 120);
    assert_eq!(size(&home.session(&id)), (120, 40));

    desk.say(&json!({ "type": "lock", "on": true }));
    assert_eq!(phone.said("locked")["on"], true, "everybody is told");
    let mut late = Viewer::of_session(&home, &id, "");
    assert_eq!(late.said("locked")["on"], true);
    desk.type_in("b");
    phone.say(&json!({ "type": "resize", "cols": 60, "rows": 20 }));
    phone.type_in("c");
    assert_eq!(size(&home.session(&id)), (120, 40), "pinned");
    phone.say(&json!({ "type": "lock", "on": false }));
    desk.said_where("that it is let go", |said| said["on"] == false);
    desk.said_where("the phone's size", |said| said["cols"] == 60);
    drop(phone);
    desk.say(&json!({ "type": "resize", "cols": 5, "rows": 40 }));
    assert_eq!(desk.said("error")["code"], "invalid_request");
    assert_eq!(
        size(&home.session(&id)),
        (60, 20),
        "who leaves changes nothing"
    );
}

#[test]
fn a_line_that_a_rule_denies_is_not_entered_however_enter_is_spelt() {
    let home = TestHome::new();
    home.policy(
        &json!([{ "id": "rm", "action": "deny", "tool": "terminal_input",
        "args": { "input": "*rm -rf*" }, "reason": "not by wire" }]),
    );
    let id = home.demo(&[]);
    let mut viewer = Viewer::of_session(&home, &id, "");
    for letter in "SAY: rm -r".chars() {
        viewer.type_in(&letter.to_string());
    }
    viewer.say(&json!({ "type": "paste", "id": "rest", "text": "f x" }));
    viewer.said("ack");
    for enter in ["\r", "\n", "\x1b[13u"] {
        viewer.say(&json!({ "type": "input", "id": enter, "data": enter }));
        let error = viewer.said("error");
        assert_eq!(
            (&error["id"], &error["code"]),
            (&json!(enter), &json!("input_denied"))
        );
        assert!(error["message"].as_str().unwrap().contains("not by wire"));
    }
    viewer.say(&json!({ "type": "keys", "id": 1, "keys": ["enter"] }));
    assert_eq!(viewer.said("error")["id"], 1);
    assert!(
        home.decisions(&id)
            .iter()
            .all(|row| row["outcome"] == "blocked")
    );
    viewer.type_in("\x15SAY: fine\r");
    viewer.shows("fine");
    let rows = home.decisions(&id);
    assert_eq!(
        (&rows[0]["outcome"], &rows[0]["actor"]),
        (&json!("ran"), &json!("owner"))
    );
}

#[test]
fn a_paste_of_many_lines_stays_one_prompt() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let mut viewer = Viewer::of_session(&home, &id, "");
    let text = format!("SAY: first\n{}last line", "x".repeat(70_000));
    viewer.say(&json!({ "type": "paste", "id": 1, "text": text }));
    viewer.said("ack");
    let submitted = |home: &TestHome| {
        let events = home.events(&id);
        events
            .iter()
            .filter(|event| event["type"] == "UserPromptSubmit")
            .count()
    };
    assert_eq!(submitted(&home), 0);
    viewer.type_in("\r");
    home.until("the prompt begins", || submitted(&home) == 1);
}

#[test]
fn messages_that_make_no_sense_or_are_too_long_are_answered_and_then_the_socket_is_closed() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let mut viewer = Viewer::of_session(&home, &id, "");
    viewer.send(Message::text("{"));
    assert_eq!(viewer.said("error")["code"], "invalid_message");
    viewer.say(&json!({ "type": "dance" }));
    viewer.said("error");
    viewer.send(Message::binary(vec![1, 2, 3]));
    viewer.said("error");
    viewer.type_in("still there");
    for _ in 0..30 {
        viewer.say(&json!({ "type": "input", "data": 1 }));
    }
    assert_eq!(viewer.closed(), 1008);

    let long = "x".repeat(65 * 1024);
    let huge = "x".repeat(3 * 1024 * 1024);
    for message in [
        json!({ "type": "input", "id": 1, "data": long }),
        json!({ "type": "paste", "id": 1, "text": huge }),
    ] {
        let mut viewer = Viewer::of_session(&home, &id, "");
        viewer.say(&message);
        assert_eq!(viewer.closed(), 1009);
    }
    let stream = format!("/sessions/{id}/terminal/stream");
    assert_eq!(home.http("GET", &stream, b"").0, 426);
    let (status, body) = home.http("GET", &format!("{stream}?from=x"), b"");
    assert_eq!(status, 400, "{body}");
}

#[test]
fn the_end_of_a_session_is_told_and_closes_its_sockets() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let mut viewer = Viewer::of_session(&home, &id, "");
    viewer.shows("demo");
    home.run(&["send", &id, "EXIT: 3"]).ok();
    assert_eq!(viewer.said("exit")["code"], 3);
    assert_eq!(viewer.closed(), 4410);
    let mut late = Viewer::of_session(&home, &id, "");
    assert_eq!(late.said("exit")["code"], 3);
    assert_eq!(late.closed(), 4410);
    let nobody = "00000000-0000-4000-8000-000000000000";
    assert_eq!(Viewer::of_session(&home, nobody, "").closed(), 4404);
    assert_eq!(Viewer::of_session(&home, "nonsense", "").closed(), 4404);

    let other = home.demo(&[]);
    let mut viewer = Viewer::of_session(&home, &other, "");
    viewer.shows("demo");
    home.run(&["daemon", "stop"]).ok();
    assert_eq!(viewer.closed(), 1001, "the session runs on");
}

#[test]
fn on_the_web_a_stream_is_for_our_own_pages_and_ends_with_the_sign_in() {
    let home = TestHome::with_web(&[]);
    let id = home.demo(&[]);
    let mut browser = Browser::of(&home);
    let path = format!("/api/sessions/{id}/terminal/stream");
    assert_eq!(Viewer::on_web(&browser, &path, &[]).err(), Some(401));
    browser.enrol(&home);
    for foreign in [
        [("origin", "http://evil.example")],
        [("origin", "http://localhost:5173")],
        [("host", "evil.example:3000")],
    ] {
        assert_eq!(Viewer::on_web(&browser, &path, &foreign).err(), Some(403));
    }
    let protocol = [("sec-websocket-protocol", "something.else")];
    assert_eq!(Viewer::on_web(&browser, &path, &protocol).err(), Some(400));
    let own = format!("http://{}", browser.host);
    let headers = [
        ("origin", own.as_str()),
        ("sec-websocket-protocol", "codepiper.terminal.v1"),
    ];
    let mut viewer = Viewer::on_web(&browser, &path, &headers).unwrap();
    viewer.type_in("w");
    viewer.shows("w");
    let sign_ins = browser.get("/api/auth/sessions").json();
    let sign_in = sign_ins["sessions"][0]["id"].as_str().unwrap();
    home.call("DELETE", &format!("/auth/sessions/{sign_in}"), &Value::Null);
    let begun = Instant::now();
    assert_eq!(viewer.closed(), 4401);
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(Viewer::on_web(&browser, &path, &headers).err(), Some(401));
}
