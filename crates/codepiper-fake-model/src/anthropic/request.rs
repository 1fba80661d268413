//! What a request asks for: the prompt, the results that came since, and whether it is a turn.

use serde_json::Value;

use crate::recorder::Kind;

/// What a user message may hold beside what the user wrote.
const NOT_THE_PROMPT: [&str; 5] = [
    "<system-reminder>",
    "<local-command-",
    "<command-name>",
    "<command-message>",
    "[Request interrupted by user",
];

/// The last prompt, and the tool results that came after it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Turn {
    pub(super) prompt: String,
    pub(super) results: Vec<String>,
}

/// A turn offers tools. What comes without them (titles, summaries, probes) is for the agent
/// itself, and so is what asks for one token or for an answer in a given form.
pub(super) fn kind(body: &Value) -> Kind {
    let tools = body["tools"]
        .as_array()
        .is_some_and(|tools| !tools.is_empty());
    let probe = body["max_tokens"].as_u64().is_some_and(|limit| limit <= 1);
    let formed = !body["output_config"]["format"].is_null();
    if tools && !probe && !formed {
        Kind::Turn
    } else {
        Kind::Side
    }
}

pub(super) fn turn(body: &Value) -> Turn {
    let mut turn = Turn::default();
    let messages = body["messages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    for message in messages.iter().filter(|message| message["role"] == "user") {
        match &message["content"] {
            Value::String(text) => turn.text(text),
            Value::Array(blocks) => blocks.iter().for_each(|block| turn.block(block)),
            _ => {}
        }
    }
    turn
}

impl Turn {
    fn block(&mut self, block: &Value) {
        match block["type"].as_str() {
            Some("text") => self.text(block["text"].as_str().unwrap_or_default()),
            Some("tool_result") => self.results.push(text_of(&block["content"])),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let start = text.trim_start();
        if start.is_empty() || NOT_THE_PROMPT.iter().any(|mark| start.starts_with(mark)) {
            return;
        }
        text.clone_into(&mut self.prompt);
        self.results.clear();
    }
}

fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => {
            let texts: Vec<&str> = blocks
                .iter()
                .filter_map(|block| block["text"].as_str())
                .collect();
            texts.join("\n")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(text: &str) -> Value {
        json!({"type": "text", "text": text})
    }

    fn result(text: &str) -> Value {
        json!({"type": "tool_result", "tool_use_id": "t", "content": text})
    }

    fn expect(prompt: &str, results: &[&str]) -> Turn {
        let results = results.iter().map(|&result| result.to_owned()).collect();
        Turn {
            prompt: prompt.to_owned(),
            results,
        }
    }

    #[test]
    fn reminders_beside_the_prompt_are_not_the_prompt() {
        let content = json!([
            text("<system-reminder>\nbe brief"),
            text(" SAY: hi \n"),
            text("<system-reminder>x</system-reminder>")
        ]);
        let body = json!({"messages": [{"role": "user", "content": content}]});
        assert_eq!(turn(&body), expect(" SAY: hi \n", &[]));
    }

    #[test]
    fn results_count_from_the_last_prompt() {
        let body = json!({"messages": [
            {"role": "user", "content": "RUN: a"},
            {"role": "assistant", "content": []},
            {"role": "user", "content": [result("A"), text("[Request interrupted by user for tool use]"), text("RUN: b")]},
            {"role": "assistant", "content": []},
            {"role": "user", "content": [result("B1"), text("<system-reminder>r")]},
            {"role": "assistant", "content": []},
            {"role": "user", "content": [{"type": "tool_result", "content": [text("B2"), text("more")]}]},
        ]});
        assert_eq!(turn(&body), expect("RUN: b", &["B1", "B2\nmore"]));
    }

    #[test]
    fn only_a_request_with_tools_is_a_turn() {
        let tools = json!([{"name": "Bash"}]);
        let form = json!({"format": {"type": "json_schema"}});
        assert_eq!(
            kind(&json!({"max_tokens": 100, "tools": tools})),
            Kind::Turn
        );
        assert_eq!(kind(&json!({"max_tokens": 100, "tools": []})), Kind::Side);
        assert_eq!(kind(&json!({"max_tokens": 1, "tools": tools})), Kind::Side);
        let formed = json!({"max_tokens": 100, "tools": tools, "output_config": form});
        assert_eq!(kind(&formed), Kind::Side);
    }
}
