//! A transcript that is followed: where it is, how far it was read, and whether the file at its
//! place is still the same.

use std::collections::HashSet;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use codepiper_model::SessionId;
use codepiper_providers::{ReaderState, provider};
use codepiper_store::transcripts::Transcript;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::piece::{self, Piece};
use super::retry::Retry;

/// How many of its first bytes tell a file from another one.
const HEAD: usize = 1024;

/// How many of the last bytes that were read do.
const TAIL: usize = 64;

/// How long a file is quiet that is left when its session has ended: agents write on for a while.
const QUIET: Duration = Duration::from_secs(30);

/// A file that is followed.
pub(super) struct Followed {
    pub(super) row: Transcript,
    /// What the database says of it, once all that was read is written down.
    kept: Transcript,
    /// The folders of [`Followed::folders`] that are watched, or the nearest ones around them.
    pub(super) watched: [Option<PathBuf>; 3],
    /// The file itself, where a symbolic link is at its place.
    target: Option<PathBuf>,
    pub(super) state: ReaderState,
    /// Its session has ended: then it is read to its end, and left.
    pub(super) left_at: Option<Instant>,
    /// It could not be read or written down.
    retry: Option<Retry>,
    /// That its last line breaks off was told.
    is_break_told: bool,
    file: Option<(File, u64)>,
    searched: u64,
}

/// What there was to read.
pub(super) struct Found {
    pub(super) piece: Piece,
    /// Where it begins.
    pub(super) from: u64,
}

impl Followed {
    pub(super) fn new(row: Transcript) -> Self {
        let state = serde_json::from_str(&row.reader).unwrap_or_default();
        Self {
            kept: row.clone(),
            row,
            watched: [None, None, None],
            target: None,
            state,
            left_at: None,
            retry: None,
            is_break_told: false,
            file: None,
            searched: 0,
        }
    }

    /// Follows it for another session.
    pub(super) fn belongs_to(&mut self, session: SessionId) {
        self.row.session_id = session;
        self.kept.session_id = session;
    }

    /// Goes on from what the database says.
    pub(super) fn restart(&mut self, row: Transcript) {
        let old = std::mem::replace(self, Self::new(row));
        self.watched = old.watched;
        self.target = old.target;
        self.left_at = old.left_at;
        self.retry = old.retry;
    }

    /// The folder in which transcripts of sub-agents appear.
    pub(super) fn sub_agents(&self) -> Option<PathBuf> {
        let is_main = self.row.agent_id.is_none();
        let agent = provider(self.row.provider);
        agent
            .sub_agents_folder(Path::new(&self.row.path))
            .filter(|_| is_main)
    }

    /// The folders in which something happens when it grows: its own, that of its sub-agents, and
    /// that of the file which a symbolic link stands for.
    pub(super) fn folders(&self) -> [Option<PathBuf>; 3] {
        let folder_of = |path: &Path| path.parent().map(Path::to_owned);
        [
            folder_of(Path::new(&self.row.path)),
            self.sub_agents(),
            self.target.as_deref().and_then(folder_of),
        ]
    }

    /// Looks whether a symbolic link is at its place, and for what.
    pub(super) fn resolve(&mut self) {
        let path = Path::new(&self.row.path);
        let link = std::fs::read_link(path).ok();
        // What it stands for may not be there yet.
        let named = |link: PathBuf| path.parent().unwrap_or(path).join(link);
        self.target = link.map(|link| std::fs::canonicalize(path).unwrap_or_else(|_| named(link)));
    }

    /// Whether it is one of these that changed.
    pub(super) fn is_among(&self, changed: &HashSet<PathBuf>) -> bool {
        let target = self.target.as_ref();
        changed.contains(Path::new(&self.row.path))
            || target.is_some_and(|target| changed.contains(target))
    }

    /// Whether it has to be looked at from time to time.
    pub(super) fn is_unwatched(&self) -> bool {
        let [own, _, target] = &self.watched;
        let is_watched = own.is_some() && (self.target.is_none() || target.is_some());
        !is_watched && !self.is_last_look()
    }

    /// Notes that it could not be read or written down.
    pub(super) fn fails(&mut self) {
        self.retry = Some(Retry::after(self.retry));
    }

    pub(super) fn has_failed(&self) -> bool {
        self.retry.is_some()
    }

    /// Notes that it could.
    pub(super) fn works(&mut self) {
        self.retry = None;
    }

    /// When it is looked at though nothing changes.
    pub(super) fn looked_at(&self) -> Option<Instant> {
        self.retry.map(|retry| retry.at).or(self.left_at)
    }

    /// Notes whether its session is live.
    pub(super) fn is_live(&mut self, is_live: bool) {
        self.left_at = left_at(is_live);
    }

