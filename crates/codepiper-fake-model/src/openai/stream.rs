//! An answer as server-sent events, in the order in which the real API sends them.

use std::time::Duration;

use serde_json::{Value, json};

use super::answer::{Answer, said};
use super::failure;
use crate::pace::Timeline;
use crate::script::{Step, words};

pub(super) fn stream(answer: &Answer<'_>, timeline: &mut Timeline) {
    let begun = answer.response("in_progress", &[]);
    let mut events = Events { timeline, sent: 0 };
    events.send(json!({"type": "response.created", "response": begun}));
    let mut number = 0;
    for (index, step) in answer.script.steps.iter().enumerate() {
        match step {
            Step::Wait(silence) => events.timeline.wait(*silence),
            Step::Fail(why) => {
                let mut failed = answer.response("failed", &[]);
                failed["error"] = failure::body(*why);
                events.send(json!({"type": "response.failed", "response": failed}));
                return;
            }
            Step::Say(_) | Step::Think(_) | Step::Use(_) => {
                let Some(item) = answer.item(index, step) else {
                    continue;
                };
                events.item(number, &item, answer.script.slow);
                number += 1;
            }
        }
    }
    let document = answer.document();
    let usage = document["usage"].clone();
    events.send(json!({"type": "response.completed", "response": document}));
    events.timeline.cost(usage);
}

struct Events<'a> {
    timeline: &'a mut Timeline,
    sent: usize,
}

impl Events<'_> {
    fn send(&mut self, mut event: Value) {
        event["sequence_number"] = self.sent.into();
        self.sent += 1;
        let name = event["type"].as_str().unwrap_or_default();
        self.timeline
            .push(format!("event: {name}\ndata: {event}\n\n"));
    }

    fn item(&mut self, number: usize, item: &Value, slow: Duration) {
        match item["type"].as_str() {
            Some("message") => {
                let [part, text] = ["content_part", "output_text"];
                self.spoken(number, item, slow, "content", [part, text]);
            }
            Some("reasoning") => {
                let [part, text] = ["reasoning_summary_part", "reasoning_summary_text"];
                self.spoken(number, item, slow, "summary", [part, text]);
            }
            Some("function_call") => {
                self.called(number, item, "arguments", "function_call_arguments");
            }
            Some("compaction") => {
                let place = json!({"output_index": number, "item_id": item["id"]});
                self.of(&place, "output_item.added", "item", item);
                self.of(&place, "output_item.done", "item", item);
            }
            _ => self.called(number, item, "input", "custom_tool_call_input"),
        }
    }

    /// A text, word by word: the only part in `field` of the item.
    fn spoken(
        &mut self,
        number: usize,
        item: &Value,
        slow: Duration,
        field: &str,
        [part, text]: [&str; 2],
    ) {
        let index = format!("{field}_index");
        let mut place = json!({"output_index": number, "item_id": item["id"]});
        let mut begun = item.clone();
        begun[field] = json!([]);
        self.of(&place, "output_item.added", "item", &begun);
        place[index] = 0.into();
        let whole = &item[field][0];
        let mut empty = whole.clone();
        empty["text"] = "".into();
        self.of(&place, &format!("{part}.added"), "part", &empty);
        let words: Vec<&str> = words(said(item)).collect();
        let count = u32::try_from(words.len()).unwrap_or(u32::MAX).max(1);
        for word in words {
            self.timeline.wait(slow / count);
            self.of(&place, &format!("{text}.delta"), "delta", &word.into());
        }
        self.of(&place, &format!("{text}.done"), "text", &whole["text"]);
        self.of(&place, &format!("{part}.done"), "part", whole);
        self.of(&place, "output_item.done", "item", item);
    }

    /// A call of a tool, whose input comes at once.
    fn called(&mut self, number: usize, item: &Value, field: &str, kind: &str) {
        let place = json!({"output_index": number, "item_id": item["id"]});
        let mut begun = item.clone();
        begun[field] = "".into();
        self.of(&place, "output_item.added", "item", &begun);
        self.of(&place, &format!("{kind}.delta"), "delta", &item[field]);
        self.of(&place, &format!("{kind}.done"), field, &item[field]);
        self.of(&place, "output_item.done", "item", item);
    }

    fn of(&mut self, place: &Value, kind: &str, field: &str, value: &Value) {
        let mut event = place.clone();
        event["type"] = format!("response.{kind}").into();
        event[field] = value.clone();
        self.send(event);
    }
}
