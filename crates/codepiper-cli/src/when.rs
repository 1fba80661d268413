//! Points in time on the command line.

use codepiper_model::{Clock as _, SystemClock, Timestamp};

/// `2026-11-23T10:00:00Z`, or how long ago: `90m`, `12h`, `7d`, `2w`.
pub(crate) fn parse(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let wrong = || "give an age such as `7d`, or a time as in `2026-11-23T10:00:00Z`".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let millis = match unit {
        's' => 1000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        'w' => 7 * 86_400_000,
        _ => return Err(wrong()),
    };
    let number = &text[..text.len() - 1];
    let number: u32 = number.parse().map_err(|_| wrong())?;
    let age = i64::from(number) * millis;
    let now = SystemClock.now().as_millis();
    Ok(Timestamp::from_millis(now - age))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_point_or_an_age() {
        let point = "2026-11-23T10:00:00.000Z";
        assert_eq!(parse(point).unwrap().to_string(), point);
        let day = SystemClock.now().millis_since(parse("1d").unwrap());
        assert!((86_400_000..86_460_000).contains(&day), "{day}");
        assert!(parse("2w").unwrap() < parse("90m").unwrap());
        for wrong in [
            "",
            "d",
            "7",
            "-1d",
            "1y",
            "7 d",
            "yesterday",
            "99999999999d",
            "1é",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
