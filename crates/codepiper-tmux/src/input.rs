use std::fmt::Write as _;

use crate::link::{Link, PANE};
use crate::quote::quote;
use crate::{Key, TmuxError};

/// The right to type into a pane.
pub struct Input<'a> {
    link: &'a Link,
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

impl<'a> Input<'a> {
    /// Waits for everybody who asked earlier.
    pub(crate) async fn begin(link: &'a Link) -> Self {
        Self {
            link,
            _turn: link.input.lock().await,
        }
    }

    /// Pastes `text` as a whole: bracketed where the program asked for that, unchanged otherwise.
    /// A NUL cannot be pasted and is refused.
    pub async fn paste(&self, text: &[u8]) -> Result<(), TmuxError> {
        refuse_nul(text)?;
        if text.is_empty() {
            return Ok(());
        }
        // `copy-mode -q`: a person who scrolled back left the pane where it takes no input.
        let mut line = format!("copy-mode -q -t {PANE} ; set-buffer -b codepiper -- ").into_bytes();
        line.extend_from_slice(&quote(text));
        line.extend_from_slice(
            format!(" ; paste-buffer -p -r -d -b codepiper -t {PANE}").as_bytes(),
        );
        self.link.run_line(line, 3).await.map(drop)
    }

    /// Types bytes as they are.
    pub async fn bytes(&self, bytes: &[u8]) -> Result<(), TmuxError> {
        for piece in bytes.chunks(256) {
            let mut line = format!("copy-mode -q -t {PANE} ; send-keys -t {PANE} -H");
            for byte in piece {
                let _ = write!(line, " {byte:02x}");
            }
            self.link.run_line(line, 2).await?;
        }
        Ok(())
    }

    /// Presses keys, in the form the program's terminal modes ask for.
    pub async fn keys(&self, keys: &[Key]) -> Result<(), TmuxError> {
        let mut line = format!("copy-mode -q -t {PANE}");
        for key in keys {
            match key.plain_char() {
                Some(c) => {
                    let _ = write!(line, " ; send-keys -t {PANE} -H");
                    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                        let _ = write!(line, " {byte:02x}");
                    }
                }
                None => {
                    let _ = write!(line, " ; send-keys -t {PANE} {}", key.tmux_name());
                }
            }
        }
        self.link.run_line(line, keys.len() + 1).await.map(drop)
    }
}

fn refuse_nul(bytes: &[u8]) -> Result<(), TmuxError> {
    if bytes.contains(&0) {
        let message = "a NUL cannot be typed".to_owned();
        return Err(TmuxError::Refused {
            command: "input".into(),
            message,
        });
    }
    Ok(())
}
