//! An answer as server-sent events, in the order in which the real API sends them.

use std::time::Duration;

use serde_json::{Value, json};

use super::answer::Answer;
use super::failure;
use crate::pace::Timeline;
use crate::script::{Step, words};

pub(super) fn stream(answer: &Answer<'_>, timeline: &mut Timeline) {
    let message = answer.message(&[], 1);
    event(
        timeline,
        &json!({"type": "message_start", "message": message}),
    );
    let mut number = 0;
    for (index, step) in answer.script.steps.iter().enumerate() {
        match step {
            Step::Wait(silence) => timeline.wait(*silence),
            Step::Fail(why) => {
                event(timeline, &failure::body(*why, answer.id));
                return;
            }
            Step::Say(_) | Step::Think(_) | Step::Use(_) => {
                let Some(block) = answer.block(index, step) else {
                    continue;
                };
                content_block(timeline, number, &block, answer.script.slow);
                number += 1;
            }
        }
    }
    let delta = json!({"stop_reason": answer.stop_reason(), "stop_sequence": null});
    let usage = super::usage::usage(answer.request, answer.output_tokens());
    event(
        timeline,
        &json!({"type": "message_delta", "delta": delta, "usage": usage}),
    );
    event(timeline, &json!({"type": "message_stop"}));
    timeline.cost(usage);
}

fn content_block(timeline: &mut Timeline, number: usize, block: &Value, slow: Duration) {
    let (empty, deltas) = match block["type"].as_str() {
        Some("text") => {
            let text = block["text"].as_str().unwrap_or_default();
            let deltas = words(text).map(|word| json!({"type": "text_delta", "text": word}));
            (json!({"type": "text", "text": ""}), deltas.collect())
        }
        Some("thinking") => {
            let text = block["thinking"].as_str().unwrap_or_default();
            let deltas =
                words(text).map(|word| json!({"type": "thinking_delta", "thinking": word}));
            let signature = json!({"type": "signature_delta", "signature": block["signature"]});
            let empty = json!({"type": "thinking", "thinking": "", "signature": ""});
            (empty, deltas.chain([signature]).collect())
        }
        _ => {
            let input = block["input"].to_string();
            let mut empty = block.clone();
            empty["input"] = json!({});
            (
                empty,
                vec![json!({"type": "input_json_delta", "partial_json": input})],
            )
        }
    };
    let deltas: Vec<Value> = deltas;
    event(
        timeline,
        &json!({"type": "content_block_start", "index": number, "content_block": empty}),
    );
    let count = u32::try_from(deltas.len()).unwrap_or(u32::MAX).max(1);
    for delta in deltas {
        if delta["type"] != "input_json_delta" {
            timeline.wait(slow / count);
        }
        event(
            timeline,
            &json!({"type": "content_block_delta", "index": number, "delta": delta}),
        );
    }
    event(
        timeline,
        &json!({"type": "content_block_stop", "index": number}),
    );
}

fn event(timeline: &mut Timeline, data: &Value) {
    let name = data["type"].as_str().unwrap_or("error");
    timeline.push(format!("event: {name}\ndata: {data}\n\n"));
}
