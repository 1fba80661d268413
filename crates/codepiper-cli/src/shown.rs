//! What agents wrote, on its way to a terminal.
//!
//! Documents and tables go into files as they are. On a terminal nothing in them may act, as with
//! everything else that is shown there.

use std::io::{self, Write};

use crate::tool_line;

/// Writes whole lines, with every character shown that would otherwise do something.
pub(crate) struct Shown<W> {
    out: W,
    /// The beginning of a line that is not whole yet.
    line: Vec<u8>,
}

impl<W: Write> Shown<W> {
    pub(crate) const fn new(out: W) -> Self {
        let line = Vec::new();
        Self { out, line }
    }
}

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.out.write_all(shown(&line).as_bytes())?;
                self.out.write_all(b"\n")?;
            }
        }
        Ok(bytes.len())
    }

    /// A line that has no end yet is shown too.
    fn flush(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        self.out.write_all(shown(&line).as_bytes())?;
        self.out.flush()
    }
}

/// A line without its end. Tabs do no harm.
fn shown(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = String::from_utf8_lossy(line);
    let parts: Vec<String> = text.split('\t').map(tool_line::visible).collect();
    parts.join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_wherever_the_pieces_are_cut() {
        let text = "a\tb\r\n\x1b[2J\x1b]0;title\x07 é \u{9b}31m\rover\n\u{202e}\u{2066}end";
        let plain = "a\tb\n␛[2J␛]0;title␇ é \\u{9b}31m␍over\n\\u{202e}\\u{2066}end";
        for size in 1..text.len() {
            let mut shown = Shown::new(Vec::new());
            for piece in text.as_bytes().chunks(size) {
                shown.write_all(piece).unwrap();
            }
            shown.flush().unwrap();
            assert_eq!(String::from_utf8(shown.out).unwrap(), plain, "{size}");
        }
    }
}
