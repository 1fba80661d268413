//! When something that failed is tried again.

use std::time::Duration;

use tokio::time::Instant;

/// How long is waited the first time.
const FIRST: Duration = Duration::from_secs(1);

/// How long at most.
const LONGEST: Duration = Duration::from_mins(1);

/// The next try.
#[derive(Clone, Copy)]
pub(super) struct Retry {
    /// When that is.
    pub(super) at: Instant,
    /// How often it failed in a row.
    times: u32,
}

impl Retry {
    /// The try after a failed one: each time twice as long is waited.
    pub(super) fn after(last: Option<Self>) -> Self {
        let times = last.map_or(0, |last| last.times);
        let wait = FIRST.saturating_mul(2_u32.saturating_pow(times));
        Self {
            at: Instant::now() + wait.min(LONGEST),
            times: times.saturating_add(1),
        }
    }
}
