use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

/// The longest text, in how many pieces, how many at the same time, and how long the next piece of
/// one may take.
const TEXT_MAX: usize = 2 * 1024 * 1024;
const PIECES_MAX: usize = 512;
const OPEN_MAX: usize = 8;
const PATIENCE: Duration = Duration::from_secs(30);

/// A piece of a text.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) index: usize,
    pub(super) count: usize,
    pub(super) data: String,
}

/// Puts texts together that come in pieces, each in the order of its pieces.
#[derive(Debug, Default)]
pub(super) struct Pastes(HashMap<(String, String), Open>);

#[derive(Debug)]
struct Open {
    text: String,
    next: usize,
    count: usize,
    heard: Instant,
}

impl Pastes {
    /// Takes a piece of what is called `name`; the text once it is whole. A piece that does not fit
    /// ends the text that it belongs to.
    pub(super) fn take(
        &mut self,
        name: (String, String),
        piece: &Piece,
        now: Instant,
    ) -> Result<Option<String>, &'static str> {
        self.0.retain(|_, open| now - open.heard < PATIENCE);
        let mut open = match self.0.remove(&name) {
            Some(open) => open,
            None if piece.index > 0 => return Err("the pieces before this one are not here"),
            None if self.0.len() >= OPEN_MAX => return Err("too many texts are unfinished"),
            None if !(1..=PIECES_MAX).contains(&piece.count) => {
                return Err("`chunkCount` is a number from 1 to 512");
            }
            None => Open {
                text: String::new(),
                next: 0,
                count: piece.count,
                heard: now,
            },
        };
        if (piece.index, piece.count) != (open.next, open.count) {
            return Err("the piece is not the next one");
        }
        if open.text.len() + piece.data.len() > TEXT_MAX {
            return Err("the text is longer than 2 MiB");
        }
        open.text.push_str(&piece.data);
        open.next += 1;
        open.heard = now;
        if open.next == open.count {
            return Ok(Some(open.text));
        }
        self.0.insert(name, open);
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(index: usize, count: usize, data: &str) -> Piece {
        let data = data.to_owned();
        Piece { index, count, data }
    }

    #[test]
    fn texts_are_put_together_in_order_and_within_bounds() {
        let mut pastes = Pastes::default();
        let begin = Instant::now();
        let name = |n: usize| ("s".to_owned(), n.to_string());
        let mut take = |n, piece: Piece, now| pastes.take(name(n), &piece, now);
        assert_eq!(take(1, piece(0, 2, "a"), begin), Ok(None));
        assert_eq!(take(2, piece(0, 2, "x"), begin), Ok(None));
        assert_eq!(take(1, piece(1, 2, "b"), begin), Ok(Some("ab".to_owned())));
        assert!(take(2, piece(0, 2, "x"), begin).is_err(), "again");
        assert!(take(2, piece(1, 2, "y"), begin).is_err(), "it has ended");
        assert!(take(3, piece(0, 513, ""), begin).is_err());
        let half = "x".repeat(TEXT_MAX / 2 + 1);
        assert_eq!(take(4, piece(0, 2, &half), begin), Ok(None));
        assert!(take(4, piece(1, 2, &half), begin).is_err());
        for n in 10..18 {
            assert_eq!(take(n, piece(0, 2, ""), begin), Ok(None));
        }
        assert!(take(18, piece(0, 2, ""), begin).is_err());
        assert_eq!(take(18, piece(0, 2, ""), begin + PATIENCE), Ok(None));
    }
}
