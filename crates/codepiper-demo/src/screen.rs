//! The main screen: a conversation that is printed once and scrolls away, and below it a frame of a
//! few rows that is drawn again in place. Produces bytes; the device is `terminal`'s.
//!
//! The cursor is never positioned absolutely. The frame's first row is found by going up from where
//! the cursor was left, and after a resize by going up as many rows as the terminal made of them.

use std::fmt::Write as _;

use crate::line::Line;
use crate::terminal::Size;

/// What stands below the conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The window's title.
    pub(crate) title: String,
    /// At most as many rows as the terminal has; one of them holds the cursor.
    pub(crate) lines: Vec<Line>,
    pub(crate) cursor_shown: bool,
}

/// What the terminal shows, as far as we put it there.
pub(crate) struct Screen {
    size: Size,
    said: Vec<Line>,
    shown: Frame,
    cursor: (usize, usize),
}

impl Screen {
    pub(crate) fn new(size: Size) -> Self {
        Self {
            size,
            said: Vec::new(),
            shown: Frame::default(),
            cursor: (0, 0),
        }
    }

    pub(crate) fn cols(&self) -> usize {
        self.size.cols
    }

    /// Adds to the conversation with the next drawing.
    pub(crate) fn say(&mut self, lines: impl IntoIterator<Item = Line>) {
        let cols = self.size.cols;
        self.said
            .extend(lines.into_iter().map(|line| line.clipped(cols)));
    }

    /// The bytes that bring the terminal, now of this size, to this frame.
    pub(crate) fn draw(&mut self, size: Size, frame: Frame) -> String {
        let mut out = String::new();
        if frame.title != self.shown.title {
            write(&mut out, format_args!("\x1b]0;{}\x07", frame.title));
        }
        let moved = size != self.size;
        if moved || !self.said.is_empty() || frame.lines != self.shown.lines {
            out.push_str("\x1b[?25l");
            let keeps_its_rows = frame.lines.len() == self.shown.lines.len();
            let row = if moved || !self.said.is_empty() || !keeps_its_rows {
                self.redraw(size, &frame, &mut out)
            } else {
                self.update(&frame, &mut out)
            };
            self.cursor = frame
                .lines
                .iter()
                .enumerate()
                .find_map(|(at, line)| Some((at, line.focus?)))
                .unwrap_or((row, 0));
            vertical(row, self.cursor.0, &mut out);
            out.push('\r');
            if self.cursor.1 > 0 {
                write(&mut out, format_args!("\x1b[{}C", self.cursor.1));
            }
            if frame.cursor_shown {
                out.push_str("\x1b[?25h");
            }
        }
        self.size = size;
        self.shown = frame;
        out
    }

    /// Takes the frame away, below the conversation a shell can go on.
    pub(crate) fn leave(&mut self, size: Size) -> String {
        self.draw(
            size,
            Frame {
                cursor_shown: true,
                title: self.shown.title.clone(),
                lines: Vec::new(),
            },
        )
    }

    /// Empties the screen and its scrollback.
    pub(crate) fn clear(&mut self) -> &'static str {
        self.said.clear();
        self.shown.lines.clear();
        self.cursor = (0, 0);
        "\x1b[H\x1b[2J\x1b[3J"
    }

    /// Draws everything from the frame's first row on. Answers the row on which the cursor is left.
    fn redraw(&mut self, size: Size, frame: &Frame, out: &mut String) -> usize {
        vertical(self.rows_above(size.cols), 0, out);
        out.push('\r');
        let last = (self.said.len() + frame.lines.len()).saturating_sub(1);
        for (at, line) in self.said.iter().chain(&frame.lines).enumerate() {
            if at > 0 {
                out.push_str("\r\n");
            }
            // What is below goes with the last row, not the first: erasing all of the screen makes
            // tmux move it into the history.
            out.push_str(if at == last { "\x1b[J" } else { "\x1b[K" });
            line.draw(out);
        }
        if frame.lines.is_empty() {
            out.push_str(if self.said.is_empty() {
                "\x1b[J"
            } else {
                "\r\n"
            });
        }
        self.said.clear();
        frame.lines.len().saturating_sub(1)
    }

    /// Draws only the rows that differ.
    fn update(&self, frame: &Frame, out: &mut String) -> usize {
        let mut row = self.cursor.0;
        for (at, line) in frame.lines.iter().enumerate() {
            if *line != self.shown.lines[at] {
                vertical(row, at, out);
                // Erased first: behind a full row it would take the last column away.
                out.push_str("\r\x1b[K");
                line.draw(out);
                row = at;
            }
        }
        row
    }

    /// How far the cursor stands below the frame's first row when the terminal has these columns:
    /// a row that is longer was broken by the terminal.
    fn rows_above(&self, cols: usize) -> usize {
        let (row, col) = self.cursor;
        let cols = cols.max(1);
        let above = self.shown.lines.iter().take(row);
        above
            .map(|line| line.width().div_ceil(cols).max(1))
            .sum::<usize>()
            + col / cols
    }
}

