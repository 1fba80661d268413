//! What programs write to tmux, as every other terminal takes it.
//!
//! Programs are told that their terminal is tmux. Two of its ways are not those of the terminals
//! that show the session: `ESC k` gives the window a name, which others would print, and lines may
//! be drawn with letters, which nobody knows who begins to look in the middle.

/// Follows the output of a program from one sequence to the next.
#[derive(Debug, Default)]
pub(crate) struct Dialect {
    state: State,
    /// The sequence that the output ended in the middle of.
    unfinished: Vec<u8>,
    /// Whether an Esc was kept back: what follows decides whether it is passed on.
    is_held: bool,
    charsets: Charsets,
    saved: Charsets,
}

/// The most that is kept of a sequence; nothing that changes the screen is as long.
const UNFINISHED_MAX: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// Behind an Esc.
    Escape,
    /// Behind `ESC (` or `ESC )`, which choose the first or the second set of characters.
    Charset(usize),
    /// Behind an Esc and another character before the last.
    Intermediate,
    /// Behind `ESC [`.
    Control,
    /// In a text that BEL ends, too.
    Command,
    /// In a text that only the next Esc ends.
    Text,
    /// In a name for tmux's window.
    Name,
}

/// Which of the two sets draw lines, and which of them is in use.
#[derive(Clone, Copy, Debug, Default)]
struct Charsets {
    draws_lines: [bool; 2],
    used: usize,
}

/// What stands for `` ` `` to `~` where lines are drawn.
const LINES: [char; 31] = [
    '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼', '⎺', '⎻', '─', '⎼',
    '⎽', '├', '┤', '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
];

impl Dialect {
    /// Returns the bytes without what only tmux understands.
    pub(crate) fn plain(&mut self, mut bytes: &[u8]) -> Vec<u8> {
        let mut plain = Vec::with_capacity(bytes.len() + 1);
        while let Some((&first, rest)) = bytes.split_first() {
            if self.state == State::Ground && !self.draws_lines() {
                let is_control = |b: &u8| matches!(b, 0x0e | 0x0f | 0x1b);
                let end = bytes.iter().position(is_control).unwrap_or(bytes.len());
                if end > 0 {
                    plain.extend_from_slice(&bytes[..end]);
                    self.note_cut(&bytes[..end]);
                    bytes = &bytes[end..];
                    continue;
                }
            }
            self.take(first, &mut plain);
            bytes = rest;
        }
        plain
    }

    /// What another terminal has to be given before it can go on here.
    pub(crate) fn unfinished(&self) -> &[u8] {
        match self.state {
            State::Name => &[],
            _ if self.is_held => &self.unfinished[..self.unfinished.len() - 1],
            _ => &self.unfinished,
        }
    }

    fn draws_lines(&self) -> bool {
        self.charsets.draws_lines[self.charsets.used]
    }

    fn take(&mut self, byte: u8, plain: &mut Vec<u8>) {
        let before = self.state;
        let next = self.next(byte);
        if std::mem::take(&mut self.is_held) && !matches!(next, State::Name | State::Charset(_)) {
            plain.push(0x1b);
        }
        self.state = next;
        match (before, next) {
            (_, State::Escape) if byte == 0x1b => {
                self.is_held = true;
                self.unfinished.push(byte);
                return;
            }
            (_, State::Name | State::Charset(_)) => return,
            (State::Charset(set), _) => {
                self.charsets.draws_lines[set] = byte == b'0';
                self.unfinished.clear();
                return;
            }
            (State::Ground, State::Ground) => return self.print(byte, plain),
            (State::Escape, State::Ground) => self.finish(byte),
            _ => {}
        }
        plain.push(byte);
        if next == State::Ground || self.unfinished.len() == UNFINISHED_MAX {
            self.unfinished.clear();
        } else {
            self.unfinished.push(byte);
        }
    }

    fn next(&self, byte: u8) -> State {
        match (self.state, byte) {
            (_, 0x1b) => State::Escape,
            (State::Name, _) | (State::Escape, b'k') => State::Name,
            (State::Escape, b'(') => State::Charset(0),
            (State::Escape, b')') => State::Charset(1),
            (State::Escape, b'[') => State::Control,
            (State::Escape, b']') => State::Command,
            (State::Escape, b'P' | b'X' | b'^' | b'_') => State::Text,
            (State::Escape | State::Intermediate, 0x20..=0x2f) => State::Intermediate,
            // CAN and SUB break off whatever was begun.
            (_, 0x18 | 0x1a)
            | (State::Escape | State::Intermediate | State::Charset(_), 0x30..=0x7e)
            | (State::Control, 0x40..=0x7e)
            | (State::Command, 0x07) => State::Ground,
            (state, _) => state,
        }
    }

