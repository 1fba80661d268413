use super::choice;
use crate::ScreenText;

/// The place at the bottom where prompts are typed: behind a `›`, or a `!` where they go to a
/// shell, with a line about the session below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Composer {
    /// Whether nothing was typed. A hint in grey is no text: the cursor stands before it.
    pub(super) empty: bool,
    /// Whether the row above it tells how to interrupt the turn.
    pub(super) working: bool,
    /// Whether the row above it tells that the app-server is gone.
    pub(super) server_lost: bool,
}

const MARKERS: [char; 2] = ['›', '!'];

/// Finds it under the cursor.
pub(super) fn find(screen: ScreenText<'_>) -> Option<Composer> {
    let lines = screen.lines;
    let (column, row) = (screen.cursor.0, usize::from(screen.cursor.1));
    if column < 2 || column >= screen.cols || row >= lines.len() {
        return None;
    }
    // Further rows of a text are indented by two columns.
    let top = lines[..=row]
        .iter()
        .rposition(|line| !line.is_empty() && !line.starts_with("  "))?;
    lines[top].strip_prefix(MARKERS)?;
    // Only menus end with the row of the cursor, or have one numbered row below the other.
    let below = &lines[row + 1..];
    let gap = below.iter().position(String::is_empty)?;
    let has_status = below[gap..].iter().any(|line| !line.is_empty());
    if !has_status || choice::choices(&lines[top..]).len() > 1 {
        return None;
    }
    let above = lines[..top].iter().rev().filter(|line| !line.is_empty());
    let status: Vec<&String> = above.take(2).collect();
    let says = |text: &str| status.iter().any(|line| line.contains(text));
    let is_shell = lines[top].starts_with('!');
    Some(Composer {
        empty: column == 2 && row == top && !is_shell && gap == 0,
        working: status
            .iter()
            .any(|line| line.starts_with(['•', '◦']) && line.contains(" • esc to interrupt)")),
        server_lost: says("Reconnecting to server"),
    })
}
