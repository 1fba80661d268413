//! Ids and times. The one place that asks the system for either; everything else is handed a
//! [`Stamper`], so tests can know what they will see.

use jiff::Timestamp;
use uuid::Uuid;

/// A fresh id and the time it was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
}

/// Where stamps come from.
pub(crate) type Stamper = fn() -> Stamp;

impl Stamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge at which this program learns the time"
    )]
    pub(crate) fn now() -> Self {
        Self {
            id: Uuid::new_v4(),
            at: Timestamp::now(),
        }
    }

    /// RFC 3339 in UTC with milliseconds, as in Claude's transcripts.
    pub(crate) fn time(&self) -> String {
        self.at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    }

    /// The id without hyphens: the tail of `msg_…` and `toolu_…`.
    pub(crate) fn word(&self) -> String {
        self.id.simple().to_string()
    }
}
