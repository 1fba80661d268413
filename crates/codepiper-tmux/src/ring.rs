use std::collections::VecDeque;

use bytes::Bytes;

/// The most recent output of a terminal, addressed by its offset in everything that was ever
/// written. It grows as it fills, up to its cap, and then forgets the oldest bytes.
#[derive(Debug)]
pub struct Ring {
    bytes: VecDeque<u8>,
    end: u64,
    oldest: u64,
    cap: usize,
}

/// A piece of output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The offset of its first byte.
    pub offset: u64,
    /// The bytes.
    pub bytes: Bytes,
}

impl Ring {
    /// 2 MiB: some minutes of a busy agent, and what a viewer on a slow line can lag behind.
    pub const CAP: usize = 2 * 1024 * 1024;

    /// An empty ring that holds at most `cap` bytes, the first of them at `origin`.
    pub fn new(cap: usize, origin: u64) -> Self {
        Self {
            bytes: VecDeque::new(),
            end: origin,
            oldest: origin,
            cap,
        }
    }

    /// Appends `bytes`.
    pub fn push(&mut self, bytes: &[u8]) {
        self.end += bytes.len() as u64;
        let kept = &bytes[bytes.len().saturating_sub(self.cap)..];
        let excess = (self.bytes.len() + kept.len()).saturating_sub(self.cap);
        self.bytes.drain(..excess.min(self.bytes.len()));
        self.bytes.extend(kept);
        self.oldest = self.oldest.max(self.end - self.bytes.len() as u64);
    }

    /// Notes that bytes were lost here: nothing before this point may be joined with what follows.
    pub fn cut(&mut self) {
        self.bytes.clear();
        self.oldest = self.end;
    }

    /// The offset behind the last byte.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The offset of the oldest byte that is still here.
    pub fn oldest(&self) -> u64 {
        self.oldest
    }

    /// At most `limit` bytes from `offset` on; `None` when they are forgotten or in the future.
    pub fn read_from(&self, offset: u64, limit: usize) -> Option<Chunk> {
        if offset < self.oldest || offset > self.end {
            return None;
        }
        let skip = usize::try_from(offset - self.oldest).ok()?;
        let behind = skip.saturating_add(limit).min(self.bytes.len());
        let bytes: Vec<u8> = self.bytes.range(skip..behind).copied().collect();
        Some(Chunk {
            offset,
            bytes: bytes.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_like_the_whole_history(
            pushes in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..30),
            cap in 1_usize..64,
            from in 0_u64..700,
        ) {
            let mut ring = Ring::new(cap, 0);
            let mut history = Vec::new();
            for bytes in &pushes {
                ring.push(bytes);
                history.extend_from_slice(bytes);
            }
            let oldest = history.len().saturating_sub(cap) as u64;
            prop_assert_eq!(ring.end(), history.len() as u64);
            prop_assert_eq!(ring.oldest(), oldest);
            match ring.read_from(from, 10) {
                Some(chunk) => {
                    let start = usize::try_from(from).unwrap();
                    let end = (start + 10).min(history.len());
                    prop_assert_eq!(&chunk.bytes[..], &history[start..end]);
                }
                None => prop_assert!(from < oldest || from > history.len() as u64),
            }
        }
    }

    #[test]
    fn a_cut_separates_what_was_from_what_comes() {
        let mut ring = Ring::new(10, 0);
        ring.push(b"abc");
        ring.cut();
        ring.push(b"de");
        assert_eq!(ring.read_from(0, 10), None);
        assert_eq!(ring.read_from(3, 10).unwrap().bytes, "de");
    }
}
