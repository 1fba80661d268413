//! A piece of a file: its whole lines, as many as fit.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

/// How much is read at once. A piece is written down in one transaction, for which others wait.
const PIECE: usize = 512 * 1024;

/// The longest line that is read. A longer one is kept aside.
pub(super) const LINE_MAX: usize = 64 * 1024 * 1024;

/// How much is kept of a line that cannot be read.
pub(super) const KEPT: usize = 4096;

/// What stands behind a place of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Whole lines, each with its end but for a file's last one where nothing more comes.
    Lines(Vec<u8>),
    /// A line of that many bytes, its end included, that is too long to be read; its first bytes.
    TooLong(u64, Vec<u8>),
    /// A line of that many bytes that breaks off where the file ends; its first bytes.
    Broken(u64, Vec<u8>),
    /// No whole line; what is there is not finished.
    Nothing,
}

/// Reads what stands behind `offset`. `searched` are the bytes behind it that were found to have
/// no end of a line, so that a line that grows is not searched again and again.
pub(super) fn read(file: &File, offset: u64, searched: &mut u64) -> io::Result<Piece> {
    let mut size = PIECE;
    let mut buffer = Vec::new();
    loop {
        let from = usize::try_from(*searched).unwrap_or(usize::MAX);
        if from >= LINE_MAX {
            return skip(file, offset, searched);
        }
        let had = buffer.len();
        buffer.resize(size.max(from + PIECE).min(LINE_MAX), 0);
        let got = fill(file, &mut buffer[had..], offset + had as u64)?;
        buffer.truncate(had + got);
        if let Some(end) = buffer[from.min(buffer.len())..]
            .iter()
            .rposition(|b| *b == b'\n')
        {
            buffer.truncate(from + end + 1);
            *searched = 0;
            return Ok(Piece::Lines(buffer));
        }
        *searched = buffer.len() as u64;
        if got == 0 {
            return Ok(Piece::Nothing);
        }
        size = buffer.len() * 2;
    }
}

/// What the last `bytes` of a file are, behind `offset`, that have no end of a line. An object of
/// JSON is a line whose end alone is missing: no beginning of one is an object itself.
pub(super) fn rest(file: &File, offset: u64, bytes: u64) -> io::Result<Piece> {
    let size = usize::try_from(bytes).unwrap_or(usize::MAX);
    let mut line = vec![0; if size < LINE_MAX { size } else { KEPT }];
    let got = fill(file, &mut line, offset)?;
    line.truncate(got);
    if line.trim_ascii().is_empty() {
        return Ok(Piece::Nothing);
    }
    if got == size && is_object(&line) {
        return Ok(Piece::Lines(line));
    }
    line.truncate(KEPT);
    Ok(Piece::Broken(bytes, line))
}

fn is_object(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

/// Looks for the end of a line that is too long to be read.
fn skip(file: &File, offset: u64, searched: &mut u64) -> io::Result<Piece> {
    let mut buffer = vec![0; PIECE];
    loop {
        let got = fill(file, &mut buffer, offset + *searched)?;
        if got == 0 {
            return Ok(Piece::Nothing);
        }
        if let Some(end) = buffer[..got].iter().position(|b| *b == b'\n') {
            let bytes = *searched + end as u64 + 1;
            *searched = 0;
            buffer.resize(KEPT, 0);
            let begins = fill(file, &mut buffer, offset)?;
            buffer.truncate(begins);
            return Ok(Piece::TooLong(bytes, buffer));
        }
        *searched += got as u64;
    }
}

fn fill(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(text: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        file
    }

    #[test]
    fn only_whole_lines_count() {
        let mut file = file(b"one\ntwo\nthr");
        let mut searched = 0;
        let lines = |text: &str| Piece::Lines(text.into());
        assert_eq!(read(&file, 0, &mut searched).unwrap(), lines("one\ntwo\n"));
        assert_eq!(read(&file, 8, &mut searched).unwrap(), Piece::Nothing);
        assert_eq!(searched, 3);
        file.write_all(b"ee\n").unwrap();
        assert_eq!(read(&file, 8, &mut searched).unwrap(), lines("three\n"));
    }

    #[test]
    fn a_long_line_is_read_and_one_that_is_too_long_is_passed() {
        let mut text = vec![b'x'; 3 * PIECE + 5];
        text.extend(b"\nnext\n");
        let file_of_long = file(&text);
        let Piece::Lines(line) = read(&file_of_long, 0, &mut 0).unwrap() else {
            panic!("no line")
        };
        assert!(line.len() > 3 * PIECE && line.ends_with(b"\n"));

        let mut text = vec![b'x'; LINE_MAX + 7];
        text.extend(b"\nnext\n");
        let file_of_longer = file(&text);
        let Piece::TooLong(bytes, begins) = read(&file_of_longer, 0, &mut 0).unwrap() else {
            panic!("was read")
        };
        assert_eq!((bytes, begins.len()), (LINE_MAX as u64 + 8, 4096));
        let rest = read(&file_of_longer, bytes, &mut 0).unwrap();
        assert_eq!(rest, Piece::Lines(b"next\n".to_vec()));
    }
}
