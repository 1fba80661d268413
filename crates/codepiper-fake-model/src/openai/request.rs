//! What a request asks for: the prompt, the results that came since, and what the model may use.

use serde_json::Value;

use crate::recorder::Kind;

/// What a message of the user may hold that the user did not write.
const NOT_THE_PROMPT: [&str; 6] = [
    "<environment_context>",
    "<user_instructions>",
    "<turn_aborted>",
    "<user_shell_command>",
    "<skill",
    "# AGENTS.md instructions",
];

/// The last prompt, and the tool results that came after it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Turn {
    pub(super) prompt: String,
    pub(super) results: Vec<String>,
}

/// How the model may act.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Offer {
    /// There is a tool of its own for patches; otherwise they go through the shell.
    pub(super) patches: bool,
    /// There is one tool only, which runs JavaScript, and the others are functions there.
    pub(super) code: bool,
}

/// A turn offers tools. What comes without them, a summary say, is for the agent itself.
pub(super) fn kind(body: &Value) -> Kind {
    if tools(body).next().is_some() && !is_compaction(body) {
        Kind::Turn
    } else {
        Kind::Side
    }
}

/// Whether the conversation is to be replaced by a summary, which only the model can read.
pub(super) fn is_compaction(body: &Value) -> bool {
    let last = array(&body["input"]).last();
    last.is_some_and(|item| item["type"] == "compaction_trigger")
}

pub(super) fn offer(body: &Value) -> Offer {
    let has = |name: &str| tools(body).any(|tool| tool["name"] == name);
    Offer {
        patches: has("apply_patch"),
        code: has("exec") && !has("exec_command"),
    }
}

/// The namespace that holds the tool of this full name (`mcp__server__tool`), and its name there.
pub(super) fn namespace<'a>(body: &'a Value, name: &'a str) -> Option<(&'a str, &'a str)> {
    let mut spaces = tools(body).filter(|tool| tool["type"] == "namespace");
    spaces.find_map(|space| {
        let prefix = space["name"].as_str()?;
        let inner = name.strip_prefix(prefix)?.strip_prefix("__")?;
        let mut held = array(&space["tools"]).iter();
        held.any(|tool| tool["name"] == inner)
            .then_some((prefix, inner))
    })
}

/// Every tool, also those in a namespace and those that come as a part of the input.
fn tools(body: &Value) -> impl Iterator<Item = &Value> {
    let added = items(body).filter(|item| item["type"] == "additional_tools");
    let lists = std::iter::once(body).chain(added);
    let listed = lists.flat_map(|list| array(&list["tools"]));
    listed.flat_map(|tool| std::iter::once(tool).chain(array(&tool["tools"])))
}

pub(super) fn items(body: &Value) -> impl Iterator<Item = &Value> {
    array(&body["input"]).iter()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn turn(body: &Value) -> Turn {
    let mut turn = Turn::default();
    if let Some(text) = body["input"].as_str() {
        turn.text(text);
    }
    for item in items(body) {
        match item["type"].as_str().unwrap_or("message") {
            "message" if item["role"] == "user" => turn.text(&text_of(&item["content"])),
            "function_call_output" | "custom_tool_call_output" => {
                turn.results.push(output_of(&item["output"]));
            }
            _ => {}
        }
    }
    turn
}

impl Turn {
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
        Value::Array(parts) => {
            let texts: Vec<&str> = parts
                .iter()
                .filter_map(|part| part["text"].as_str())
                .collect();
            texts.join("\n")
        }
        _ => String::new(),
    }
}

/// Without the lines that Codex puts before what a command wrote.
fn output_of(output: &Value) -> String {
    let text = text_of(output);
    match text.split_once("\nOutput:\n") {
        Some((_, written)) => written.trim_start().to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(role: &str, text: &str) -> Value {
        json!({"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]})
    }

    #[test]
    fn results_count_from_the_last_prompt() {
        let body = json!({"input": [
            said("developer", "RUN: x"),
            said("user", "<environment_context>\n  <cwd>/p</cwd>"),
            said("user", "RUN: a"),
            {"type": "function_call", "call_id": "c"},
            {"type": "function_call_output", "call_id": "c", "output": "A"},
            said("user", "RUN: b"),
            said("user", "<turn_aborted>\nThe user interrupted"),
            {"type": "function_call_output", "call_id": "d",
             "output": "Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 0\nOutput:\nB1\nB2\n"},
            {"type": "custom_tool_call_output", "call_id": "e",
             "output": [{"type": "input_text", "text": "Script completed\nOutput:\n"},
                        {"type": "input_text", "text": "C"}]},
        ]});
        let expected = Turn {
            prompt: "RUN: b".to_owned(),
            results: vec!["B1\nB2\n".to_owned(), "C".to_owned()],
        };
        assert_eq!(turn(&body), expected);
    }

    #[test]
    fn a_tool_in_a_namespace_is_known_by_its_full_name() {
        let body = json!({"tools": [
            {"type": "function", "name": "mcp__echo__shout"},
            {"type": "namespace", "name": "mcp__echo", "tools": [{"name": "say"}]},
        ]});
        assert_eq!(
            namespace(&body, "mcp__echo__say"),
            Some(("mcp__echo", "say"))
        );
        assert_eq!(namespace(&body, "mcp__echo__shout"), None);
    }

    #[test]
    fn tools_are_found_wherever_they_stand() {
        let plain = json!({"tools": [{"name": "exec_command"}, {"name": "apply_patch"}]});
        let code = json!({"input": [{"type": "additional_tools", "tools": [
            {"type": "namespace", "name": "functions", "tools": [{"name": "exec"}, {"name": "wait"}]},
        ]}]});
        let expected = Offer {
            patches: true,
            code: false,
        };
        assert_eq!(offer(&plain), expected);
        let expected = Offer {
            patches: false,
            code: true,
        };
        assert_eq!(offer(&code), expected);
        assert_eq!([kind(&plain), kind(&code)], [Kind::Turn, Kind::Turn]);
        assert_eq!(kind(&json!({"tools": [], "input": "x"})), Kind::Side);
    }
}
