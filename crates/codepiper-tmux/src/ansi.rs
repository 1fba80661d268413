//! A screen as lines of text with colours, for whoever reads it without a terminal.

use std::fmt::Write as _;

use vt100::{Cell, Color};

/// The rows, each ended by a newline, without the blank ones at the end.
pub(crate) fn rows(screen: &vt100::Screen) -> String {
    let (rows, cols) = screen.size();
    let mut text = String::new();
    let mut kept = 0;
    for row in 0..rows.get() {
        let cells: Vec<&Cell> = (0..cols.get())
            .filter_map(|col| screen.cell(row, col))
            .collect();
        let is_shown = |cell: &&Cell| {
            cell.has_contents() && cell.contents() != " " || look(cell) != Look::default()
        };
        let width = cells.iter().rposition(is_shown).map_or(0, |last| last + 1);
        line(&mut text, &cells[..width]);
        if width > 0 {
            kept = text.len();
        }
    }
    text.truncate(kept);
    text
}

fn line(text: &mut String, cells: &[&Cell]) {
    let mut current = Look::default();
    for cell in cells.iter().filter(|cell| !cell.is_wide_continuation()) {
        let next = look(cell);
        if next != current {
            next.write(text);
            current = next;
        }
        text.push_str(if cell.has_contents() {
            cell.contents()
        } else {
            " "
        });
    }
    if current != Look::default() {
        text.push_str("\x1b[m");
    }
    text.push('\n');
}

/// Draws the ground of the erased cells behind the last text of each row.
pub(crate) fn grounds(screen: &vt100::Screen) -> String {
    let (rows, cols) = screen.size();
    let mut text = String::new();
    for row in 0..rows.get() {
        let erased = (0..cols.get()).rev().map_while(|col| {
            let cell = screen.cell(row, col)?;
            (!cell.has_contents()).then(|| (col, cell.bgcolor()))
        });
        let mut erased: Vec<_> = erased.collect();
        erased.reverse();
        erased.dedup_by_key(|(_, ground)| *ground);
        if erased.iter().all(|(_, ground)| *ground == Color::Default) {
            continue;
        }
        // Each goes on to the end of the row, up to where the next begins.
        for (col, ground) in erased {
            // Writing to a String cannot fail.
            let _ = write!(text, "\x1b[{};{}H\x1b[0", row + 1, col + 1);
            colour(&mut text, ground, 40);
            text.push_str("m\x1b[K");
        }
    }
    text.push_str("\x1b[m");
    text
}

/// How a cell is drawn.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    foreground: Color,
    background: Color,
    /// Bold, dim, italic, underlined, inverse: the SGR codes 1, 2, 3, 4, 7.
    styles: [bool; 5],
}

const STYLE_CODES: [u8; 5] = [1, 2, 3, 4, 7];

fn look(cell: &Cell) -> Look {
    Look {
        foreground: cell.fgcolor(),
        background: cell.bgcolor(),
        styles: [
            cell.bold(),
            cell.dim(),
            cell.italic(),
            cell.underline(),
            cell.inverse(),
        ],
    }
}

impl Look {
    fn write(self, text: &mut String) {
        text.push_str("\x1b[0");
        for (code, _) in STYLE_CODES.iter().zip(self.styles).filter(|(_, on)| *on) {
            let _ = write!(text, ";{code}");
        }
        colour(text, self.foreground, 30);
        colour(text, self.background, 40);
        text.push('m');
    }
}

/// `base` is 30 for what is drawn and 40 for what is behind it.
fn colour(text: &mut String, colour: Color, base: u8) {
    // Writing to a String cannot fail.
    let _ = match colour {
        Color::Default => Ok(()),
        Color::Idx(n @ 0..=7) => write!(text, ";{}", base + n),
        Color::Idx(n @ 8..=15) => write!(text, ";{}", base + 60 + n - 8),
        Color::Idx(n) => write!(text, ";{};5;{n}", base + 8),
        Color::Rgb(r, g, b) => write!(text, ";{};2;{r};{g};{b}", base + 8),
    };
}

#[cfg(test)]
mod tests {
    use crate::Screen;

    #[test]
    fn colours_are_the_only_escapes_and_blanks_are_blanks() {
        let mut screen = Screen::new(20, 4);
        screen.feed("a\x1b[10Gb \x1b[1;31mred\x1b[m\r\n\r\n\x1b[48;5;200m  \x1b[m漢".as_bytes());
        assert_eq!(
            screen.ansi(),
            "a        b \x1b[0;1;31mred\x1b[m\n\n\x1b[0;48;5;200m  \x1b[0m漢\n"
        );
    }
}
