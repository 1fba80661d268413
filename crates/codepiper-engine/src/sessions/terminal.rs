//! A session's terminal, as somebody has it before them: typing into it, and who decides how large
//! it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use codepiper_model::{Actor, EventSource, Exit, SessionId};
use codepiper_policy::Stroke;
use codepiper_tmux::Key;
use serde_json::json;
use tokio::sync::watch;

use super::follow::{Follower, Frames};
use super::keys::{after_enter, parsed};
use super::raw_input::{Token, tokens};
use super::{Live, SessionManager, request};
use crate::EngineError;

/// A viewer of a session's terminal.
#[derive(Clone)]
pub struct Terminal {
    manager: SessionManager,
    live: Arc<Live>,
    by: Actor,
    viewer: u64,
    /// The size that the viewer has room for, once it has said so.
    room: watch::Sender<Option<(u16, u16)>>,
}

/// Who decides how large a terminal is.
#[derive(Debug, Default)]
pub(super) struct Sizing {
    /// The viewer that was active last.
    active: Option<u64>,
    /// Whether nobody does: the size is pinned.
    is_locked: watch::Sender<bool>,
}

impl Sizing {
    /// Tells whether the size is pinned.
    pub(super) fn lock(&self) -> watch::Receiver<bool> {
        self.is_locked.subscribe()
    }
}

/// Where a terminal stands when a viewer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Columns and rows.
    pub size: (u16, u16),
    /// The offset behind the newest byte of output.
    pub offset: u64,
    /// The oldest offset that can be followed from.
    pub oldest: u64,
}

impl SessionManager {
    /// The session's terminal for a new viewer.
    pub async fn terminal(&self, id: SessionId, by: Actor) -> Result<Terminal, EngineError> {
        static VIEWERS: AtomicU64 = AtomicU64::new(0);
        Ok(Terminal {
            manager: self.clone(),
            live: self.live(id).await?,
            by,
            viewer: VIEWERS.fetch_add(1, Ordering::Relaxed),
            room: watch::Sender::new(None),
        })
    }

    /// Types what a terminal sent. A line that the rules refuse is left standing, and what comes
    /// behind it is not typed.
    async fn type_raw(&self, live: &Live, data: &str, by: Actor) -> Result<(), EngineError> {
        let input = live.pane.input().await;
        let tokens = tokens(data, &mut live.cut());
        let mut lines = Vec::new();
        let mut entered = 0;
        let mut result = Ok(());
        for run in tokens.split_inclusive(|token| matches!(token, Token::Submit(_))) {
            let (typed, enter) = match run.split_last() {
                Some((Token::Submit(enter), typed)) => (typed, Some(*enter)),
                _ => (run, None),
            };
            result = async {
                let bytes: String = typed.iter().map(|token| token.raw()).collect();
                if !bytes.is_empty() {
                    input.bytes(bytes.as_bytes()).await?;
                    note_typed(live, typed);
                }
                let Some(enter) = enter else { return Ok(()) };
                lines.extend(self.judge_prompt(live, by).await?);
                input.bytes(enter.as_bytes()).await?;
                entered += 1;
                let mut line = live.typed();
                *line = after_enter(&line);
                Ok(())
            }
            .await;
            if result.is_err() {
                break;
            }
        }
        drop(input);
        if entered > 0 {
            // What was typed may be a secret; that something was entered, and by whom, is told.
            let payload = json!({ "keys": vec!["enter"; entered] });
            let at = self.parts.clock.now();
            let also = move |tx: &codepiper_store::Transaction<'_>, _| {
                lines.iter().try_for_each(|line| line.submitted(tx, at))
            };
            let events = &self.parts.events;
            events
                .emit_with(live.id, EventSource::User, "KeysPressed", payload, also)
                .await?;
        }
        result
    }

    /// Pastes a text: bracketed where the agent asked for that.
    async fn paste(&self, live: &Live, text: &str, by: Actor) -> Result<(), EngineError> {
        let text = pasted(text);
        let input = live.pane.input().await;
        let is_bracketed = live.pane.view().bracketed_paste;
        if text.contains('\n') && !is_bracketed && !live.read_screen().is_dialog() {
            // Each line of it may be taken as entered.
            let texts = [format!("{}{text}", live.typed().text())];
            self.judge_text(live.id, &live.subject, &texts, by).await?;
        }
        input.paste(text.as_bytes()).await?;
        if !live.read_screen().is_dialog() {
            live.typed().take(Stroke::Text(&text));
        }
        drop(input);
        let payload = json!({ "bytes": text.len() });
        let events = &self.parts.events;
        let noted = events.emit(live.id, EventSource::User, "TextPasted", payload);
        noted.await.map(drop)
    }
}

impl Terminal {
    /// Where it stands.
    pub fn standing(&self) -> Standing {
        let (oldest, offset) = self.live.pane.offsets();
        Standing {
            size: self.live.pane.size(),
            offset,
            oldest,
        }
    }

