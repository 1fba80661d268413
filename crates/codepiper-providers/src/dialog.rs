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

/// Finds the choice under the cursor: agents park it, hidden, on the option that is marked with
/// `❯`. What they quote in their prose cannot move it there.
pub(crate) fn find(screen: ScreenText<'_>) -> Option<Dialog<'_>> {
    let (column, row) = screen.cursor;
    let marked = usize::from(row);
    if column > 2 || !is_marked_option(screen.lines.get(marked)?) {
        return None;
    }
    // The head begins behind the last full rule above, or with the screen.
    let head = screen.lines[..marked]
        .iter()
        .rposition(|line| line.starts_with("──────────"))
        .unwrap_or(0);
    Some(Dialog {
        lines: &screen.lines[head..],
    })
}

/// ` ❯ 2. No`
fn is_marked_option(line: &str) -> bool {
    let number = line
        .trim_start()
        .strip_prefix("❯ ")
        .and_then(|text| text.split_once(". "));
    number.is_some_and(|(number, _)| number.parse::<u8>().is_ok())
}
