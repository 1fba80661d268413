//! Following what a session's terminal shows: each byte from an offset on, or whole screens.

use std::sync::Arc;

use bytes::Bytes;
use codepiper_tmux::{Place, Snapshot};
use tokio::sync::watch;

use super::Live;

/// Rows above the screen that a viewer begins with.
const ROWS_ABOVE: u32 = 1000;

/// The most bytes of output at a time.
const PIECE: usize = 64 * 1024;

/// What a viewer is shown next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The terminal has another size: columns and rows.
    Resized(u16, u16),
    /// Its size is pinned, or no more.
    Locked(bool),
    /// What it shows, with the rows above, as bytes for a terminal of that size.
    Snapshot {
        /// The offset at which the output goes on.
        offset: u64,
        /// The bytes.
        bytes: Bytes,
    },
    /// What the agent wrote.
    Output {
        /// The offset of the first byte.
        offset: u64,
        /// The bytes.
        bytes: Bytes,
    },
}

/// Follows a terminal for a viewer. One that falls behind what is kept goes on from a fresh
/// snapshot; nobody waits for it.
pub struct Follower {
    live: Arc<Live>,
    changes: watch::Receiver<u64>,
    lock: watch::Receiver<bool>,
    size: (u16, u16),
    place: Option<Place>,
    /// A snapshot that waits for its size to be told.
    drawn: Option<Snapshot>,
}

/// The whole screen at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// How often the screen has changed.
    pub seq: i64,
    /// The rows with their colours.
    pub text: String,
    /// Column and row of the cursor, from 0.
    pub cursor: (u16, u16),
    /// Whether the cursor is shown.
    pub cursor_visible: bool,
}

/// The screen as it is whenever somebody is ready for it.
pub struct Frames {
    live: Arc<Live>,
    changes: watch::Receiver<u64>,
}

impl Follower {
    pub(super) fn new(live: Arc<Live>, from: Option<u64>, size: (u16, u16)) -> Self {
        let mut lock = live.sizing().lock();
        if *lock.borrow() {
            // Where it is not, that is no news.
            lock.mark_changed();
        }
        Self {
            changes: live.pane.changes(),
            lock,
            place: from.and_then(|offset| live.pane.resume(offset)),
            live,
            size,
            drawn: None,
        }
    }

    /// What is shown next; `None` once the terminal is gone and all was shown.
    pub async fn next(&mut self) -> Option<Shown> {
        loop {
            self.changes.borrow_and_update();
            if self.lock.has_changed().unwrap_or(false) {
                return Some(Shown::Locked(*self.lock.borrow_and_update()));
            }
            if let Some(drawn) = self.drawn.take() {
                let (place, bytes) = (drawn.place, drawn.bytes);
                self.place = Some(place);
                return Some(Shown::Snapshot {
                    offset: place.offset,
                    bytes,
                });
            }
            let followed = self.place.and_then(|place| {
                let chunk = self.live.pane.follow(place, PIECE)?;
                Some((place, chunk))
            });
            match followed {
                None => {
                    let drawn = self.live.pane.picture(ROWS_ABOVE).await;
                    let size = (drawn.cols, drawn.rows);
                    self.drawn = Some(drawn);
                    if let Some(resized) = self.resized(size) {
                        return Some(resized);
                    }
                }
                Some((place, chunk)) if !chunk.bytes.is_empty() => {
                    let offset = chunk.offset + chunk.bytes.len() as u64;
                    self.place = Some(Place { offset, ..place });
                    return Some(Shown::Output {
                        offset: chunk.offset,
                        bytes: chunk.bytes,
                    });
                }
                Some(_) if self.live.pane.end().borrow().is_some() => return None,
                Some(_) => tokio::select! {
                    changed = self.changes.changed() => changed.ok()?,
                    Ok(()) = self.lock.changed() => self.lock.mark_changed(),
                },
            }
        }
    }

    /// Goes on from a snapshot where more than so many bytes were not shown yet.
    pub fn skip(&mut self, behind_max: u64) {
        let (_, end) = self.live.pane.offsets();
        let is_near = |place: &Place| end <= place.offset + behind_max;
        self.place = self.place.filter(is_near);
    }

    fn resized(&mut self, size: (u16, u16)) -> Option<Shown> {
        let is_new = std::mem::replace(&mut self.size, size) != size;
        is_new.then_some(Shown::Resized(size.0, size.1))
    }
}

impl Frames {
    pub(super) fn new(live: Arc<Live>) -> Self {
        let mut changes = live.pane.changes();
        changes.mark_changed();
        Self { live, changes }
    }

    /// The screen, once it differs from the one before; `None` once the terminal is gone.
    pub async fn next(&mut self) -> Option<Frame> {
        self.changes.changed().await.ok()?;
        if self.live.pane.end().borrow().is_some() {
            return None;
        }
        let seq = *self.changes.borrow_and_update();
        let view = self.live.pane.view();
        Some(Frame {
            seq: i64::try_from(seq).unwrap_or(i64::MAX),
            text: self.live.pane.ansi(),
            cursor: view.cursor,
            cursor_visible: view.cursor_visible,
        })
    }
}
