//! What was used, in words for a person.

use codepiper_model::{Tokens, UsageCost};

/// The tokens of an answer and what they cost.
pub(crate) fn of(usage: &UsageCost) -> String {
    format!("{}, {}", tokens(&usage.tokens), price(usage.cost_usd))
}

/// What was read and written.
pub(crate) fn tokens(tokens: &Tokens) -> String {
    let cached = match tokens.cache_read {
        0 => String::new(),
        cached => format!(" ({} of it cached)", count(cached)),
    };
    let (read, written) = (count(tokens.read()), count(tokens.output));
    format!("{read} tokens in{cached}, {written} out")
}

/// Dollars, or that there is no price: which is not the same as nothing.
pub(crate) fn price(dollars: Option<f64>) -> String {
    match dollars {
        None => "no price".to_owned(),
        Some(dollars) if dollars != 0.0 && dollars < 1.0 => format!("${dollars:.4}"),
        Some(dollars) => format!("${dollars:.2}"),
    }
}

/// Dollars of the answers that have a price, and how many those are where others have none.
pub(crate) fn price_of(dollars: Option<f64>, answers: i64, unpriced: i64) -> String {
    let priced = answers - unpriced;
    match (answers, priced) {
        (0, _) => price(Some(0.0)),
        (_, 0) => price(None),
        _ if unpriced > 0 => format!("{} for {priced} of {answers} answers", price(dollars)),
        _ => price(dollars),
    }
}

/// A number with its thousands apart.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Milliseconds as people say them.
pub(crate) fn duration(millis: u64) -> String {
    let seconds = millis / 1000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0) => format!("{millis} ms"),
        (0, 0, seconds) => format!("{seconds}.{} s", millis % 1000 / 100),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{} h {minutes} min", count(hours)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_that_is_not_known_is_not_nothing() {
        assert_eq!(price_of(None, 3, 3), "no price");
        assert_eq!(
            price_of(Some(0.0123), 40, 28),
            "$0.0123 for 12 of 40 answers"
        );
        assert_eq!(price_of(Some(12.345), 2, 0), "$12.35");
        assert_eq!(price_of(None, 0, 0), "$0.00");
    }

    #[test]
    fn numbers_are_as_people_say_them() {
        let counts = [0, 999, 1000, 1_234_567].map(count);
        assert_eq!(counts, ["0", "999", "1,000", "1,234,567"]);
        let times = [0, 1500, 61_000, 3_660_000].map(duration);
        assert_eq!(times, ["0 ms", "1.5 s", "1 min 1 s", "1 h 1 min"]);
    }
}
