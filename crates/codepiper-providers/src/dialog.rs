use crate::ScreenText;

/// A numbered choice that an agent waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dialog<'a> {
    /// The rows from the last one that can belong to the dialog's head to the end.
    pub(crate) lines: &'a [String],
}

impl Dialog<'_> {
    /// Whether `text` stands in the dialog.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.lines.iter().any(|line| line.contains(text))
    }
}

/// Finds the choice at the end of the screen: numbered options, one of them marked with `❯`.
/// Only to be asked when there is no prompt box: agents draw one or the other, and a dialog that
/// is quoted in prose stands above a box.
pub(crate) fn find(screen: ScreenText<'_>) -> Option<Dialog<'_>> {
    let marked = screen
        .lines
        .iter()
        .rposition(|line| option_number(line, true).is_some())?;
    let neighbours = || {
        screen
            .lines
            .iter()
            .enumerate()
            .filter(|(i, _)| i.abs_diff(marked) < 12)
    };
    neighbours().find(|(_, line)| option_number(line, false).is_some())?;
    // The head begins behind the last full rule above, or with the screen.
    let head = screen.lines[..marked]
        .iter()
        .rposition(|line| line.starts_with("──────────"))
        .unwrap_or(0);
    Some(Dialog {
        lines: &screen.lines[head..],
    })
}

/// The number of an option: ` ❯ 2. No` marked, `   3. No` unmarked.
fn option_number(line: &str, marked: bool) -> Option<u32> {
    let mut text = line.trim_start();
    if marked {
        text = text.strip_prefix('❯')?.trim_start();
    }
    let (number, rest) = text.split_once('.')?;
    let number = number.parse().ok()?;
    rest.starts_with(' ').then_some(number)
}
