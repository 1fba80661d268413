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
    /// Whether rows of the text are hidden above or below it.
    is_scrolled: bool,
    /// Its first row, and its last.
    pub(super) top: usize,
    bottom: usize,
}

const MARKERS: [char; 2] = ['›', '!'];

/// The rows below a text that fills the box: one, and that of the hints where there are none.
const ROWS_BELOW_FULL: usize = 2;

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
    let below = &lines[row + 1..];
    let gap = below.iter().position(String::is_empty)?;
    let bottom = row + gap;
    // A text that fills the box hides the line about the session. Menus that end with the row of
    // the cursor do not show it.
    let status = below[gap..].iter().find(|line| !line.is_empty());
    let is_full = screen.cursor_visible && lines.len() - 1 - bottom <= ROWS_BELOW_FULL;
    if status.is_none() && !is_full {
        return None;
    }
    // A list that was typed has one numbered row below the other, as menus have.
    let is_list = choice::choices(&lines[top..=bottom]).len() > 1;
    if is_list && (!screen.cursor_visible || status.is_some_and(|line| choice::is_footer(line))) {
        return None;
    }
    let hides =
        |row: usize, sign| is_full_row(&lines[row], screen.cols) && lines[row].ends_with(sign);
    // Below the row that tells what goes on there may be what went wrong with it.
    let mut above = lines[..top].iter().rev().filter(|line| !line.is_empty());
    let status = above.find(|line| !line.starts_with("  └"));
    let says =
        |text: &str| status.is_some_and(|line| line.starts_with(['•', '◦']) && line.contains(text));
    let is_shell = lines[top].starts_with('!');
    Some(Composer {
        empty: column == 2 && row == top && !is_shell && gap == 0,
        working: says(" • esc to interrupt)"),
        server_lost: says("Reconnecting to server"),
        is_scrolled: hides(top, '↑') || hides(bottom, '↓'),
        top,
        bottom,
    })
}

/// Whether a row reaches the last column but one.
fn is_full_row(line: &str, cols: u16) -> bool {
    line.chars().count() + 1 >= usize::from(cols)
}

/// What was typed, its rows as they are wrapped; `None` where not all of it can be seen. The `!`
/// of a shell begins the text.
pub(super) fn text(screen: ScreenText<'_>) -> Option<String> {
    let found = find(screen).filter(|found| !found.is_scrolled)?;
    if found.empty {
        return Some(String::new());
    }
    let mut rows = screen.lines[found.top..=found.bottom].iter();
    let first = rows.next()?;
    let text = match first.strip_prefix('›') {
        Some(text) => text.strip_prefix(' ').unwrap_or(text).to_owned(),
        None => first.replacen("! ", "!", 1),
    };
    Some(rows.fold(text, |text, row| {
        text + "\n" + row.strip_prefix("  ").unwrap_or(row)
    }))
}

/// The commands of the menu that stands above it, from the last to the first.
pub(super) fn commands(screen: ScreenText<'_>) -> Vec<String> {
    let Some(found) = find(screen) else {
        return Vec::new();
    };
    let above = screen.lines[..found.top].iter().rev();
    let menu = above.skip_while(|line| line.is_empty()).map_while(|line| {
        let option = line.strip_prefix("› ").or(line.strip_prefix("  "))?;
        let command = option.split_whitespace().next()?;
        option.starts_with('/').then(|| command.to_owned())
    });
    menu.collect()
}