fn vertical(from: usize, to: usize, out: &mut String) {
    if from > to {
        write(out, format_args!("\x1b[{}A", from - to));
    } else if to > from {
        write(out, format_args!("\x1b[{}B", to - from));
    }
}

fn write(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    out.write_fmt(arguments).ok();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::Style;

    const SIZE: Size = Size { cols: 20, rows: 6 };

    fn terminal() -> vt100::Parser {
        vt100::Parser::new(6.try_into().unwrap(), 20.try_into().unwrap(), 50)
    }

    fn frame(rows: &[&str]) -> Frame {
        let mut lines: Vec<Line> = rows.iter().map(|row| Line::new(Style::Dim, *row)).collect();
        lines[0].focus = Some(2);
        Frame {
            title: "t".into(),
            lines,
            cursor_shown: true,
        }
    }

    fn show(terminal: &mut vt100::Parser, bytes: &str) -> String {
        terminal.process(bytes.as_bytes());
        terminal.screen().contents()
    }

    #[test]
    fn the_conversation_is_printed_above_the_frame() {
        let mut terminal = terminal();
        let mut screen = Screen::new(SIZE);
        assert_eq!(
            show(&mut terminal, &screen.draw(SIZE, frame(&["> ", "hint"]))),
            "> \nhint"
        );
        screen.say([Line::new(Style::Plain, "hello")]);
        let drawn = screen.draw(SIZE, frame(&["> ", "hint"]));
        assert_eq!(show(&mut terminal, &drawn), "hello\n> \nhint");
        assert_eq!(terminal.screen().cursor_position(), (1, 2));
    }

    #[test]
    fn only_rows_that_differ_are_sent() {
        let mut screen = Screen::new(SIZE);
        screen.draw(SIZE, frame(&["> a", "rule", "hint"]));
        assert_eq!(screen.draw(SIZE, frame(&["> a", "rule", "hint"])), "");
        let drawn = screen.draw(SIZE, frame(&["> a", "rule", "tip"]));
        assert!(
            drawn.contains("tip") && !drawn.contains("rule"),
            "{drawn:?}"
        );
    }

    #[test]
    fn a_frame_that_shrinks_leaves_nothing_behind() {
        let mut terminal = terminal();
        let mut screen = Screen::new(SIZE);
        show(
            &mut terminal,
            &screen.draw(SIZE, frame(&["1", "2", "3", "4", "5", "6"])),
        );
        let drawn = screen.draw(SIZE, frame(&["> ", "hint"]));
        assert_eq!(show(&mut terminal, &drawn), "> \nhint");
        let drawn = screen.leave(SIZE);
        assert_eq!(show(&mut terminal, &drawn), "");
    }

    #[test]
    fn after_narrowing_the_rows_that_the_terminal_broke_are_found() {
        let mut screen = Screen::new(SIZE);
        let mut first = frame(&["────────────────────", "> "]);
        first.lines[0].focus = None;
        first.lines[1].focus = Some(2);
        screen.draw(SIZE, first.clone());
        // The rule of 20 is three rows of 8 now, and the cursor stands below them.
        assert!(
            screen
                .draw(Size { cols: 8, rows: 6 }, first)
                .contains("\x1b[3A\r\x1b[K")
        );
    }
}
