use codepiper_fake_model::{FakeModel, Kind};
use hyper::Method;
use serde_json::{Value, json};

use crate::client::{send, stream_of};

fn request(prompt: &str) -> Value {
    json!({
        "model": "gpt-fake",
        "stream": true,
        "instructions": "be good",
        "tools": [{"type": "function", "name": "exec_command"}],
        "input": [{"role": "user", "content": [{"type": "input_text", "text": prompt}]}],
    })
}

async fn stream(model: &FakeModel, body: &Value) -> Vec<Value> {
    stream_of(model, "/v1/responses", body).await
}

#[tokio::test]
async fn a_stream_has_the_events_of_the_real_one() {
    let model = FakeModel::start().await;
    let events = stream(&model, &request("THINK: hm\nSAY: a b\nRUN: ls")).await;
    let types: Vec<&str> = events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    let item = |events: &[&'static str]| {
        let added = ["response.output_item.added"];
        [&added, events, &["response.output_item.done"]].concat()
    };
    let expected = [
        vec!["response.created"],
        item(&[
            "response.reasoning_summary_part.added",
            "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.done",
            "response.reasoning_summary_part.done",
        ]),
        item(&[
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
        ]),
        item(&[
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
        ]),
        vec!["response.completed"],
    ];
    assert_eq!(types, expected.concat());

    let response = &events.last().unwrap()["response"];
    assert_eq!(response["output"][2]["arguments"], r#"{"cmd":"ls"}"#);
    let usage = &response["usage"];
    assert_eq!(usage["output_tokens_details"]["reasoning_tokens"], 1);
    assert_eq!(usage["output_tokens"], 1 + 1 + 3);
}

#[tokio::test]
async fn an_answer_comes_as_one_document() {
    let model = FakeModel::start().await;
    let mut body = request("SAY: hello there");
    body["stream"] = json!(false);
    let answer = send(&model, Method::POST, "/v1/responses", body.to_string()).await;
    let document: Value = serde_json::from_str(&answer.1).unwrap();
    assert_eq!((answer.0, &document["status"]), (200, &json!("completed")));
    assert_eq!(
        document["output"][0]["content"][0]["text"],
        json!("hello there")
    );
}

#[tokio::test]
async fn failures_have_the_status_they_are_given() {
    let model = FakeModel::start().await;
    let body = request("FAIL: 429").to_string();
    let (status, text) = send(&model, Method::POST, "/v1/responses", body).await;
    let error: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (status, &error["error"]["code"]),
        (429, &json!("rate_limit_exceeded"))
    );
    let events = stream(&model, &request("SAY: half\nFAIL: 500")).await;
    assert_eq!(events.last().unwrap()["type"], "response.failed");
}

#[tokio::test]
async fn what_offers_no_tools_is_answered_plainly() {
    let model = FakeModel::start().await;
    let mut summary = request("FAIL");
    summary["tools"] = json!([]);
    let events = stream(&model, &summary).await;
    let said = &events.last().unwrap()["response"]["output"][0]["content"][0]["text"];
    assert_eq!(said, "ok");
    assert_eq!(model.requests()[0].kind, Kind::Side);
}
