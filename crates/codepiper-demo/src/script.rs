//! A prompt as a script: one directive a line. Pure.

use std::time::Duration;

/// What the demo agent does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Say(String),
    Run(String),
    Write(String),
    Ask(String),
    Quote(String),
    Slow(Duration),
    Fail,
    Exit(u8),
    /// A prompt without directives: answered by quoting this line.
    Reply(String),
}

/// The steps of a prompt. Lines beside directives are remarks and ignored; a directive that makes
/// no sense is said to make none.
pub(crate) fn parse(prompt: &str) -> Vec<Step> {
    let steps: Vec<Step> = prompt.lines().filter_map(directive).collect();
    if steps.is_empty() {
        let first = prompt.trim().lines().next().unwrap_or_default();
        return vec![Step::Reply(first.trim_end().to_owned())];
    }
    steps
}

fn directive(line: &str) -> Option<Step> {
    let line = line.trim();
    if line == "FAIL" {
        return Some(Step::Fail);
    }
    let (name, rest) = line.split_once(':')?;
    let rest = rest.trim();
    let step: fn(&str) -> Option<Step> = match name {
        "SAY" => |text| Some(Step::Say(text.into())),
        "RUN" => |text| Some(Step::Run(text.into())),
        "WRITE" => |text| Some(Step::Write(text.into())),
        "ASK" => |text| Some(Step::Ask(text.into())),
        "QUOTE" => |text| Some(Step::Quote(text.into())),
        "SLOW" => |text| Some(Step::Slow(Duration::from_millis(text.parse().ok()?))),
        "EXIT" => |text| Some(Step::Exit(text.parse().ok()?)),
        _ => return None,
    };
    let wants = match name {
        "SLOW" => "a number of milliseconds",
        "EXIT" => "an exit code from 0 to 255",
        _ => "a text",
    };
    let complaint = || Step::Say(format!("{name} wants {wants}, not `{rest}`."));
    Some(
        Some(rest)
            .filter(|rest| !rest.is_empty())
            .and_then(step)
            .unwrap_or_else(complaint),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_read_in_order_and_remarks_ignored() {
        let script = "please play\n\n SAY: a: b \nRUN:ls -l\nWRITE: x.txt\nASK: Which?\nQUOTE: y.txt\nSLOW: 20\nFAIL\nEXIT: 3\nthanks";
        assert_eq!(
            parse(script),
            [
                Step::Say("a: b".into()),
                Step::Run("ls -l".into()),
                Step::Write("x.txt".into()),
                Step::Ask("Which?".into()),
                Step::Quote("y.txt".into()),
                Step::Slow(Duration::from_millis(20)),
                Step::Fail,
                Step::Exit(3),
            ]
        );
    }

    #[test]
    fn a_prompt_without_directives_is_answered() {
        for (prompt, first) in [
            ("hello", "hello"),
            ("\n  hi there \nmore", "hi there"),
            ("say: x", "say: x"),
            ("FAILED", "FAILED"),
        ] {
            assert_eq!(parse(prompt), [Step::Reply(first.into())], "{prompt:?}");
        }
    }

    #[test]
    fn nonsense_is_said_to_be_nonsense() {
        let said = |text: &str| vec![Step::Say(text.into())];
        assert_eq!(
            parse("SLOW: soon"),
            said("SLOW wants a number of milliseconds, not `soon`.")
        );
        assert_eq!(
            parse("EXIT: 256"),
            said("EXIT wants an exit code from 0 to 255, not `256`.")
        );
        assert_eq!(parse("RUN:"), said("RUN wants a text, not ``."));
    }
}