    /// Follows what is shown, `from` an offset where that is still possible, else from a snapshot.
    pub fn follow(&self, from: Option<u64>, size: (u16, u16)) -> Follower {
        Follower::new(Arc::clone(&self.live), from, size)
    }

    /// The screen as it is now, and then whenever it has changed.
    pub fn frames(&self) -> Frames {
        Frames::new(Arc::clone(&self.live))
    }

    /// Whether the terminal is still there.
    pub fn is_there(&self) -> bool {
        self.live.pane.end().borrow().is_none()
    }

    /// Types what the viewer's terminal made of a key press; returns once tmux has taken it.
    pub async fn type_raw(&self, data: String) -> Result<(), EngineError> {
        let bracketed = data.strip_prefix("\x1b[200~");
        if let Some(text) = bracketed.and_then(|text| text.strip_suffix("\x1b[201~")) {
            return self.paste(text.to_owned()).await;
        }
        self.come_forward().await?;
        let (manager, live, by) = self.parts();
        self.whole(async move { manager.type_raw(&live, &data, by).await })
            .await
    }

    /// Pastes a text; returns once tmux has taken it.
    pub async fn paste(&self, text: String) -> Result<(), EngineError> {
        self.come_forward().await?;
        let (manager, live, by) = self.parts();
        self.whole(async move { manager.paste(&live, &text, by).await })
            .await
    }

    /// Presses keys by their names; returns once tmux has taken them.
    pub async fn press(&self, names: Vec<String>) -> Result<(), EngineError> {
        let keys: Vec<Key> = parsed(&names)?;
        self.come_forward().await?;
        let (manager, live, by) = self.parts();
        self.whole(async move { manager.type_keys(&live, &names, &keys, by).await })
            .await
    }

    /// Says how much room the viewer has, which then decides, unless the size is pinned.
    pub async fn resize(&self, cols: u16, rows: u16) -> Result<(), EngineError> {
        request::check_size(Some(cols), Some(rows))?;
        self.room.send_replace(Some((cols, rows)));
        let is_locked = {
            let mut sizing = self.live.sizing();
            sizing.active = Some(self.viewer);
            *sizing.is_locked.borrow()
        };
        if is_locked {
            return Ok(());
        }
        self.take_size((cols, rows)).await
    }

    /// Pins the present size, or lets it go again: then this viewer decides.
    pub async fn lock_size(&self, on: bool) -> Result<(), EngineError> {
        {
            let mut sizing = self.live.sizing();
            sizing.is_locked.send_replace(on);
            sizing.active = Some(self.viewer);
        }
        let room = *self.room.borrow();
        match room {
            Some(size) if !on => self.take_size(size).await,
            _ => Ok(()),
        }
    }

    /// How the session ended, once it has; nothing where that could not be stored.
    pub async fn exit(&self) -> Option<Exit> {
        self.live.gone().await;
        self.live.exit.borrow().clone()
    }

    /// A viewer that types is the active one.
    async fn come_forward(&self) -> Result<(), EngineError> {
        let Some(size) = *self.room.borrow() else {
            return Ok(());
        };
        let decides = {
            let mut sizing = self.live.sizing();
            let before = sizing.active.replace(self.viewer);
            before != Some(self.viewer) && !*sizing.is_locked.borrow()
        };
        if decides {
            self.take_size(size).await?;
        }
        Ok(())
    }

    async fn take_size(&self, size: (u16, u16)) -> Result<(), EngineError> {
        if size == self.live.pane.size() {
            return Ok(());
        }
        let resized = self.manager.resize(self.live.id, size.0, size.1);
        resized.await.map(drop)
    }

    /// A viewer that goes away must not leave half of it in the terminal, nor unwritten who it was.
    async fn whole(
        &self,
        typing: impl Future<Output = Result<(), EngineError>> + Send + 'static,
    ) -> Result<(), EngineError> {
        let typing = self.manager.parts.tasks.spawn(typing);
        typing.await.map_err(EngineError::internal)?
    }

    fn parts(&self) -> (SessionManager, Arc<Live>, Actor) {
        (self.manager.clone(), Arc::clone(&self.live), self.by)
    }
}

fn note_typed(live: &Live, typed: &[Token<'_>]) {
    if live.read_screen().is_dialog() {
        return;
    }
    let mut line = live.typed();
    for token in typed {
        match token {
            Token::Text(text) => line.take(Stroke::Text(text)),
            Token::NewLine(_) => line.take(Stroke::Text("\n")),
            Token::Erase(_) => line.take(Stroke::Erase),
            Token::Clear(_) => line.take(Stroke::Clear),
            Token::Edit(_) => line.take(Stroke::Edit),
            Token::Report(_) | Token::Submit(_) => {}
        }
    }
}

/// A text without what could end the brackets around it, or mean a key.
fn pasted(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.replace(|c: char| c.is_control() && !matches!(c, '\n' | '\t'), "")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_pasted_text_presses_no_keys() {
        assert_eq!(
            super::pasted("a\r\nb\rc\td\x1b[201~\x03e\0"),
            "a\nb\nc\td[201~e"
        );
    }
}
