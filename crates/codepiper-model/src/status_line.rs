use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Timestamp;

/// What an agent tells of its own state, as it would stand in its status line. What it does not tell
/// is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct StatusLine {
    /// How full the model's context is.
    pub context: Option<ContextUse>,
    /// What the agent's process has cost so far, by its own count; dollars.
    pub cost_usd: Option<f64>,
    /// How much is used of what the account may use, the shortest time first.
    #[schema(required)]
    pub limits: Vec<RateLimit>,
}

/// How full the context of a model is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContextUse {
    /// How much of it is used; percent.
    pub used_percent: f64,
    /// How many tokens that is.
    pub tokens: Option<u64>,
    /// How many tokens it holds.
    pub window: Option<u64>,
}

/// How much is used of what an account may use in a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RateLimit {
    /// The time; minutes.
    pub window_minutes: u64,
    /// How much is used; percent.
    pub used_percent: f64,
    /// When the time begins anew.
    pub resets_at: Option<Timestamp>,
}

impl StatusLine {
    /// With what is left out here as it was told before.
    #[must_use]
    pub fn after(mut self, earlier: &Self) -> Self {
        self.context = self.context.or(earlier.context);
        self.cost_usd = self.cost_usd.or(earlier.cost_usd);
        for limit in &earlier.limits {
            let minutes = limit.window_minutes;
            if !self.limits.iter().any(|it| it.window_minutes == minutes) {
                self.limits.push(*limit);
            }
        }
        self.limits.sort_by_key(|limit| limit.window_minutes);
        self
    }

    /// Whether a person would read the same: whole percents and cents.
    pub fn reads_like(&self, other: &Self) -> bool {
        let context = |it: &Self| it.context.map(|context| context.used_percent.round());
        let limits = |it: &Self| -> Vec<_> {
            let limit = |it: &RateLimit| (it.window_minutes, it.used_percent.round(), it.resets_at);
            it.limits.iter().map(limit).collect()
        };
        let cents = |it: &Self| it.cost_usd.map(|cost| (cost * 100.0).round());
        context(self) == context(other)
            && cents(self) == cents(other)
            && limits(self) == limits(other)
    }
}

/// For people, on one line.
impl fmt::Display for StatusLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        if let Some(context) = self.context {
            write!(f, "context {:.0}%", context.used_percent)?;
            between = " · ";
        }
        if let Some(cost) = self.cost_usd {
            write!(f, "{between}${cost:.2}")?;
            between = " · ";
        }
        for limit in &self.limits {
            write!(f, "{between}{limit}")?;
            between = " · ";
        }
        Ok(())
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HOUR: u64 = 60;
        const DAY: u64 = 24 * HOUR;
        let (minutes, percent) = (self.window_minutes, self.used_percent);
        if minutes > 0 && minutes.is_multiple_of(DAY) {
            write!(f, "{}d {percent:.0}%", minutes / DAY)
        } else if minutes > 0 && minutes.is_multiple_of(HOUR) {
            write!(f, "{}h {percent:.0}%", minutes / HOUR)
        } else {
            write!(f, "{minutes}min {percent:.0}%")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_stays_and_what_reads_alike_is_no_news() {
        let limit = |window_minutes, used_percent| RateLimit {
            window_minutes,
            used_percent,
            resets_at: None,
        };
        let context = |used_percent| {
            Some(ContextUse {
                used_percent,
                tokens: Some(1),
                window: None,
            })
        };
        let before = StatusLine {
            context: context(22.6),
            cost_usd: Some(0.126),
            limits: vec![limit(300, 40.0), limit(10_080, 12.0)],
        };
        assert_eq!(before.to_string(), "context 23% · $0.13 · 5h 40% · 7d 12%");
        let told = StatusLine {
            context: context(23.4),
            cost_usd: Some(0.131),
            ..StatusLine::default()
        };
        let now = told.after(&before);
        assert!(now.reads_like(&before));
        assert_eq!(now.limits, before.limits);
        let told = StatusLine {
            limits: vec![limit(300, 41.0)],
            ..StatusLine::default()
        };
        assert!(!told.after(&before).reads_like(&before));
    }
}
