use crate::ScreenText;

/// The place at the bottom of an agent's screen where prompts are typed: between two rules that
/// span the terminal from its first column. What an agent says is indented, so a rule in its
/// prose is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PromptBox {
    /// Whether nothing was typed. A hint in grey is no text: the cursor stands before it.
    pub(crate) empty: bool,
    /// The row of its upper rule: what stands above is the conversation.
    pub(crate) top: usize,
    /// The row of its lower rule.
    pub(crate) bottom: usize,
}

/// How many rows stand below a box at most, that is taller than the screen.
const HINTS_MAX: usize = 3;

/// Finds the lowest box whose first row begins with one of `markers`.
pub(crate) fn find(screen: ScreenText<'_>, markers: &[char]) -> Option<PromptBox> {
    let lines = screen.lines;
    let bottom = lines.iter().rposition(|line| is_rule(line, screen.cols))?;
    let top = lines[..bottom]
        .iter()
        .rposition(|line| is_rule(line, screen.cols))?;
    let first = lines.get(top + 1).filter(|_| top + 1 < bottom)?;
    let rest = first.strip_prefix(markers)?;
    // Both "❯ " and "❯\u{a0}" occur.
    let typed = rest.trim_matches([' ', '\u{a0}']);
    let (column, row) = screen.cursor;
    let at_start = column <= 2 && usize::from(row) == top + 1;
    Some(PromptBox {
        empty: bottom == top + 2 && (typed.is_empty() || at_start),
        top,
        bottom,
    })
}

/// Whether a box is up that is taller than the screen: its lower rule ends rows that are all
/// indented as the further rows of a text are, with the cursor behind one of them.
pub(crate) fn is_cut_off(screen: ScreenText<'_>) -> bool {
    let lines = screen.lines;
    let (column, row) = (screen.cursor.0, usize::from(screen.cursor.1));
    let Some(bottom) = lines.iter().position(|line| is_rule(line, screen.cols)) else {
        return false;
    };
    let below_are_hints = lines.len() - bottom <= HINTS_MAX + 1;
    let is_row = |line: &String| line.is_empty() || line.starts_with("  ");
    column > 2 && row < bottom && below_are_hints && lines[..bottom].iter().all(is_row)
}

/// What was typed into the lowest box, its rows as they are wrapped. A marker other than the first,
/// which stands for nothing, begins the text.
pub(crate) fn text(screen: ScreenText<'_>, markers: &[char]) -> Option<String> {
    let found = find(screen, markers)?;
    if found.empty {
        return Some(String::new());
    }
    let mut rows = screen.lines[found.top + 1..].iter();
    let first = rows.next()?;
    let marker = first.chars().next()?;
    let rest = first[marker.len_utf8()..].strip_prefix([' ', '\u{a0}']);
    let mut text = String::new();
    if markers.first() != Some(&marker) {
        text.push(marker);
    }
    text.push_str(rest.unwrap_or_default());
    for row in rows.take_while(|row| !is_rule(row, screen.cols)) {
        text.push('\n');
        text.push_str(row.strip_prefix("  ").unwrap_or(row));
    }
    Some(text)
}

/// A row that is drawn across the whole terminal. It may carry a label near its end.
fn is_rule(line: &str, cols: u16) -> bool {
    let drawn = line.chars().take_while(|c| *c == '─').count();
    drawn * 2 > usize::from(cols) && line.chars().count() >= usize::from(cols).saturating_sub(1)
}
