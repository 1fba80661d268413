//! The lines of tmux's control mode, as described under CONTROL MODE in tmux(1).

use crate::link::{PANE, WINDOW};

/// Something a control-mode client was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// The pane wrote these bytes (`%output`, `%extended-output`).
    Output(Vec<u8>),
    /// A command was answered.
    Reply(Reply),
    /// The window has this size now.
    Resized {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// The client is attached; before that it can do nothing for itself.
    Attached,
    /// We read too slowly; tmux stopped sending the pane's output.
    Paused,
    /// A watched format has a new value (`refresh-client -B`).
    Subscription {
        /// The name it was asked under.
        name: String,
        /// The value.
        value: String,
    },
    /// tmux is letting us go.
    Exit,
}

/// The answer to one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Whether it answers a line that this client wrote.
    pub ours: bool,
    /// Whether the command succeeded.
    pub ok: bool,
    /// What it printed.
    pub lines: Vec<Vec<u8>>,
}

impl Reply {
    /// The first line as text.
    pub fn first(&self) -> String {
        self.lines
            .first()
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .unwrap_or_default()
    }
}

/// Turns the bytes of a control-mode client into [`Item`]s, however they are cut.
#[derive(Debug, Default)]
pub struct ControlParser {
    line: Vec<u8>,
    block: Option<Block>,
}

#[derive(Debug)]
struct Block {
    /// `<time> <number> <flags>`: only a guard with the same three ends the block, so that a
    /// reply may contain lines that look like guards.
    guard: Vec<u8>,
    lines: Vec<Vec<u8>>,
}

impl ControlParser {
    /// Takes `bytes` and hands every item they complete to `sink`.
    pub fn feed(&mut self, mut bytes: &[u8], mut sink: impl FnMut(Item)) {
        while let Some(end) = bytes.iter().position(|&b| b == b'\n') {
            let item = if self.line.is_empty() {
                self.take_line(&bytes[..end])
            } else {
                self.line.extend_from_slice(&bytes[..end]);
                let line = std::mem::take(&mut self.line);
                self.take_line(&line)
            };
            if let Some(item) = item {
                sink(item);
            }
            bytes = &bytes[end + 1..];
        }
        self.line.extend_from_slice(bytes);
    }

    fn take_line(&mut self, line: &[u8]) -> Option<Item> {
        if let Some(block) = &mut self.block {
            let ok = line.strip_prefix(b"%end ") == Some(&block.guard);
            if ok || line.strip_prefix(b"%error ") == Some(&block.guard) {
                let Block { guard, lines } = self.block.take()?;
                let ours = guard.rsplit(|&b| b == b' ').next() == Some(b"1");
                return Some(Item::Reply(Reply { ours, ok, lines }));
            }
            block.lines.push(line.to_vec());
            return None;
        }
        if let Some(guard) = line.strip_prefix(b"%begin ") {
            self.block = Some(Block {
                guard: guard.to_vec(),
                lines: Vec::new(),
            });
            return None;
        }
        notification(line)
    }
}

fn notification(line: &[u8]) -> Option<Item> {
    // What runs beside the pane in windows of its own is not on its screen.
    if let Some(rest) = line.strip_prefix(b"%output ") {
        let (pane, data) = split_once(rest, b" ")?;
        return (pane == PANE.as_bytes()).then(|| Item::Output(unescape(data)));
    }
    if let Some(rest) = line.strip_prefix(b"%extended-output ") {
        let (pane_and_age, data) = split_once(rest, b" : ")?;
        let (pane, _age) = split_once(pane_and_age, b" ")?;
        return (pane == PANE.as_bytes()).then(|| Item::Output(unescape(data)));
    }
    if let Some(rest) = line.strip_prefix(b"%layout-change ") {
        let (window, layout) = split_once(rest, b" ")?;
        if window != WINDOW.as_bytes() {
            return None;
        }
        return layout_size(layout).map(|(cols, rows)| Item::Resized { cols, rows });
    }
    if let Some(rest) = line.strip_prefix(b"%subscription-changed ") {
        let (head, value) = split_once(rest, b" : ")?;
        let name = head.split(|&b| b == b' ').next().unwrap_or_default();
        return Some(Item::Subscription {
            name: String::from_utf8_lossy(name).into_owned(),
            value: String::from_utf8_lossy(value).into_owned(),
        });
    }
    if line.starts_with(b"%session-changed ") {
        return Some(Item::Attached);
    }
    if line.starts_with(b"%pause ") {
        return Some(Item::Paused);
    }
    (line == b"%exit" || line.starts_with(b"%exit ")).then_some(Item::Exit)
}

