use serde_json::Value;

/// Tokens. What was read from the cache is part of the input, reasoning of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// What the model read.
    pub input: u64,
    /// That part of it which was read from the cache.
    pub cached_input: u64,
    /// That part of it which was written to the cache.
    pub cache_write_input: u64,
    /// What the model wrote.
    pub output: u64,
    /// That part of it which was reasoning.
    pub reasoning_output: u64,
}

impl Tokens {
    /// Reads `tokenUsage` of the app-server.
    pub(super) fn read_camel(usage: &Value) -> Self {
        let count = |key: &str| usage[key].as_u64().unwrap_or_default();
        Self {
            input: count("inputTokens"),
            cached_input: count("cachedInputTokens"),
            cache_write_input: count("cacheWriteInputTokens"),
            output: count("outputTokens"),
            reasoning_output: count("reasoningOutputTokens"),
        }
    }

    /// Reads `token_usage` of hooks.
    pub(super) fn read_snake(usage: &Value) -> Self {
        let count = |key: &str| usage[key].as_u64().unwrap_or_default();
        Self {
            input: count("input_tokens"),
            cached_input: count("cached_input_tokens"),
            cache_write_input: count("cache_write_input_tokens"),
            output: count("output_tokens"),
            reasoning_output: count("reasoning_output_tokens"),
        }
    }
}
