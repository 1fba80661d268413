use std::time::{Duration, Instant};

use codepiper_fake_model::{FakeModel, Kind};
use hyper::Method;
use serde_json::{Value, json};

use crate::client::{post, send, stream, turn};

fn prompt(text: &str) -> Value {
    json!([{"role": "user", "content": [{"type": "text", "text": text}]}])
}

fn text_of(events: &[Value]) -> String {
    events
        .iter()
        .filter_map(|event| event["delta"]["text"].as_str())
        .collect()
}

#[tokio::test]
async fn an_answer_comes_as_one_document() {
    let model = FakeModel::start().await;
    let request = turn(&prompt("THINK: hm\nSAY: hello there"), false);
    let (status, answer) = post(&model, &request).await;
    assert_eq!(status, 200);
    let thinking = json!({"type": "thinking", "thinking": "hm", "signature": "ZmFrZQ=="});
    assert_eq!(
        answer["content"],
        json!([thinking, {"type": "text", "text": "hello there"}])
    );
    assert_eq!(answer["stop_reason"], "end_turn");
    assert_eq!(answer["usage"]["output_tokens"], 1 + 3);
    assert_eq!(answer["usage"]["cache_creation_input_tokens"], 0);
}

#[tokio::test]
async fn a_stream_has_the_events_of_the_real_one() {
    let model = FakeModel::start().await;
    let events = stream(&model, &turn(&prompt("SAY: a b\nRUN: ls"), true)).await;
    let types: Vec<&str> = events
        .iter()
        .filter_map(|event| event["type"].as_str())
        .collect();
    let expected = [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ];
    assert_eq!(types, expected);
    assert_eq!(text_of(&events), "a b");
    assert_eq!(events[5]["content_block"]["name"], "Bash");
    assert_eq!(events[8]["delta"]["stop_reason"], "tool_use");
}

#[tokio::test]
async fn a_tool_result_brings_the_next_step() {
    let model = FakeModel::start().await;
    let (_, first) = post(&model, &turn(&prompt("RUN: ls"), false)).await;
    let call = &first["content"][0];
    let result = json!({"type": "tool_result", "tool_use_id": call["id"], "content": "one\ntwo"});
    let mut messages = prompt("RUN: ls");
    let list = messages.as_array_mut().unwrap();
    list.push(json!({"role": "assistant", "content": [call]}));
    list.push(json!({"role": "user", "content": [result]}));
    let (_, second) = post(&model, &turn(&messages, false)).await;
    assert_eq!(
        second["content"],
        json!([{"type": "text", "text": "Result: one"}])
    );
    assert_ne!(first["id"], second["id"]);
}

#[tokio::test]
async fn failures_have_the_status_they_are_given() {
    let model = FakeModel::start().await;
    for (script, status, kind) in [
        ("FAIL", 400, "invalid_request_error"),
        ("FAIL: 529", 529, "overloaded_error"),
    ] {
        let answer = post(&model, &turn(&prompt(script), true)).await;
        assert_eq!(
            (answer.0, &answer.1["error"]["type"]),
            (status, &json!(kind))
        );
    }
}

#[tokio::test]
async fn a_failure_after_a_text_breaks_the_stream() {
    let model = FakeModel::start().await;
    let events = stream(&model, &turn(&prompt("SAY: half\nFAIL: 500"), true)).await;
    assert_eq!(text_of(&events), "half");
    assert_eq!(events.last().unwrap()["error"]["type"], "api_error");
}

#[tokio::test]
async fn a_slow_reply_takes_its_time() {
    let model = FakeModel::start().await;
    let started = Instant::now();
    let events = stream(&model, &turn(&prompt("SLOW: 200\nSAY: a b c d"), true)).await;
    assert_eq!(text_of(&events), "a b c d");
    assert!(started.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_large_prompt_arrives_whole() {
    let model = FakeModel::start().await;
    let large = format!("ECHO\n{}", "\u{e4}bc".repeat(100_000));
    let (_, answer) = post(&model, &turn(&prompt(&large), false)).await;
    let text = answer["content"][0]["text"].as_str().unwrap();
    assert!(text.ends_with(&format!(" bytes={}", large.len())), "{text}");
}

#[tokio::test]
async fn requests_beside_the_conversation_are_answered_plainly() {
    let model = FakeModel::start().await;
    let mut probe = turn(&prompt("FAIL"), false);
    probe["max_tokens"] = json!(1);
    assert_eq!(post(&model, &probe).await.1["content"][0]["text"], "ok");

    let mut title = turn(&prompt("RUN: ls"), false);
    title["tools"] = json!([]);
    let schema = json!({"properties": {"title": {"type": "string"}}});
    title["output_config"] = json!({"format": {"type": "json_schema", "schema": schema}});
    let (_, answer) = post(&model, &title).await;
    assert_eq!(
        answer["content"][0]["text"],
        r#"{"title": "Scripted session"}"#
    );
    assert!(
        model
            .requests()
            .iter()
            .all(|request| request.kind == Kind::Side)
    );
}

#[tokio::test]
async fn requests_are_kept_with_their_headers() {
    let model = FakeModel::start().await;
    assert_eq!(
        send(&model, Method::HEAD, "/", String::new()).await,
        (200, String::new())
    );
    let request = turn(&prompt("hello"), false);
    let counting = send(
        &model,
        Method::POST,
        "/v1/messages/count_tokens",
        request.to_string(),
    );
    assert!(counting.await.1.starts_with(r#"{"input_tokens":"#));
    assert_eq!(
        send(&model, Method::GET, "/v1/else?x=y", String::new())
            .await
            .0,
        404
    );
    post(&model, &request).await;

    let seen = model.request(|request| request.kind == Kind::Turn).await;
    assert_eq!(seen.body, request);
    assert_eq!(seen.headers["x-api-key"], "sk-ant-fake");
    let paths: Vec<String> = model
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(
        paths,
        ["/", "/v1/messages/count_tokens", "/v1/else", "/v1/messages"]
    );
}

#[tokio::test]
async fn dropping_the_model_breaks_off_its_answers() {
    let model = FakeModel::start().await;
    let address = model.base_url().trim_start_matches("http://").to_owned();
    let body = turn(&prompt("SAY: a\nWAIT: 60000\nSAY: b"), true).to_string();
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    tokio::io::AsyncWriteExt::write_all(&mut stream, (head + &body).as_bytes())
        .await
        .unwrap();
    model.request(|_| true).await;
    drop(model);
    let mut rest = Vec::new();
    let _cut_off = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest).await;
    assert!(!String::from_utf8(rest).unwrap().contains("message_stop"));
    assert!(tokio::net::TcpStream::connect(&address).await.is_err());
}
