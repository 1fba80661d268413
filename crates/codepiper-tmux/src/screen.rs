use std::num::NonZeroU16;

use bytes::Bytes;

use crate::ansi;

/// What a terminal shows, kept up to date from the bytes its program writes.
pub struct Screen {
    parser: vt100::Parser<Titles>,
}

/// What a terminal shows, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScreenView {
    /// The rows from top to bottom, without trailing blanks.
    pub lines: Vec<String>,
    /// The title the program gave its window.
    pub title: String,
    /// Column and row of the cursor, from 0.
    pub cursor: (u16, u16),
    /// Whether the cursor is shown.
    pub cursor_visible: bool,
    /// Columns and rows.
    pub size: (u16, u16),
    /// Whether the program takes pastes as such.
    pub bracketed_paste: bool,
}

/// Bytes that make any terminal of the same size show the same screen.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The offset at which the stream of output goes on.
    pub offset: u64,
    /// Columns.
    pub cols: u16,
    /// Rows.
    pub rows: u16,
    /// The bytes.
    pub bytes: Bytes,
}

#[derive(Default)]
struct Titles {
    title: String,
}

impl vt100::Callbacks for Titles {
    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.title = String::from_utf8_lossy(title).into_owned();
    }
}

impl Screen {
    /// An empty screen.
    pub fn new(cols: u16, rows: u16) -> Self {
        let (cols, rows) = (at_least_one(cols), at_least_one(rows));
        // Scrollback stays in tmux: here it would cost megabytes per session.
        Self {
            parser: vt100::Parser::new_with_callbacks(rows, cols, 0, Titles::default()),
        }
    }

    /// Takes what the program wrote.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
    }

    /// Changes the size.
    pub fn resize(&mut self, cols: u16, rows: u16) {
        self.parser.set_size(at_least_one(rows), at_least_one(cols));
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        let (rows, cols) = self.parser.screen().size();
        (cols.get(), rows.get())
    }

    /// Names the window, where the title is known from elsewhere.
    pub fn set_title(&mut self, title: String) {
        self.parser.callbacks_mut().title = title;
    }

    /// The screen as text.
    pub fn view(&self) -> ScreenView {
        let screen = self.parser.screen();
        let (cols, rows) = self.size();
        let (row, col) = screen.cursor_position();
        ScreenView {
            lines: screen
                .rows(0, cols)
                .map(|line| line.trim_end().to_owned())
                .collect(),
            title: self.parser.callbacks().title.clone(),
            cursor: (col, row),
            cursor_visible: !screen.hide_cursor(),
            size: (cols, rows),
            bracketed_paste: screen.bracketed_paste(),
        }
    }

    /// The rows with their colours, each ended by a newline, without the blank ones at the end.
    /// Colours are the only escape sequences in it.
    pub fn ansi(&self) -> String {
        ansi::rows(self.parser.screen())
    }

    /// Bytes that reproduce the screen, its modes and its cursor in a terminal of the same size.
    pub fn state(&self) -> Bytes {
        let screen = self.parser.screen();
        // The crate leaves the choice of the screen out.
        let choice = if screen.alternate_screen() {
            "\x1b[?1049h"
        } else {
            "\x1b[?1049l"
        };
        format!("{choice}{}", screen.state_formatted())
            .into_bytes()
            .into()
    }
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen")
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}

fn at_least_one(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).unwrap_or(NonZeroU16::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_shows_the_same_in_another_terminal() {
        let mut screen = Screen::new(20, 5);
        screen.feed(
            "\x1b]0;a title\x07\x1b[?2004h\x1b[?1049h\x1b[31mred é 🎉\r\n\x1b[4;3Hx".as_bytes(),
        );
        let mut other = Screen::new(20, 5);
        other.feed(&screen.state());
        other.set_title("a title".into());
        assert_eq!(other.view(), screen.view());
        assert_eq!(other.state(), screen.state());
        assert_eq!(screen.view().lines[0], "red é 🎉");
        assert_eq!(screen.view().cursor, (3, 3));
        assert!(screen.view().bracketed_paste);
    }
}
