use codepiper_engine::{Follower, Shown};
use tokio::sync::watch;

/// How much a viewer is sent that it has not drawn yet. A browser takes whatever is sent, and the
/// answer to a key would wait behind all of it.
const UNDRAWN_MAX: u64 = 256 * 1024;

/// How far behind the terminal a viewer may be that has to be waited for; then it goes on from a
/// snapshot.
const BEHIND_MAX: u64 = 512 * 1024;

/// Follows a terminal no faster than the viewer draws, if it says how fast that is.
pub(super) struct Abreast {
    follower: Follower,
    drawn: watch::Receiver<Option<u64>>,
    sent: u64,
}

impl Abreast {
    pub(super) fn new(follower: Follower, drawn: watch::Receiver<Option<u64>>) -> Self {
        Self {
            follower,
            drawn,
            sent: 0,
        }
    }

    /// What is shown next; `None` once the terminal is gone and all was shown.
    pub(super) async fn next(&mut self) -> Option<Shown> {
        let sent = self.sent;
        // How far it has drawn is the viewer's word, and may be any number.
        let is_near = |drawn: &Option<u64>| {
            drawn.is_none_or(|drawn| sent <= drawn.saturating_add(UNDRAWN_MAX))
        };
        if !is_near(&self.drawn.borrow()) {
            // The viewer's silence ends with its socket.
            self.drawn.wait_for(is_near).await.ok()?;
            self.follower.skip(BEHIND_MAX);
        }
        let shown = self.follower.next().await?;
        match &shown {
            Shown::Snapshot { offset, .. } => self.sent = *offset,
            Shown::Output { offset, bytes } => self.sent = offset + bytes.len() as u64,
            Shown::Resized(..) | Shown::Locked(_) => {}
        }
        Some(shown)
    }
}
