//! What an answer costs.

use serde_json::{Value, json};

use super::request::items;
use crate::tokens::written;

/// The usage of an answer with these output tokens, of which some were spent on reasoning. What
/// came since the last answer counts as new input, everything before it as read from the cache.
pub(super) fn usage(body: &Value, output: usize, reasoning: usize) -> Value {
    let items: Vec<&Value> = items(body).collect();
    let answered = items.iter().rposition(|item| is_answer(item));
    let (earlier, new) = items.split_at(answered.map_or(0, |last| last + 1));
    let sum = |items: &[&Value]| -> usize { items.iter().map(|item| written(item)).sum() };
    let cached = written(&body["instructions"]) + written(&body["tools"]) + sum(earlier);
    let input = cached + sum(new);
    json!({
        "input_tokens": input,
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": reasoning},
        "total_tokens": input + output,
    })
}

fn is_answer(item: &Value) -> bool {
    item["role"] == "assistant"
        || matches!(
            item["type"].as_str(),
            Some("function_call" | "custom_tool_call" | "reasoning" | "compaction")
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tokens;

    #[test]
    fn what_was_answered_before_is_read_from_the_cache() {
        let body = json!({
            "instructions": "123456",
            "input": ["1234567890", {"role": "assistant"}, "12", "3456"],
        });
        let usage = usage(&body, 7, 3);
        let cached = 2 + 3 + tokens(r#"{"role":"assistant"}"#);
        assert_eq!(usage["input_tokens_details"]["cached_tokens"], cached);
        assert_eq!(usage["input_tokens"], cached + 1 + 2);
        assert_eq!(usage["output_tokens_details"]["reasoning_tokens"], 3);
        assert_eq!(usage["total_tokens"], cached + 3 + 7);
    }
}
