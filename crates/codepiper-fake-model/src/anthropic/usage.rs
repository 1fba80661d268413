//! What an answer costs.

use serde_json::{Value, json};

use crate::tokens::written;

/// The whole request, for `count_tokens`.
pub(super) fn counted(body: &Value) -> usize {
    written(&body["system"]) + written(&body["tools"]) + written(&body["messages"])
}

/// The usage of an answer with these output tokens. What came since the last answer counts as new
/// input, the messages up to it as written to the cache, the system prompt and the tools as read.
pub(super) fn usage(body: &Value, output_tokens: usize) -> Value {
    let messages = body["messages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let answered = messages
        .iter()
        .rposition(|message| message["role"] == "assistant");
    let (earlier, new) = messages.split_at(answered.map_or(0, |last| last + 1));
    let sum = |messages: &[Value]| messages.iter().map(written).sum::<usize>();
    let earlier = sum(earlier);
    json!({
        "input_tokens": sum(new),
        "cache_creation_input_tokens": earlier,
        "cache_read_input_tokens": written(&body["system"]) + written(&body["tools"]),
        "cache_creation": {"ephemeral_5m_input_tokens": earlier, "ephemeral_1h_input_tokens": 0},
        "output_tokens": output_tokens,
        "service_tier": "standard",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tokens;

    #[test]
    fn a_request_is_split_into_new_written_and_read() {
        let answer = json!({"role": "assistant"});
        let body =
            json!({"system": "123456", "messages": ["1234567890", answer.clone(), "12", "3456"]});
        let usage = usage(&body, 7);
        assert_eq!(usage["input_tokens"], 1 + 2);
        assert_eq!(
            usage["cache_creation_input_tokens"],
            3 + tokens(&answer.to_string())
        );
        assert_eq!(usage["cache_read_input_tokens"], 2);
        assert_eq!(usage["output_tokens"], 7);
    }
}
