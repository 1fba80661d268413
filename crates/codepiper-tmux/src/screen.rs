use std::num::NonZeroU16;

use bytes::Bytes;

use crate::{Place, ansi};

/// What a terminal shows, kept up to date from the bytes its program writes.
pub struct Screen {
    parser: vt100::Parser<Titles>,
    clusters: Clusters,
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
    /// Where the stream of output goes on.
    pub place: Place,
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
            clusters: Clusters::default(),
        }
    }

    /// Takes what the program wrote.
    pub fn feed(&mut self, bytes: &[u8]) {
        let Self { parser, clusters } = self;
        clusters.narrow(bytes, |bytes| parser.process(bytes));
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
                .map(|line| restored(line.trim_end().to_owned()))
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
        restored(ansi::rows(self.parser.screen()))
    }

    /// Bytes that reproduce the screen, its modes and its cursor in a terminal of the same size.
    pub fn state(&self) -> Bytes {
        // The crate leaves the choice of the screen out.
        let choice = if self.parser.screen().alternate_screen() {
            "\x1b[?1049h"
        } else {
            "\x1b[?1049l"
        };
        format!("{choice}{}", self.drawn()).into_bytes().into()
    }

    /// The erased cells at the ends of rows whose ground is not the usual one: tmux does not tell.
    pub(crate) fn grounds(&self) -> String {
        ansi::grounds(self.parser.screen())
    }

    /// What the program made of the terminal beside what it shows: how keys reach it, what it draws
    /// with, and whether the cursor is seen.
    pub(crate) fn modes(&self) -> String {
        let screen = self.parser.screen();
        let cursor = if screen.hide_cursor() { "l" } else { "h" };
        let (modes, pen) = (screen.input_mode_formatted(), screen.attributes_formatted());
        format!("{modes}{pen}\x1b[?25{cursor}")
    }

    /// The same, where the choice between the two screens has been made.
    pub(crate) fn drawn(&self) -> String {
        restored(self.parser.screen().state_formatted())
    }
}

/// Gives what makes one sign of several characters the width that tmux gives it, which is what
/// agents draw for. The crate widens a sign at U+FE0F, and lets a character behind a joiner begin
/// a cell of its own: then what stands behind it is misplaced, or overwritten. So inside of the
/// crate both are characters without a width, from a plane in which none is in use.
#[derive(Default)]
struct Clusters {
    /// Whether the last character was a joiner.
    joined: bool,
    /// The beginning of a character whose end was not read yet.
    cut: Vec<u8>,
}

/// Joins the character before it and the one behind it.
const JOINER: char = '\u{200d}';
/// In place of U+FE0F.
const EMOJI_STYLE: char = '\u{e0fff}';

impl Clusters {
    fn narrow(&mut self, bytes: &[u8], mut process: impl FnMut(&[u8])) {
        let mut cut = std::mem::take(&mut self.cut);
        let bytes = if cut.is_empty() {
            bytes
        } else {
            cut.extend_from_slice(bytes);
            &cut
        };
        let (mut done, mut at) = (0, 0);
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let joined = std::mem::take(&mut self.joined);
            let (length, stand_in) = match *rest {
                [0xef, 0xb8, 0x8f, ..] => (3, Some([0xf3, 0xa0, 0xbf, 0xbf])),
                [0xe2, 0x80, 0x8d, ..] => {
                    self.joined = true;
                    (3, None)
                }
                // U+1F000 to U+1FBFF as U+E0000, U+2600 to U+27BF as U+E0C00.
                [0xf0, 0x9f, c @ 0x80..=0xaf, d @ 0x80..=0xbf, ..] if joined => {
                    (4, Some([0xf3, 0xa0, c, d]))
                }
                [0xe2, b @ 0x98..=0x9e, c @ 0x80..=0xbf, ..] if joined => {
                    (3, Some([0xf3, 0xa0, b + 0x18, c]))
                }
                [0xef | 0xe2] | [0xef, 0xb8] | [0xe2, 0x80 | 0x98..=0x9e] => {
                    (rest.len(), self.keep(rest, joined))
                }
                [0xf0] | [0xf0, 0x9f] | [0xf0, 0x9f, _] if joined => {
                    (rest.len(), self.keep(rest, joined))
                }
                _ => (1, None),
            };
            if stand_in.is_some() || !self.cut.is_empty() {
                process(&bytes[done..at]);
                done = at + length;
            }
            if let Some(stand_in) = stand_in {
                process(&stand_in);
            }
            at += length;
        }
        process(&bytes[done..]);
    }

    /// Puts what may be the beginning of such a character off until its end is there.
    fn keep(&mut self, beginning: &[u8], joined: bool) -> Option<[u8; 4]> {
        self.joined = joined;
        self.cut = beginning.to_vec();
        None
    }
}

/// The text as the program wrote it.
fn restored(text: String) -> String {
    // Stand-ins begin with this byte, and little else does.
    if !text.as_bytes().contains(&0xf3) {
        return text;
    }
    let mut joined = false;
    text.chars()
        .map(|c| {
            let was_joined = std::mem::replace(&mut joined, c == JOINER);
            let original = match u32::from(c) {
                _ if c == EMOJI_STYLE => 0xfe0f,
                c @ 0xe0000..=0xe0bff if was_joined => c - 0xe0000 + 0x1f000,
                c @ 0xe0c00..=0xe0dbf if was_joined => c - 0xe0c00 + 0x2600,
                c => c,
            };
            char::from_u32(original).unwrap_or(c)
        })
        .collect()
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

    /// The rows of `expected` are what tmux 3.3a shows, and where it leaves its cursor.
    #[test]
    fn signs_of_several_characters_are_as_wide_as_in_tmux() {
        for (written, expected, cursor) in [
            ("❤\u{fe0f}x", "❤\u{fe0f}x", 2),
            ("1\u{fe0f}\u{20e3}x", "1\u{fe0f}\u{20e3}x", 2),
            ("👩\u{200d}👩\u{200d}👧x", "👩\u{200d}👩\u{200d}👧x", 3),
            ("🤷\u{200d}♂\u{fe0f}x", "🤷\u{200d}♂\u{fe0f}x", 3),
            ("🏳\u{fe0f}\u{200d}🌈x", "🏳\u{fe0f}\u{200d}🌈x", 2),
            ("👩🏽\u{200d}💻x", "👩🏽\u{200d}💻x", 5),
            ("🏴\u{e0067}\u{e007f}x", "🏴\u{e0067}\u{e007f}x", 3),
            // Drawn as agents do it: to the column that the next sign should have.
            (
                "❤\u{fe0f}\x1b[1;4H👩\u{200d}👧\x1b[1;7Hx",
                "❤\u{fe0f}  👩\u{200d}👧 x",
                7,
            ),
        ] {
            let mut screen = Screen::new(20, 5);
            screen.feed(written.as_bytes());
            let view = screen.view();
            assert_eq!((view.lines[0].as_str(), view.cursor.0), (expected, cursor));
            assert_eq!(screen.ansi(), format!("{expected}\n"));

            let mut other = Screen::new(20, 5);
            for byte in written.as_bytes() {
                other.feed(std::slice::from_ref(byte));
            }
            assert_eq!(other.view(), view);
            let mut copy = Screen::new(20, 5);
            copy.feed(&screen.state());
            assert_eq!(copy.view(), view);
        }
    }
}
