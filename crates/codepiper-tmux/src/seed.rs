//! Reading a pane's screen out of tmux, where the stream alone is not enough: when a daemon finds
//! a running session, after a resize (tmux re-flows) and after output was skipped.

use std::fmt::Write as _;

use crate::control::Reply;
use crate::rows::separate;
use crate::{Screen, TmuxError};

/// Asks for the modes and the visible screen; the two run in one go, so they belong together.
pub(crate) const QUERY: &str = "display-message -p \"#{pane_width}|#{pane_height}|#{cursor_x}|\
    #{cursor_y}|#{cursor_flag}|#{alternate_on}|#{keypad_cursor_flag}|#{keypad_flag}|#{insert_flag}|\
    #{origin_flag}|#{wrap_flag}|#{scroll_region_upper}|#{scroll_region_lower}|\
    #{mouse_standard_flag}|#{mouse_button_flag}|#{mouse_all_flag}|#{mouse_sgr_flag}|#{pane_pid}|\
    #{pane_title}\" ; capture-pane -p -e -N";

/// What a pane looks like in tmux.
#[derive(Debug)]
pub(crate) struct Seed {
    /// The process that tmux started in it.
    pub(crate) pid: Option<i32>,
    /// Its screen.
    pub(crate) screen: Screen,
    /// Whether anything stands there.
    pub(crate) blank: bool,
}

impl Seed {
    /// Reads the two replies to [`QUERY`].
    pub(crate) fn read(replies: &[Reply]) -> Result<Self, TmuxError> {
        let unreadable = |message: String| TmuxError::Refused {
            command: "capture-pane".into(),
            message,
        };
        let [state, rows] = replies else {
            return Err(unreadable(
                replies.last().map(Reply::first).unwrap_or_default(),
            ));
        };
        if let Some(failed) = replies.iter().find(|reply| !reply.ok) {
            return Err(unreadable(failed.first()));
        }
        let line = state.first();
        let fields: Vec<&str> = line.splitn(19, '|').collect();
        let [.., title] = fields[..] else {
            return Err(unreadable(line));
        };
        let number = |i: usize| {
            fields
                .get(i)
                .and_then(|f| f.parse::<u16>().ok())
                .unwrap_or(0)
        };
        let on = |i: usize| number(i) == 1;
        let (cols, height) = (number(0), number(1));
        if fields.len() != 19 || cols == 0 || height == 0 {
            return Err(unreadable(line));
        }

        let mut screen = Screen::new(cols, height);
        if on(5) {
            screen.feed(b"\x1b[?1049h");
        }
        for (i, row) in separate(&rows.lines).iter().enumerate() {
            screen.feed(format!("\x1b[{};1H", i + 1).as_bytes());
            screen.feed(row);
        }
        let mut modes = String::from("\x1b[m");
        if on(11) || number(12) + 1 != height {
            let _ = write!(modes, "\x1b[{};{}r", number(11) + 1, number(12) + 1);
        }
        for (field, mode) in [
            (6, "?1"),
            (8, "4"),
            (9, "?6"),
            (13, "?1000"),
            (14, "?1002"),
            (15, "?1003"),
            (16, "?1006"),
        ] {
            if on(field) {
                let _ = write!(modes, "\x1b[{mode}h");
            }
        }
        if on(7) {
            modes.push_str("\x1b=");
        }
        if !on(10) {
            modes.push_str("\x1b[?7l");
        }
        let _ = write!(modes, "\x1b[{};{}H", number(3) + 1, number(2) + 1);
        modes.push_str(if on(4) { "\x1b[?25h" } else { "\x1b[?25l" });
        screen.feed(modes.as_bytes());
        screen.set_title(title.to_owned());

        let blank = rows.lines.iter().all(|row| row.iter().all(|b| *b == b' '));
        Ok(Self {
            pid: fields[17].parse().ok(),
            screen,
            blank,
        })
    }
}
