use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Tokens of one answer, or of many; no token is in two of these but for `reasoning`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    /// What the model read that was in no cache and went into none.
    pub input: u64,
    /// What it wrote, its reasoning included.
    pub output: u64,
    /// What it read and put into the cache for five minutes.
    pub cache_write_5m: u64,
    /// What it read and put into the cache for an hour.
    pub cache_write_1h: u64,
    /// What it read from the cache.
    pub cache_read: u64,
    /// The part of `output` that was reasoning, where the agent tells.
    pub reasoning: u64,
}

impl Tokens {
    /// More than any answer has of one kind. What is above is a mistake, and sums have no room for it.
    pub const MOST: u64 = 1 << 40;

    /// Whether an answer can have cost that.
    pub const fn is_plausible(&self) -> bool {
        self.input <= Self::MOST
            && self.output <= Self::MOST
            && self.cache_write_5m <= Self::MOST
            && self.cache_write_1h <= Self::MOST
            && self.cache_read <= Self::MOST
            && self.reasoning <= Self::MOST
    }

    /// All that the model read and wrote.
    pub const fn total(&self) -> u64 {
        self.read().saturating_add(self.output)
    }

    /// All that the model read.
    pub const fn read(&self) -> u64 {
        self.input
            .saturating_add(self.cache_write_5m)
            .saturating_add(self.cache_write_1h)
            .saturating_add(self.cache_read)
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.total() == 0
    }
}
