//! One answer of the agent: content blocks that share a message id, as an API answer does.

use serde_json::{Value, json};

use crate::tool::Call;

/// What the agent said and asked for since it last got something to answer.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    blocks: Vec<Value>,
    /// The size of what is answered, and of the answer.
    input: usize,
    output: usize,
}

impl Answer {
    /// An answer to a text of this many bytes.
    pub(crate) fn to(bytes: usize) -> Self {
        Self {
            blocks: Vec::new(),
            input: bytes,
            output: 0,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    pub(crate) fn say(&mut self, text: &str) {
        self.output += text.len();
        self.blocks.push(json!({"type": "text", "text": text}));
    }

    pub(crate) fn call(&mut self, call: &Call) {
        self.output += call.input.to_string().len();
        let block =
            json!({"type": "tool_use", "id": call.id, "name": call.name, "input": call.input});
        self.blocks.push(block);
    }

    /// The messages of the transcript: one for each block, each with the whole usage.
    pub(crate) fn messages(self, id: &str, stop_reason: Option<&str>) -> Vec<Value> {
        let usage = json!({
            "input_tokens": tokens(self.input),
            "output_tokens": tokens(self.output),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        });
        let message = |block| {
            json!({
                "id": id,
                "type": "message",
                "role": "assistant",
                "model": "demo",
                "content": [block],
                "stop_reason": stop_reason,
                "usage": usage,
            })
        };
        self.blocks.into_iter().map(message).collect()
    }
}

/// There is no model to count tokens; four bytes each is the usual guess.
fn tokens(bytes: usize) -> usize {
    bytes.div_ceil(4).max(1)
}
