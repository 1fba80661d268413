//! A client just big enough to ask the fake model something.

use codepiper_fake_model::FakeModel;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// Status and text of the answer.
pub(crate) async fn send(
    model: &FakeModel,
    method: Method,
    path: &str,
    body: String,
) -> (u16, String) {
    let host = model.base_url().trim_start_matches("http://").to_owned();
    let stream = TcpStream::connect(&host).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", host)
        .header("x-api-key", "sk-ant-fake")
        .body(Full::new(Bytes::from(body)))
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// A turn with these messages.
pub(crate) fn turn(messages: &Value, stream: bool) -> Value {
    json!({
        "model": "claude-fake",
        "max_tokens": 1000,
        "stream": stream,
        "system": "be good",
        "tools": [{"name": "Bash"}],
        "messages": messages,
    })
}

pub(crate) async fn post(model: &FakeModel, body: &Value) -> (u16, Value) {
    let (status, text) = send(model, Method::POST, "/v1/messages", body.to_string()).await;
    (status, serde_json::from_str(&text).unwrap())
}

/// The data of every event.
pub(crate) async fn stream(model: &FakeModel, body: &Value) -> Vec<Value> {
    stream_of(model, "/v1/messages", body).await
}

pub(crate) async fn stream_of(model: &FakeModel, path: &str, body: &Value) -> Vec<Value> {
    let (status, text) = send(model, Method::POST, path, body.to_string()).await;
    assert_eq!(status, 200);
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).unwrap())
        .collect()
}
