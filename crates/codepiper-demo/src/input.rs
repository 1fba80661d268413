//! The terminal's byte stream as keys and pastes. Bytes may be split anywhere; only the escape key
//! itself needs time to be told from the start of a sequence, and the caller owns the clock.

use std::collections::VecDeque;

const PASTE_END: &[u8] = b"\x1b[201~";
/// A control sequence longer than this is noise.
const LONGEST_SEQUENCE: usize = 32;

/// What was typed or pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Char(char),
    /// Ctrl with this lower-case letter.
    Ctrl(char),
    Enter,
    /// Ctrl-J, LF, or Alt-Enter: a new line in the prompt.
    NewLine,
    Backspace,
    Escape,
    Up,
    Down,
    /// A bracketed paste, its line ends turned into `\n`.
    Paste(String),
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    /// The first bytes of a character of this many bytes.
    Utf8(Vec<u8>, usize),
    Escape,
    /// `ESC [` and its parameters.
    Csi(Vec<u8>),
    /// `ESC O`, the cursor keys in application mode.
    Ss3,
    Paste(Vec<u8>),
}

/// Turns bytes into [`Input`].
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    state: State,
}

impl Decoder {
    pub(crate) fn feed(&mut self, bytes: &[u8], inputs: &mut VecDeque<Input>) {
        for &byte in bytes {
            self.state = step(std::mem::take(&mut self.state), byte, inputs);
        }
    }

    /// Is what came so far either the escape key or the start of a sequence?
    pub(crate) fn is_ambiguous(&self) -> bool {
        matches!(self.state, State::Escape)
    }

    /// Nothing followed: it was the key.
    pub(crate) fn settle(&mut self, inputs: &mut VecDeque<Input>) {
        if self.is_ambiguous() {
            self.state = State::Ground;
            inputs.push_back(Input::Escape);
        }
    }
}

fn step(state: State, byte: u8, inputs: &mut VecDeque<Input>) -> State {
    match state {
        State::Ground => ground(byte, inputs),
        State::Utf8(mut bytes, length) => {
            if byte & 0xC0 != 0x80 {
                inputs.push_back(Input::Char(char::REPLACEMENT_CHARACTER));
                return ground(byte, inputs);
            }
            bytes.push(byte);
            if bytes.len() < length {
                return State::Utf8(bytes, length);
            }
            inputs.extend(String::from_utf8_lossy(&bytes).chars().map(Input::Char));
            State::Ground
        }
        State::Escape => match byte {
            b'[' => State::Csi(Vec::new()),
            b'O' => State::Ss3,
            b'\r' | b'\n' => {
                inputs.push_back(Input::NewLine);
                State::Ground
            }
            0x1B => {
                inputs.push_back(Input::Escape);
                State::Escape
            }
            // Alt with a key means nothing here.
            _ => State::Ground,
        },
        State::Csi(mut parameters) => match byte {
            0x40..=0x7E if parameters == b"200" && byte == b'~' => State::Paste(Vec::new()),
            0x40..=0x7E => {
                // With modifiers (`ESC [ 1 ; 2 A`) the arrows are still arrows.
                inputs.extend(arrow(byte));
                State::Ground
            }
            0x1B => State::Escape,
            _ if parameters.len() < LONGEST_SEQUENCE => {
                parameters.push(byte);
                State::Csi(parameters)
            }
            _ => State::Ground,
        },
        State::Ss3 => {
            inputs.extend(arrow(byte));
            State::Ground
        }
        State::Paste(mut pasted) => {
            pasted.push(byte);
            if byte != b'~' || !pasted.ends_with(PASTE_END) {
                return State::Paste(pasted);
            }
            pasted.truncate(pasted.len() - PASTE_END.len());
            let text = String::from_utf8_lossy(&pasted);
            inputs.push_back(Input::Paste(text.replace("\r\n", "\n").replace('\r', "\n")));
            State::Ground
        }
    }
}

fn ground(byte: u8, inputs: &mut VecDeque<Input>) -> State {
    let input = match byte {
        0x1B => return State::Escape,
        b'\r' => Input::Enter,
        b'\n' => Input::NewLine,
        0x08 | 0x7F => Input::Backspace,
        b'\t' => Input::Char('\t'),
        0x01..=0x1A => Input::Ctrl(char::from(byte - 1 + b'a')),
        0x20..=0x7E => Input::Char(char::from(byte)),
        0xC2..=0xDF => return State::Utf8(vec![byte], 2),
        0xE0..=0xEF => return State::Utf8(vec![byte], 3),
        0xF0..=0xF4 => return State::Utf8(vec![byte], 4),
        0x80..=0xFF => Input::Char(char::REPLACEMENT_CHARACTER),
        0x00 | 0x1C..=0x1F => return State::Ground,
    };
    inputs.push_back(input);
    State::Ground
}

fn arrow(last: u8) -> Option<Input> {
    match last {
        b'A' => Some(Input::Up),
        b'B' => Some(Input::Down),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
