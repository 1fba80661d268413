//! Time zones and the days in them.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::Timestamp;

/// A time zone, in which days begin.
#[derive(Clone, Debug)]
pub struct Zone {
    zone: TimeZone,
    name: String,
}

/// A day in some time zone, counted from 1970-01-01.
pub type Day = i64;

/// Milliseconds of a quarter of an hour.
const QUARTER: i64 = 15 * 60 * 1000;

impl Zone {
    /// The zone of that name, such as `Europe/Berlin`.
    pub fn named(name: &str) -> Option<Self> {
        let zone = TimeZone::get(name).ok()?;
        Some(Self::of(zone))
    }

    /// The zone of this machine; UTC where that is not known.
    pub fn system() -> Self {
        Self::of(TimeZone::try_system().unwrap_or(TimeZone::UTC))
    }

    /// The zone without a history.
    pub fn utc() -> Self {
        Self::of(TimeZone::UTC)
    }

    fn of(zone: TimeZone) -> Self {
        let name = zone.iana_name().unwrap_or("UTC").to_owned();
        // What has no name cannot be asked for again; days would begin elsewhere after a restart.
        let zone = if zone.iana_name().is_some() {
            zone
        } else {
            TimeZone::UTC
        };
        Self { zone, name }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The day of a moment.
    pub fn day(&self, at: Timestamp) -> Day {
        let local = jiff::Timestamp::from_millisecond(at.as_millis())
            .map(|at| self.zone.to_datetime(at).date());
        local.map_or(0, number)
    }

    /// The hour of the day and the day of the week (0 is Monday) of a moment.
    pub fn hour_and_weekday(&self, at: Timestamp) -> (u8, u8) {
        let local = jiff::Timestamp::from_millisecond(at.as_millis())
            .map(|at| self.zone.to_datetime(at))
            .unwrap_or_default();
        let hour = u8::try_from(local.hour()).unwrap_or(0);
        let weekday = local.date().weekday().to_monday_zero_offset();
        (hour, u8::try_from(weekday).unwrap_or(0))
    }

    /// The first moment of a day; of one that no calendar reaches the first or the last of all.
    pub fn beginning(&self, day: Day) -> Timestamp {
        let midnight = date(day).map(|date| date.at(0, 0, 0, 0));
        let zoned = midnight.and_then(|midnight| self.zone.to_zoned(midnight).ok());
        let at = match zoned {
            Some(at) => at.timestamp(),
            None if day < 0 => jiff::Timestamp::MIN,
            None => jiff::Timestamp::MAX,
        };
        Timestamp::from_millis(at.as_millisecond())
    }
}

/// The quarter of an hour of a moment, counted from the Unix epoch. Every day of every zone begins
/// with one (those of today's rules).
pub const fn quarter(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(QUARTER)
}

/// When a quarter of an hour begins.
pub const fn quarter_begins(quarter: i64) -> Timestamp {
    Timestamp::from_millis(quarter.saturating_mul(QUARTER))
}

/// A day as people write it, `2026-11-23`.
pub fn date_text(day: Day) -> String {
    let end = if day < 0 { Date::MIN } else { Date::MAX };
    date(day).unwrap_or(end).to_string()
}

/// Reads a day as people write it.
pub fn day_of_text(text: &str) -> Option<Day> {
    text.parse::<Date>().ok().map(number)
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

fn number(date: Date) -> Day {
    let since = date.since(EPOCH);
    since.map_or(0, |span| i64::from(span.get_days()))
}

fn date(day: Day) -> Option<Date> {
    let span = jiff::Span::new().try_days(day).ok()?;
    EPOCH.checked_add(span).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_where_the_zone_says_also_when_the_clocks_change() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let day = |text: &str| date_text(berlin.day(text.parse().unwrap()));
        assert_eq!(day("2026-03-28T22:59:59Z"), "2026-03-28");
        assert_eq!(day("2026-03-28T23:00:00Z"), "2026-03-29");
        assert_eq!(day("2026-03-29T21:59:59Z"), "2026-03-29");
        assert_eq!(day("2026-03-29T22:00:00Z"), "2026-03-30");
        let day = day_of_text("2026-03-30").unwrap();
        assert_eq!(
            berlin.beginning(day).to_string(),
            "2026-03-29T22:00:00.000Z"
        );
        let nepal = Zone::named("Asia/Kathmandu").unwrap();
        assert_eq!(nepal.beginning(day).to_string(), "2026-03-29T18:15:00.000Z");
        assert_eq!(date_text(nepal.day(nepal.beginning(day))), "2026-03-30");
    }

    #[test]
    fn days_at_the_ends_of_the_calendar_keep_their_order() {
        let first = day_of_text("-009999-01-01").unwrap();
        let last = day_of_text("9999-12-31").unwrap();
        for name in ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"] {
            let zone = Zone::named(name).unwrap();
            let now = Timestamp::from_millis(1_795_402_800_120);
            for behind in [last, last + 1, Day::MAX] {
                assert!(zone.beginning(behind) > now, "{name} {behind}");
            }
            for before in [first, first - 1, Day::MIN] {
                assert!(zone.beginning(before) < now, "{name} {before}");
            }
        }
        assert_eq!(date_text(last + 1), "9999-12-31");
    }
}
