use codepiper_model::{EventSource, SessionId};
use codepiper_store::events::{self, EventQuery};
use codepiper_tmux::{Chunk, Snapshot};
use tokio::sync::watch;

use super::SessionManager;
use crate::EngineError;

/// What a session's terminal shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The rows, with colours where the whole screen was asked for.
    pub text: String,
    /// Columns.
    pub cols: u16,
    /// Rows.
    pub rows: u16,
    /// Where the stream of output goes on; `None` once the session has ended.
    pub offset: Option<u64>,
}

impl SessionManager {
    /// What the terminal shows; for a session that ended, what it showed last.
    pub async fn output(&self, id: SessionId) -> Result<Output, EngineError> {
        let live = self.live_map().get(&id).cloned();
        if let Some(live) = live {
            let (cols, rows) = live.pane.size();
            let offset = Some(live.pane.offsets().1);
            return Ok(Output {
                text: live.pane.ansi(),
                cols,
                rows,
                offset,
            });
        }
        let query = EventQuery {
            session_id: Some(id),
            source: Some(EventSource::Pty),
            kind: Some("Screen".to_owned()),
            limit: 1,
            descending: true,
            ..EventQuery::default()
        };
        self.stored(id).await?;
        let (found, _) = self
            .parts
            .store
            .read(move |db| events::query(db, &query))
            .await?;
        let payload = found
            .into_iter()
            .next()
            .map(|event| event.payload)
            .unwrap_or_default();
        let number = |key: &str| payload[key].as_u64().and_then(|n| u16::try_from(n).ok());
        Ok(Output {
            text: payload["text"].as_str().unwrap_or_default().to_owned(),
            cols: number("cols").unwrap_or(0),
            rows: number("rows").unwrap_or(0),
            offset: None,
        })
    }

    /// The last rows of the scrollback and the screen, as plain text.
    pub async fn history(&self, id: SessionId, lines: u32) -> Result<Vec<String>, EngineError> {
        let live = self.live_map().get(&id).cloned();
        let mut rows = match live {
            Some(live) => live.pane.history(lines).await?,
            None => self
                .output(id)
                .await?
                .text
                .lines()
                .map(strip_ansi)
                .collect(),
        };
        while rows.last().is_some_and(|row| row.trim().is_empty()) {
            rows.pop();
        }
        let keep = usize::try_from(lines).unwrap_or(usize::MAX);
        rows.drain(..rows.len().saturating_sub(keep));
        Ok(rows)
    }

    /// A reader of the terminal's bytes.
    pub async fn stream(&self, id: SessionId) -> Result<TerminalReader, EngineError> {
        let live = self.live(id).await?;
        let changes = live.pane.changes();
        Ok(TerminalReader {
            live,
            changes,
            offset: None,
        })
    }
}

/// Follows a terminal from its present screen on. One that falls behind what is kept goes on from
/// a fresh screen; nobody waits for it.
pub struct TerminalReader {
    live: std::sync::Arc<super::Live>,
    changes: watch::Receiver<u64>,
    offset: Option<u64>,
}

impl TerminalReader {
    /// The next bytes; `None` once the session has ended and all was read.
    pub async fn next(&mut self) -> Option<bytes::Bytes> {
        const PIECE: usize = 64 * 1024;
        loop {
            self.changes.borrow_and_update();
            let read = self
                .offset
                .and_then(|from| self.live.pane.read_from(from, PIECE));
            match read {
                None => {
                    let Snapshot { place, bytes, .. } = self.live.pane.snapshot();
                    self.offset = Some(place.offset);
                    return Some(bytes);
                }
                Some(Chunk { offset, bytes }) if !bytes.is_empty() => {
                    self.offset = Some(offset + bytes.len() as u64);
                    return Some(bytes);
                }
                Some(_) if self.live.pane.end().borrow().is_some() => return None,
                Some(_) => self.changes.changed().await.ok()?,
            }
        }
    }
}

/// Takes the colours out of a stored row.
fn strip_ansi(row: &str) -> String {
    let mut text = String::with_capacity(row.len());
    let mut chars = row.chars();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            text.push(c);
        } else if chars.next() == Some('[') {
            chars.by_ref().find(|c| ('@'..='~').contains(c));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn colours_are_taken_out() {
        assert_eq!(
            super::strip_ansi("\u{1b}[1;31mred\u{1b}[m and plain"),
            "red and plain"
        );
    }
}
