//! The answer to a request: items of output, as one document or as a stream of events.

use axum::body::Body;
use axum::http::{HeaderName, Response, StatusCode};
use serde_json::{Value, json};

use super::request::{self, Offer};
use super::stream::stream;
use super::tools::{self, Call};
use super::{failure, respond, usage};
use crate::failure::Failure;
use crate::pace::Timeline;
use crate::recorder::Kind;
use crate::script::{Script, Step};
use crate::server::Shared;
use crate::tokens::tokens;

/// An answer worked out, before it is written in either form.
pub(super) struct Answer<'a> {
    pub(super) id: &'a str,
    pub(super) script: Script,
    request: &'a Value,
    offer: Offer,
}

pub(super) fn answer(request: &Value, kind: Kind, id: &str, shared: Shared) -> Response<Body> {
    let script = match kind {
        Kind::Side if request::is_compaction(request) => Script::saying("the summary"),
        Kind::Turn => {
            let turn = request::turn(request);
            let script = Script::parse(&turn.prompt);
            Script {
                steps: script.answer(&turn.results),
                ..script
            }
        }
        Kind::Side | Kind::Other => Script::saying("ok"),
    };
    let answer = Answer {
        id,
        script,
        request,
        offer: request::offer(request),
    };
    let streams = request["stream"] == true;
    // In a stream the real one begins before it finds that the conversation is too long.
    let begins = |why: &Failure| streams && *why == Failure::ContextFull;
    if let Some(why) = answer.script.refusal(streams).filter(|why| !begins(why)) {
        return failure::response(why, id);
    }
    let mut timeline = Timeline::default();
    if streams {
        stream(&answer, &mut timeline);
    } else {
        timeline.wait(answer.script.duration());
        let document = answer.document();
        timeline.push(document.to_string());
        timeline.cost(document["usage"].clone());
    }
    let content_type = if streams {
        "text/event-stream"
    } else {
        "application/json"
    };
    let body = timeline.into_body(id, shared);
    let mut response = respond(StatusCode::OK, id, content_type, body);
    if let Some((five_hours, week)) = answer.script.limits {
        for (name, percent, minutes) in [("primary", five_hours, 300), ("secondary", week, 10_080)]
        {
            for (what, value) in [("used-percent", percent), ("window-minutes", minutes)] {
                let name = format!("x-codex-{name}-{what}");
                if let Ok(name) = name.parse::<HeaderName>() {
                    response.headers_mut().insert(name, value.into());
                }
            }
        }
    }
    response
}

impl Answer<'_> {
    /// The item of output that a step makes, if it makes one.
    pub(super) fn item(&self, index: usize, step: &Step) -> Option<Value> {
        let id = |kind: &str| format!("{kind}_{}{index:02}", self.id);
        Some(match step {
            Step::Say(text) if request::is_compaction(self.request) => json!({
                "type": "compaction",
                "id": id("cmp"),
                "encrypted_content": text,
            }),
            Step::Say(text) => json!({
                "type": "message",
                "id": id("msg"),
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": text, "annotations": []}],
            }),
            Step::Think(text) => json!({
                "type": "reasoning",
                "id": id("rs"),
                "summary": [{"type": "summary_text", "text": text}],
                "encrypted_content": "ZmFrZQ==",
            }),
            Step::Use(tool) => match tools::call(tool, self.offer) {
                Call::Function { name, input } => {
                    let mut call = json!({
                        "type": "function_call",
                        "id": id("fc"),
                        "call_id": id("call"),
                        "status": "completed",
                        "name": name,
                        "arguments": input.to_string(),
                    });
                    if let Some((namespace, name)) = request::namespace(self.request, &name) {
                        call["namespace"] = namespace.into();
                        call["name"] = name.into();
                    }
                    call
                }
                Call::Custom { name, input } => json!({
                    "type": "custom_tool_call",
                    "id": id("ctc"),
                    "call_id": id("call"),
                    "status": "completed",
                    "name": name,
                    "input": input,
                }),
            },
            Step::Wait(_) | Step::Fail(_) => return None,
        })
    }

    /// The response with this output, as it is when it begins.
    pub(super) fn response(&self, status: &str, output: &[Value]) -> Value {
        json!({
            "id": format!("resp_{}", self.id),
            "object": "response",
            "created_at": 0,
            "status": status,
            "model": self.request["model"],
            "output": output,
            "error": null,
            "usage": null,
        })
    }

    /// The whole response.
    pub(super) fn document(&self) -> Value {
        let steps = self.script.steps.iter().enumerate();
        let output: Vec<Value> = steps
            .filter_map(|(index, step)| self.item(index, step))
            .collect();
        let mut response = self.response("completed", &output);
        let spent = |of: &str| -> usize {
            let counted = output.iter().filter(|item| item["type"] == of);
            counted.map(said).map(tokens).sum()
        };
        let reasoning = spent("reasoning");
        let written = spent("message") + spent("function_call") + spent("custom_tool_call");
        response["usage"] = usage::usage(self.request, reasoning + written, reasoning);
        response
    }
}

/// What an item says, which is what it costs.
pub(super) fn said(item: &Value) -> &str {
    let text = match item["type"].as_str() {
        Some("message") => &item["content"][0]["text"],
        Some("reasoning") => &item["summary"][0]["text"],
        Some("function_call") => &item["arguments"],
        _ => &item["input"],
    };
    text.as_str().unwrap_or_default()
}