    /// Notes that something came: it is not quiet yet.
    pub(super) fn stays(&mut self) {
        if self.left_at.is_some() && !self.is_last_look() {
            self.is_live(false);
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.left_at.is_some()
    }

    /// Lets go of the file until it changes.
    pub(super) fn close(&mut self) {
        self.file = None;
    }

    /// Whether it is left when it was read to its end.
    pub(super) fn is_last_look(&self) -> bool {
        self.left_at.is_some_and(|at| at <= Instant::now())
    }

    /// Reads the next piece. Nothing where there is no file, or no whole line behind what was read.
    pub(super) fn next(&mut self) -> io::Result<Option<Found>> {
        loop {
            let Some((file, inode)) = self.open()? else {
                return Ok(None);
            };
            let metadata = file.metadata()?;
            let is_same = self.is_same(&file, &metadata)?;
            if !is_same {
                self.begin_again();
            }
            let from = self.row.offset;
            if metadata.len() < from + self.searched {
                self.searched = 0;
            }
            let mut found = piece::read(&file, from, &mut self.searched)?;
            if found == Piece::Nothing {
                let is_replaced = self.is_replaced(inode)?;
                found = self.rest(&file, is_replaced)?;
                // What was put in its place comes after the rest of it.
                if found == Piece::Nothing && is_replaced {
                    self.file = None;
                    continue;
                }
            }
            self.file = Some((file, inode));
            let is_there = found != Piece::Nothing;
            return Ok(is_there.then_some(Found { piece: found, from }));
        }
    }

    /// The last line, where its end is missing and does not come any more. That it breaks off is
    /// told once, and not read over: a session that goes on may go on with it.
    fn rest(&mut self, file: &File, is_replaced: bool) -> io::Result<Piece> {
        if self.searched == 0 || !(self.has_ended() || is_replaced) {
            return Ok(Piece::Nothing);
        }
        let rest = piece::rest(file, self.row.offset, self.searched)?;
        match rest {
            Piece::Lines(_) => self.searched = 0,
            Piece::Broken(..) if self.is_last_look() && !self.is_break_told => {
                self.is_break_told = true;
            }
            _ => return Ok(Piece::Nothing),
        }
        Ok(rest)
    }

    /// Notes that what stands before `offset` was read, and returns what the database says of it
    /// until that is written down.
    pub(super) fn advance(&mut self, offset: u64) -> io::Result<Transcript> {
        self.row.offset = offset;
        self.row.reader = serde_json::to_string(&self.state).unwrap_or_default();
        if let Some((file, inode)) = &self.file {
            if self.row.head_bytes < HEAD as u64 {
                let bytes = usize::try_from(offset).unwrap_or(HEAD).min(HEAD);
                self.row.head = head(file, bytes)?;
                self.row.head_bytes = bytes as u64;
            }
            self.row.tail = tail(file, offset)?;
            self.row.inode = *inode;
        }
        Ok(std::mem::replace(&mut self.kept, self.row.clone()))
    }

    /// What the database says of it, once all that was read is written down.
    pub(super) fn kept(&self) -> Transcript {
        self.kept.clone()
    }

    fn open(&mut self) -> io::Result<Option<(File, u64)>> {
        if let Some(open) = self.file.take() {
            return Ok(Some(open));
        }
        match File::open(&self.row.path) {
            Ok(file) => {
                let metadata = file.metadata()?;
                if !metadata.is_file() {
                    return Ok(None);
                }
                Ok(Some((file, metadata.ino())))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether that is what was read before, with more behind it.
    fn is_same(&self, file: &File, metadata: &Metadata) -> io::Result<bool> {
        let row = &self.row;
        if metadata.len() < row.offset || ![0, metadata.ino()].contains(&row.inode) {
            return Ok(false);
        }
        let bytes = usize::try_from(row.head_bytes).unwrap_or(HEAD);
        let begins_so = bytes == 0 || head(file, bytes)? == row.head;
        Ok(begins_so && (row.tail.is_empty() || tail(file, row.offset)? == row.tail))
    }

    fn is_replaced(&self, inode: u64) -> io::Result<bool> {
        match std::fs::metadata(&self.row.path) {
            Ok(now) => Ok(now.ino() != inode),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Entries that were read have names, and what is read again adds nothing.
    fn begin_again(&mut self) {
        self.row.offset = 0;
        self.row.head_bytes = 0;
        self.row.head.clear();
        self.row.tail.clear();
        self.row.inode = 0;
        self.state = ReaderState::default();
        self.searched = 0;
    }
}

/// When a file is left, as far as is known now.
pub(super) fn left_at(is_live: bool) -> Option<Instant> {
    (!is_live).then(|| Instant::now() + QUIET)
}

fn head(file: &File, bytes: usize) -> io::Result<String> {
    digest(file, 0, bytes.min(HEAD))
}

/// The digest of the last bytes before `offset`.
fn tail(file: &File, offset: u64) -> io::Result<String> {
    digest(
        file,
        offset.saturating_sub(TAIL as u64),
        TAIL.min(usize::try_from(offset).unwrap_or(TAIL)),
    )
}

fn digest(file: &File, from: u64, bytes: usize) -> io::Result<String> {
    let mut buffer = vec![0; bytes];
    let read = file.read_at(&mut buffer, from)?;
    let digest = Sha256::digest(&buffer[..read]);
    Ok(crate::canonical::hex(&digest[..16]))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use codepiper_model::ProviderId;

    use super::*;

    fn followed(path: &Path) -> Followed {
        Followed::new(Transcript {
            id: 1,
            path: path.display().to_string(),
            provider: ProviderId::Demo,
            session_id: SessionId::random(),
            agent_id: None,
            offset: 0,
            head: String::new(),
            head_bytes: 0,
            tail: String::new(),
            inode: 0,
            reader: String::new(),
        })
    }

    /// What the next piece says.
    fn next(followed: &mut Followed) -> Option<String> {
        let found = followed.next().unwrap()?;
        let Piece::Lines(lines) = found.piece else {
            panic!("no lines")
        };
        followed.advance(found.from + lines.len() as u64).unwrap();
        Some(String::from_utf8(lines).unwrap())
    }

    #[test]
    fn half_a_line_that_is_taken_back_hides_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.jsonl");
        let mut file = File::create(&path).unwrap();
        file.write_all(b"one\n").unwrap();
        let mut followed = followed(&path);
        assert_eq!(next(&mut followed).as_deref(), Some("one\n"));
        file.write_all(b"half a line").unwrap();
        assert_eq!(next(&mut followed), None);
        file.set_len(4).unwrap();
        file.write_at(b"two\n", 4).unwrap();
        assert_eq!(next(&mut followed).as_deref(), Some("two\n"));
    }
}
