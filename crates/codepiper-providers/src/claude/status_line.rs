//! The status line of Claude Code: what the program that draws it is told on standard input.

use std::path::Path;

use codepiper_model::{ContextUse, RateLimit, StatusLine, Timestamp};
use serde_json::{Value, json};

/// The times that limits are told of, with their minutes.
const LIMITS: [(&str, u64); 2] = [("five_hour", 5 * 60), ("seven_day", 7 * 24 * 60)];

/// The `statusLine` of a settings file: our program. The agent merges it with the person's own, of
/// which all but the command stays.
pub(super) fn setting(program: &Path) -> Value {
    let program = program.display().to_string().replace('\'', r"'\''");
    json!({ "type": "command", "command": format!("'{program}' status-line") })
}

/// What of it is worth knowing.
pub(super) fn read(data: &Value) -> StatusLine {
    let context = &data["context_window"];
    let window = context["context_window_size"].as_u64();
    let count = |key: &str| context[key].as_u64();
    let tokens = count("total_input_tokens").zip(count("total_output_tokens"));
    let limit = |(name, window_minutes): (&str, u64)| {
        let told = &data["rate_limits"][name];
        Some(RateLimit {
            window_minutes,
            used_percent: amount(&told["used_percentage"])?,
            resets_at: told["resets_at"].as_i64().and_then(Timestamp::from_seconds),
        })
    };
    StatusLine {
        context: window.map(|window| ContextUse {
            // There is none before the first answer.
            used_percent: amount(&context["used_percentage"]).unwrap_or(0.0),
            tokens: tokens.map(|(read, written)| read.saturating_add(written)),
            window: Some(window),
        }),
        cost_usd: amount(&data["cost"]["total_cost_usd"]),
        limits: LIMITS.into_iter().filter_map(limit).collect(),
    }
}

fn amount(value: &Value) -> Option<f64> {
    value.as_f64().filter(|amount| (0.0..1e9).contains(amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_cost_and_limits_are_read_and_nonsense_is_not() {
        // As 2.1.197 writes it, with the limits of a subscription.
        let data = json!({
            "session_id": "7bec8ac5", "version": "2.1.197",
            "cost": { "total_cost_usd": 0.25, "total_duration_ms": 9 },
            "context_window": {
                "total_input_tokens": 40_000, "total_output_tokens": 6_000,
                "context_window_size": 200_000, "used_percentage": 23,
            },
            "rate_limits": { "seven_day": { "used_percentage": 12.5, "resets_at": 1_764_000_000 } },
        });
        let read_line = read(&data);
        assert_eq!(
            read_line.context,
            Some(ContextUse {
                used_percent: 23.0,
                tokens: Some(46_000),
                window: Some(200_000)
            })
        );
        assert_eq!(read_line.cost_usd, Some(0.25));
        assert_eq!(
            read_line.limits,
            [RateLimit {
                window_minutes: 10_080,
                used_percent: 12.5,
                resets_at: Some(Timestamp::from_millis(1_764_000_000_000)),
            }]
        );
        for nonsense in [
            json!({}),
            json!([1]),
            json!({ "cost": { "total_cost_usd": -1 }, "rate_limits": { "five_hour": 7 },
                "context_window": { "context_window_size": "x" } }),
        ] {
            assert_eq!(read(&nonsense), StatusLine::default(), "{nonsense}");
        }
    }
}
