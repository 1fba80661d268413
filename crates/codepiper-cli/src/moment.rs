use codepiper_model::{Clock as _, SystemClock, Timestamp};

/// Reads a time: as it is written (`2026-11-23T10:00:00Z`), or how long ago it was (`30m`, `2h`, `7d`).
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    let time = match text.parse() {
        Ok(time) => Some(time),
        Err(_) => ago(text, SystemClock.now()),
    };
    time.ok_or_else(|| "say a time such as `2026-11-23T10:00:00Z`, or `30m`, `2h`, `7d`".to_owned())
}

/// Reads how long something takes, in milliseconds: `30m`, `12h`, `7d`, `8w`.
pub(crate) fn age(text: &str) -> Result<u64, String> {
    let age = millis(text).and_then(|millis| u64::try_from(millis).ok());
    age.ok_or_else(|| "say an age such as `12h`, `30d`, `8w`".to_owned())
}

fn ago(text: &str, now: Timestamp) -> Option<Timestamp> {
    let millis = now.as_millis() - millis(text)?;
    // Years before the first have no name.
    Timestamp::from_millis(millis).to_string().parse().ok()
}

fn millis(text: &str) -> Option<i64> {
    const SECOND: i64 = 1000;
    let unit = match text.chars().last()? {
        's' => SECOND,
        'm' => 60 * SECOND,
        'h' => 3600 * SECOND,
        'd' => 86_400 * SECOND,
        'w' => 7 * 86_400 * SECOND,
        _ => return None,
    };
    let count: u32 = text[..text.len() - 1].parse().ok()?;
    Some(i64::from(count) * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_ago_is_a_time() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        for (text, time) in [
            ("30m", "2026-11-23T09:30:00.000Z"),
            ("2h", "2026-11-23T08:00:00.000Z"),
            ("7d", "2026-11-16T10:00:00.000Z"),
            ("0s", "2026-11-23T10:00:00.000Z"),
        ] {
            assert_eq!(
                ago(text, now).map(|it| it.to_string()),
                Some(time.to_owned())
            );
        }
        for wrong in [
            "",
            "d",
            "7",
            "7y",
            "-7d",
            "7 d",
            "4294967295w",
            "99999999999d",
            "1é",
        ] {
            assert_eq!(ago(wrong, now), None, "{wrong}");
        }
    }
}
