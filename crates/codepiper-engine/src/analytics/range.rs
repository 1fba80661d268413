//! The days that are asked for.

use std::str::FromStr;

use codepiper_model::zone::day_of_text;
use codepiper_model::{Day, Timestamp, Zone};

/// Days that are asked for, in whatever zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Range {
    /// The last so many days, today included.
    Last(u16),
    /// Every day there is.
    All,
    /// From the first to the last of these days.
    Between(Day, Day),
    /// The last week.
    #[default]
    Week,
}

/// A text that names no days.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a range is `today`, `7d`, `30d`, `all`, or two days such as `2026-11-01..2026-11-23`")]
pub struct RangeError;

impl FromStr for Range {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        match text {
            "today" => return Ok(Self::Last(1)),
            "all" => return Ok(Self::All),
            _ => {}
        }
        if let Some((from, to)) = text.split_once("..") {
            let days = day_of_text(from).zip(day_of_text(to));
            let days = days.filter(|(from, to)| from <= to);
            return days
                .map(|(from, to)| Self::Between(from, to))
                .ok_or(RangeError);
        }
        let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
        days.filter(|days| (1..=3660).contains(days))
            .map(Self::Last)
            .ok_or(RangeError)
    }
}

impl Range {
    /// The first and the last day, where `span` is of what there is.
    pub(super) fn days(
        self,
        zone: &Zone,
        now: Timestamp,
        span: Option<(Timestamp, Timestamp)>,
    ) -> (Day, Day) {
        let today = zone.day(now);
        match self {
            Self::Last(days) => (today - Day::from(days) + 1, today),
            Self::Week => (today - 6, today),
            Self::Between(from, to) => (from, to),
            Self::All => {
                let first = span.map_or(today, |(first, _)| zone.day(first));
                let last = span.map_or(today, |(_, last)| zone.day(last));
                (first.min(today), last.max(today))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_ends_today_and_has_so_many_days() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let now = "2026-11-22T23:30:00Z".parse().unwrap();
        let days = |text: &str| text.parse::<Range>().unwrap().days(&berlin, now, None);
        let day = |text| day_of_text(text).unwrap();
        assert_eq!(days("today"), (day("2026-11-23"), day("2026-11-23")));
        assert_eq!(days("7d"), (day("2026-11-17"), day("2026-11-23")));
        let given = days("2026-01-01..2026-02-01");
        assert_eq!(given, (day("2026-01-01"), day("2026-02-01")));
        for wrong in [
            "",
            "0d",
            "week",
            "2026-02-01..2026-01-01",
            "2026-02-30..2026-03-01",
            "..",
            "-1d",
        ] {
            assert!(wrong.parse::<Range>().is_err(), "{wrong}");
        }
    }
}
