//! What Claude Code makes of `/model NAME`.

use crate::{ModelSwitch, ScreenText, dialog};

/// Reads the answer to the latest `/model NAME` on the screen; `None` as long as there is none.
pub(super) fn read(screen: ScreenText<'_>, name: &str) -> Option<ModelSwitch> {
    let lines = screen.lines;
    let command = format!("❯ /model {name}");
    let asked = lines.iter().rposition(|line| line.trim_end() == command)?;
    if dialog::find(screen).is_some_and(|dialog| dialog.says("Switch model?")) {
        return lines[asked..]
            .iter()
            .find_map(|line| yes(line))
            .map(ModelSwitch::Asks);
    }
    let said = lines[asked..]
        .iter()
        .find_map(|line| line.trim_start().strip_prefix('⎿'))?
        .trim();
    Some(match said.strip_prefix("Set model to ") {
        Some(model) => {
            let end = model
                .find(" and saved")
                .or_else(|| model.find(" for this session"));
            ModelSwitch::Done(model[..end.unwrap_or(model.len())].to_owned())
        }
        None => ModelSwitch::Refused(said.to_owned()),
    })
}

/// The number of the option that says yes, where this line is that.
fn yes(line: &str) -> Option<char> {
    let option = line.trim_start_matches(['❯', ' ']);
    let (number, text) = option.split_once(". ")?;
    let key = number
        .chars()
        .next()
        .filter(|c| number.len() == 1 && c.is_ascii_digit())?;
    text.starts_with("Yes, switch").then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_lines(text: &str) -> Option<ModelSwitch> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let screen = ScreenText {
            lines: &lines,
            title: "✳ Claude Code",
            cursor: (2, 7),
            cursor_visible: true,
            cols: 60,
        };
        read(screen, "haiku")
    }

    // As 2.1.197 shows it.
    const DIALOG: &str = "
❯ /model haiku

────────────────────────────────────────────────────────────
  Switch model?
  Your next response will be slower and use more tokens

  ❯ 1. Yes, switch to Haiku 4.5
    2. No, go back
";

    #[test]
    fn it_asks_in_a_conversation_that_has_begun() {
        assert_eq!(read_lines(DIALOG), Some(ModelSwitch::Asks('1')));
    }

    #[test]
    fn what_it_says_at_the_end_counts() {
        let done = "❯ /model haiku\n  ⎿  Set model to Haiku 4.5 and saved as your default for new sessions";
        assert_eq!(
            read_lines(done),
            Some(ModelSwitch::Done("Haiku 4.5".to_owned()))
        );
        let kept = "❯ /model haiku\n  ⎿  Kept model as Opus 4.8";
        assert_eq!(
            read_lines(kept),
            Some(ModelSwitch::Refused("Kept model as Opus 4.8".to_owned()))
        );
    }

    #[test]
    fn what_was_said_of_an_earlier_command_does_not() {
        let earlier = "❯ /model opus\n  ⎿  Set model to Opus 4.8\n\n❯ /model haiku\n";
        assert_eq!(read_lines(earlier), None);
        assert_eq!(
            read_lines("❯ /model haiku-9\n  ⎿  Set model to Haiku 9"),
            None
        );
    }
}