    fn finish(&mut self, byte: u8) {
        match byte {
            b'7' => self.saved = self.charsets,
            b'8' => self.charsets = self.saved,
            b'c' => (self.charsets, self.saved) = Default::default(),
            _ => {}
        }
    }

    fn print(&mut self, byte: u8, plain: &mut Vec<u8>) {
        match byte {
            0x0e => self.charsets.used = 1,
            0x0f => self.charsets.used = 0,
            0x60..=0x7e if self.draws_lines() => {
                let line = LINES[usize::from(byte - 0x60)];
                plain.extend_from_slice(line.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => {
                plain.push(byte);
                self.note_cut(&plain[plain.len().saturating_sub(4)..]);
            }
        }
    }

    /// Keeps the beginning of a character whose end is not there yet.
    fn note_cut(&mut self, text: &[u8]) {
        // One that was cut before is finished here, or goes on.
        let begun = std::mem::take(&mut self.unfinished);
        let tail = &text[text.len().saturating_sub(3)..];
        let Some(at) = tail.iter().rposition(|b| b & 0xc0 != 0x80) else {
            if text.len() < 3 && !begun.is_empty() {
                self.keep_cut(&[&begun, text].concat());
            }
            return;
        };
        self.keep_cut(&tail[at..]);
    }

    fn keep_cut(&mut self, tail: &[u8]) {
        let length = match tail.first() {
            Some(0xc0..=0xdf) => 2,
            Some(0xe0..=0xef) => 3,
            Some(0xf0..=0xf7) => 4,
            _ => 0,
        };
        if tail.len() < length {
            self.unfinished = tail.to_vec();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_left_out_and_lines_are_drawn() {
        for (written, plain) in [
            ("a\x1bkname\x1b\\b", "a\x1b\\b"),
            ("\x1b(0lqk\x1b(B lqk", "┌─┐ lqk"),
            ("\x1b)0q\x0eqé\x0fq", "q─éq"),
            ("\x1b(0\x1b7\x1b(Bq\x1b8q\x1bcq", "\x1b7q\x1b8─\x1bcq"),
            ("\x1b(0\x1b[31mq\x1b]2;qq\x07q", "\x1b[31m─\x1b]2;qq\x07─"),
            (
                "\x1b]2;k\x1b\\k\x1bPk\x07k\x1b\\k",
                "\x1b]2;k\x1b\\k\x1bPk\x07k\x1b\\k",
            ),
        ] {
            let bytes = Dialect::default().plain(written.as_bytes());
            assert_eq!(String::from_utf8_lossy(&bytes), plain);
        }
    }

    #[test]
    fn what_was_begun_is_known() {
        for (written, unfinished) in [
            ("a\x1b[31", "\x1b[31"),
            ("a\x1b[31m", ""),
            ("\x1b]2;title", "\x1b]2;title"),
            ("\x1b]2;title\x1b", "\x1b]2;title"),
            ("\x1bkname", ""),
        ] {
            let mut dialect = Dialect::default();
            dialect.plain(written.as_bytes());
            assert_eq!(String::from_utf8_lossy(dialect.unfinished()), unfinished);
        }
        let mut dialect = Dialect::default();
        for byte in "漢🎉".bytes() {
            dialect.plain(&[byte]);
        }
        assert_eq!(dialect.unfinished(), b"");
        dialect.plain("é🎉".as_bytes().split_last().unwrap().1);
        assert_eq!(dialect.unfinished(), &"🎉".as_bytes()[..3]);
    }

    proptest! {
        #[test]
        fn output_in_pieces_is_the_same(
            parts in prop::collection::vec(prop_oneof![
                Just("\x1bk"), Just("\x1b\\"), Just("\x1b(0"), Just("\x0e"), Just("qé漢🎉"),
                Just("\x1b[1m"), Just("\x1b]2;"), Just("\x07"), Just("\x1b"), Just("x"),
            ], 0..20),
            cuts in prop::collection::vec(1_usize..5, 0..40),
        ) {
            let bytes = parts.concat().into_bytes();
            let (mut dialect, mut plain, mut rest) = (Dialect::default(), Vec::new(), &bytes[..]);
            for cut in cuts {
                let (piece, behind) = rest.split_at(cut.min(rest.len()));
                plain.extend(dialect.plain(piece));
                rest = behind;
            }
            plain.extend(dialect.plain(rest));
            let mut whole = Dialect::default();
            prop_assert_eq!(plain, whole.plain(&bytes));
            prop_assert_eq!(dialect.unfinished(), whole.unfinished());
        }
    }
}