fn split_once<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes
        .windows(separator.len())
        .position(|window| window == separator)?;
    Some((&bytes[..at], &bytes[at + separator.len()..]))
}

/// `aa7d,100x40,0,0,0 …`: the size stands behind the checksum.
fn layout_size(layout: &[u8]) -> Option<(u16, u16)> {
    let text = std::str::from_utf8(layout).ok()?;
    let (cols, rows) = text.split(',').nth(1)?.split_once('x')?;
    Some((cols.parse().ok()?, rows.parse().ok()?))
}

/// tmux writes control characters and backslashes of the output as `\ooo`.
fn unescape(data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        let byte = match tail {
            [
                a @ b'0'..=b'3',
                b @ b'0'..=b'7',
                c @ b'0'..=b'7',
                after @ ..,
            ] if first == b'\\' => {
                rest = after;
                (a - b'0') << 6 | (b - b'0') << 3 | (c - b'0')
            }
            _ => first,
        };
        bytes.push(byte);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse_in_pieces(bytes: &[u8], cuts: &[usize]) -> Vec<Item> {
        let mut parser = ControlParser::default();
        let mut items = Vec::new();
        let mut start = 0;
        for &cut in cuts {
            let end = (start + cut).min(bytes.len());
            parser.feed(&bytes[start..end], |item| items.push(item));
            start = end;
        }
        parser.feed(&bytes[start..], |item| items.push(item));
        items
    }

    /// Recorded from tmux 3.3a.
    const RECORDED: &[u8] = b"%begin 1795405134 265 0\n%end 1795405134 265 0\n%session-changed $0 a\n\
        %begin 1795405134 270 1\n%end 1795405134 270 1\n%output %0 \xc3\xa9\\015\\012\xc3\xa9\\015\\012\n\
        %output %1 elsewhere\n%extended-output %1 12 : elsewhere\n\
        %layout-change @1 aa7d,90x30,0,0,1 aa7d,90x30,0,0,1 \n%window-renamed @0 cat\n%extended-output %0 12 : a : b\\134\\033[0m\n\
        %begin 1795405134 272 1\n%end x\n%output %0 no\n%end 1795405134 272 1\n\
        %begin 1795405135 275 1\nparse error: unknown command: foo\n%error 1795405135 275 1\n\
        %layout-change @0 aa7d,100x40,0,0,0 aa7d,100x40,0,0,0 *\n%pause %0\n\
        %subscription-changed d $0 @0 0 %0 : 1 : 2\n%exit\n";

    fn recorded_items() -> Vec<Item> {
        let reply = |ours, ok, lines: &[&str]| {
            let lines = lines.iter().map(|line| line.as_bytes().to_vec()).collect();
            Item::Reply(Reply { ours, ok, lines })
        };
        vec![
            reply(false, true, &[]),
            Item::Attached,
            reply(true, true, &[]),
            Item::Output("é\r\né\r\n".into()),
            Item::Output(b"a : b\\\x1b[0m".to_vec()),
            reply(true, true, &["%end x", "%output %0 no"]),
            reply(true, false, &["parse error: unknown command: foo"]),
            Item::Resized {
                cols: 100,
                rows: 40,
            },
            Item::Paused,
            Item::Subscription {
                name: "d".into(),
                value: "1 : 2".into(),
            },
            Item::Exit,
        ]
    }

    #[test]
    fn a_recorded_conversation_is_understood() {
        assert_eq!(parse_in_pieces(RECORDED, &[]), recorded_items());
    }

    #[test]
    fn fed_byte_by_byte_equals_fed_whole() {
        assert_eq!(parse_in_pieces(RECORDED, &[1; 800]), recorded_items());
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_give_the_same_items(
            bytes in prop::collection::vec(prop_oneof![
                3 => any::<u8>().prop_map(|b| vec![b]),
                1 => Just(b"\n%output %0 ".to_vec()),
                1 => Just(b"\n%output %1 ".to_vec()),
                1 => Just(b"\n%begin 1 2 1\n".to_vec()),
                1 => Just(b"\n%end 1 2 1\n".to_vec()),
                1 => Just(b"\\03".to_vec()),
            ], 0..60).prop_map(|parts| parts.concat()),
            cuts in prop::collection::vec(0_usize..9, 0..80),
        ) {
            prop_assert_eq!(parse_in_pieces(&bytes, &cuts), parse_in_pieces(&bytes, &[]));
        }
    }
}
