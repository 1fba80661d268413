//! Rows as `capture-pane -e` gives them, made to stand by themselves: there, colours go on from
//! one row to the next, and lines may be drawn with letters.

use crate::dialect::Dialect;

/// How tmux 3.3 spells 53, a line above: as if it were a kind of blinking.
const OVERLINE: &str = "5:3";

/// Makes every row begin and end without a colour.
pub(crate) fn separate(rows: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let (mut dialect, mut pen) = (Dialect::default(), Pen::default());
    // The letters that draw lines are marked as those of the second set.
    dialect.plain(b"\x1b)0");
    let rows = rows.iter();
    rows.map(|row| separated(&dialect.plain(row), &mut pen))
        .collect()
}

fn separated(row: &[u8], pen: &mut Pen) -> Vec<u8> {
    let mut separate = pen.sequence();
    let mut pieces = row.split(|&b| b == 0x1b);
    separate.extend_from_slice(pieces.next().unwrap_or_default());
    for piece in pieces {
        let end = piece.iter().position(|&b| b == b'm').unwrap_or_default();
        let params = std::str::from_utf8(piece.get(1..end).unwrap_or_default());
        let params = params.unwrap_or_default().replace(OVERLINE, "53");
        pen.take(&params);
        separate.extend_from_slice(format!("\x1b[{params}").as_bytes());
        separate.extend_from_slice(&piece[end..]);
    }
    if pen.is_plain() {
        let end = separate.iter().rposition(|&b| b != b' ');
        separate.truncate(end.map_or(0, |last| last + 1));
    } else {
        separate.extend_from_slice(b"\x1b[m");
    }
    separate
}

/// What is drawn with, as the parameters that asked for it.
#[derive(Debug, Default)]
struct Pen {
    styles: Vec<String>,
    /// Of the letters, of the ground, of the line below.
    colours: [Option<String>; 3],
}

impl Pen {
    fn is_plain(&self) -> bool {
        self.styles.is_empty() && self.colours.iter().all(Option::is_none)
    }

    fn sequence(&self) -> Vec<u8> {
        if self.is_plain() {
            return Vec::new();
        }
        let colours = self.colours.iter().flatten();
        let params: Vec<&str> = self
            .styles
            .iter()
            .chain(colours)
            .map(String::as_str)
            .collect();
        format!("\x1b[{}m", params.join(";")).into_bytes()
    }

    fn take(&mut self, params: &str) {
        let mut fields = params.split(';');
        while let Some(field) = fields.next() {
            let code = field.split(':').next().unwrap_or_default();
            let colour = match code {
                "" | "0" => {
                    *self = Self::default();
                    continue;
                }
                "38" | "39" => 0,
                "48" | "49" => 1,
                "58" | "59" => 2,
                _ => match code.parse() {
                    Ok(30..=37 | 90..=97) => 0,
                    Ok(40..=47 | 100..=107) => 1,
                    _ => {
                        self.styles.push(field.to_owned());
                        continue;
                    }
                },
            };
            let more = match code {
                "38" | "48" | "58" if field == code => match fields.clone().next() {
                    Some("5") => 2,
                    _ => 4,
                },
                _ => 0,
            };
            let more: Vec<&str> = fields.by_ref().take(more).collect();
            let whole = [&[field], &more[..]].concat().join(";");
            self.colours[colour] = (!code.ends_with('9') || code.len() > 2).then_some(whole);
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn colours_do_not_go_on_into_the_next_row() {
        let rows = [
            "plain  ",
            "\x1b[1mbold\x1b[41m  ",
            "\x1b[38;5;9m  \x1b[0m\x1b[4:3m\x1b[58;2;1;2;3mcurly",
            "x\x1b[49m\x1b[59m",
            "\x1b[0my  ",
            "\x0eqx\x0fq\x1b[1m\x1b[5:3mo",
        ]
        .map(|row| row.as_bytes().to_vec());
        let separate = super::separate(&rows).into_iter().map(String::from_utf8);
        let separate: Vec<String> = separate.map(Result::unwrap).collect();
        assert_eq!(
            separate,
            [
                "plain",
                "\x1b[1mbold\x1b[41m  \x1b[m",
                "\x1b[1;41m\x1b[38;5;9m  \x1b[0m\x1b[4:3m\x1b[58;2;1;2;3mcurly\x1b[m",
                "\x1b[4:3;58;2;1;2;3mx\x1b[49m\x1b[59m\x1b[m",
                "\x1b[4:3m\x1b[0my",
                "─│q\x1b[1m\x1b[53mo\x1b[m",
            ]
        );
    }
}
