//! Pictures that agents look at.

use std::path::PathBuf;

use serde_json::Value;

use crate::claude::FakeClaude;
use crate::codex::FakeCodex;
use crate::support::TestHome;

/// A red square of eight by eight: PNG.
const PNG: &[u8] = include_bytes!("images/dot.png");

fn picture(home: &TestHome) -> PathBuf {
    let path = home.path("a picture");
    std::fs::write(&path, PNG).unwrap();
    path
}

#[test]
fn claude_code_looks_at_a_picture_that_came_with_a_prompt() {
    let claude = FakeClaude::new();
    let home = FakeClaude::home();
    let id = claude.start(&home, &[]);
    let image = picture(&home);
    let image = image.to_str().unwrap();
    let send = ["send", &id, "SAY: a red dot", "--image", image, "--wait"];
    let done = home.run(&send);
    let shown = crate::codex::screen(&home, &id);
    assert!(claude.was_told("SAY: a red dot"), "{done:?} {shown}");
    let told = claude.history_of("SAY: a red dot");
    assert!(told.contains("image/png"), "{told}");
    let two = [
        "send",
        &id,
        "SAY: two dots",
        "--image",
        image,
        "--image",
        image,
        "--wait",
    ];
    let done = home.run(&two);
    let shown = crate::codex::screen(&home, &id);
    assert!(claude.was_told("SAY: two dots"), "{done:?} {shown}");
    let told = claude.history_of("SAY: two dots");
    assert!(told.matches("image/png").count() >= 3, "{told}");
}

#[test]
fn codex_looks_at_a_picture_that_came_with_a_prompt() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    let image = picture(&home);
    let image = image.to_str().unwrap();
    let send = ["send", &id, "SAY: a red square", "--image", image, "--wait"];
    let done = home.run(&send);
    let shown = crate::codex::screen(&home, &id);
    assert_eq!(done.code, 0, "{done:?} {shown}");
    let told = fake.history_of("SAY: a red square");
    assert!(told.contains("input_image"), "{told}");
    assert!(told.contains("data:image/"), "{told}");
    home.until("the terminal shows it", || {
        crate::codex::screen(&home, &id).contains("• a red square")
    });
    home.run(&["send", &id, "SAY: no picture", "--wait"]).ok();
}

#[test]
fn what_is_no_picture_or_too_large_is_refused() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let path = format!("/sessions/{id}/upload-image");
    let (status, body) = home.http("POST", &path, b"<svg/>");
    assert_eq!((status, body.contains("no_picture")), (415, true), "{body}");
    let mut large = PNG.to_vec();
    large.resize(10 * 1024 * 1024 + 1, 0);
    let (status, body) = home.http("POST", &path, &large);
    assert_eq!((status, body.contains("too_large")), (413, true), "{body}");
    let form = [
        b"--x\r\ncontent-disposition: form-data; name=\"image\"; filename=\"../../x.sh\"\r\n\r\n",
        PNG,
        b"\r\n--x--\r\n",
    ];
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-type: multipart/form-data; boundary=x\r\ncontent-length: {}\r\n\r\n",
        form.concat().len()
    );
    let (status, body) = home.raw_http(&[head.as_bytes(), &form.concat()].concat());
    assert_eq!(status, 200, "{body}");
    let answer: Value = serde_json::from_str(&body).unwrap();
    let kept = PathBuf::from(answer["path"].as_str().unwrap());
    assert_eq!(std::fs::read(&kept).unwrap(), PNG);
    assert_eq!(kept.extension().unwrap(), "png");
    let other = format!(
        r#"{{"text":"look","images":["{}"]}}"#,
        home.path("work").display()
    );
    let (status, body) = home.http("POST", &format!("/sessions/{id}/send"), other.as_bytes());
    assert_eq!((status, body.contains("images[0]")), (400, true), "{body}");
    home.run(&["delete", &id, "--stop", "--yes"]).ok();
    assert!(!kept.exists());
}
