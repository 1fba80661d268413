//! The answer to a message: blocks of content, as one document or as a stream of events.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::stream::stream;
use super::{failure, request, tools, usage};
use crate::pace::Timeline;
use crate::recorder::Kind;
use crate::script::{Script, Step};
use crate::server::Shared;
use crate::tokens::tokens;

/// When limits are lifted, in seconds since 1970.
const IN_2100: u32 = 4_102_444_800;

/// An answer worked out, before it is written in either form.
pub(super) struct Answer<'a> {
    pub(super) request: &'a Value,
    pub(super) id: &'a str,
    pub(super) script: Script,
}

pub(super) fn answer(request: &Value, kind: Kind, id: &str, shared: Shared) -> Response<Body> {
    let script = match kind {
        Kind::Turn => {
            let turn = request::turn(request);
            let script = Script::parse(&turn.prompt);
            Script {
                steps: script.answer(&turn.results),
                ..script
            }
        }
        Kind::Side | Kind::Other => Script::saying(side_text(request)),
    };
    let answer = Answer {
        request,
        id,
        script,
    };
    let streams = request["stream"] == true;
    if let Some(why) = answer.script.refusal(streams) {
        return failure::response(why, id);
    }
    let mut timeline = Timeline::default();
    let content_type = if streams {
        stream(&answer, &mut timeline);
        "text/event-stream"
    } else {
        timeline.wait(answer.script.duration());
        let document = answer.document();
        timeline.push(document.to_string());
        timeline.cost(document["usage"].clone());
        "application/json"
    };
    let body = timeline.into_body(id, shared);
    let mut response = super::respond(StatusCode::OK, id, content_type, body);
    if let Some((five_hours, week)) = answer.script.limits {
        tell_limits(five_hours, week, response.headers_mut());
    }
    response
}

/// How much of a subscription is used, as shares of one.
fn tell_limits(five_hours: u32, week: u32, headers: &mut HeaderMap) {
    for (name, percent, reset) in [("5h", five_hours, IN_2100), ("7d", week, IN_2100 + 3600)] {
        let share = f64::from(percent) / 100.0;
        for (what, value) in [
            ("utilization", share.to_string()),
            ("reset", reset.to_string()),
            ("status", "allowed".to_owned()),
        ] {
            let name = format!("anthropic-ratelimit-unified-{name}-{what}");
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
                headers.insert(name, value);
            }
        }
    }
    headers.insert(
        "anthropic-ratelimit-unified-status",
        HeaderValue::from_static("allowed"),
    );
}

/// A title where one is asked for, or else a word that harms nowhere.
fn side_text(request: &Value) -> &'static str {
    let wants_title =
        !request["output_config"]["format"]["schema"]["properties"]["title"].is_null();
    if wants_title {
        r#"{"title": "Scripted session"}"#
    } else {
        "ok"
    }
}

impl Answer<'_> {
    /// The blocks of the answer, whole.
    fn content(&self) -> Vec<Value> {
        let steps = self.script.steps.iter().enumerate();
        steps
            .filter_map(|(index, step)| self.block(index, step))
            .collect()
    }

    /// The block that a step makes, if it makes one.
    pub(super) fn block(&self, index: usize, step: &Step) -> Option<Value> {
        Some(match step {
            Step::Say(text) => json!({"type": "text", "text": text}),
            Step::Think(text) => {
                json!({"type": "thinking", "thinking": text, "signature": "ZmFrZQ=="})
            }
            Step::Use(tool) => {
                let (name, input) = tools::call(tool);
                let id = format!("toolu_{}{index:02}", self.id);
                json!({"type": "tool_use", "id": id, "name": name, "input": input})
            }
            Step::Wait(_) | Step::Fail(_) => return None,
        })
    }

    pub(super) fn stop_reason(&self) -> &'static str {
        let uses_tool = self
            .script
            .steps
            .iter()
            .any(|step| matches!(step, Step::Use(_)));
        if uses_tool { "tool_use" } else { "end_turn" }
    }

    pub(super) fn output_tokens(&self) -> usize {
        let bytes = |block: &Value| match block["type"].as_str() {
            Some("text") => tokens(block["text"].as_str().unwrap_or_default()),
            Some("thinking") => tokens(block["thinking"].as_str().unwrap_or_default()),
            _ => tokens(&block["input"].to_string()),
        };
        self.content().iter().map(bytes).sum()
    }

    /// The message with this content.
    pub(super) fn message(&self, content: &[Value], output_tokens: usize) -> Value {
        json!({
            "id": format!("msg_{}", self.id),
            "type": "message",
            "role": "assistant",
            "model": self.request["model"],
            "content": content,
            "stop_reason": null,
            "stop_sequence": null,
            "usage": usage::usage(self.request, output_tokens),
        })
    }

    fn document(&self) -> Value {
        let mut message = self.message(&self.content(), self.output_tokens());
        message["stop_reason"] = json!(self.stop_reason());
        message
    }
}
