//! Pictures for agents. Claude Code takes one whose absolute path is pasted alone, and shows `[Image #1]`
//! in its place (2.1.197). In the Codex CLI 0.169 that stays a path; its app-server takes pictures with
//! what is said to it.

use std::path::PathBuf;
use std::time::Duration;

use codepiper_model::{PromptText, ProviderId, SessionId};
use codepiper_providers::codex::rpc::Prompt;
use codepiper_tmux::Input;
use uuid::Uuid;

use super::typing::until;
use super::{Live, SessionManager};
use crate::config::{make_private, write_private};
use crate::{Config, EngineError, picture};

const DIRECTORY: &str = "images";

/// The most that go with one prompt.
const IMAGES_MAX: usize = 10;

/// How an agent shows that it has taken a picture.
const SIGN: &str = "[Image #";

/// How long it may take to.
const TAKEN_DEADLINE: Duration = Duration::from_secs(5);

/// A picture that was uploaded for a session.
#[derive(Clone, Debug)]
pub struct Uploaded {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called there.
    pub filename: String,
}

impl SessionManager {
    /// Keeps a picture for a session's agent; none where the bytes are no PNG, JPEG, GIF or WebP.
    pub async fn upload_image(
        &self,
        id: SessionId,
        bytes: Vec<u8>,
    ) -> Result<Option<Uploaded>, EngineError> {
        self.stored(id).await?;
        let Some(kind) = picture::kind(&bytes) else {
            return Ok(None);
        };
        let dir = self.parts.config.session_dir(id).join(DIRECTORY);
        let filename = format!("{}.{}", Uuid::now_v7(), kind.extension);
        let path = dir.join(&filename);
        let to = path.clone();
        let write = move || {
            make_private(&dir)?;
            write_private(&to, &bytes)
        };
        let written = tokio::task::spawn_blocking(write).await;
        written.map_err(EngineError::internal)??;
        Ok(Some(Uploaded { path, filename }))
    }
}

/// The text with the pictures before it, each on a line of its own: as such it waits for its turn and
/// is kept.
pub(super) fn with_images(
    config: &Config,
    id: SessionId,
    images: &[PathBuf],
    text: &str,
) -> Result<String, EngineError> {
    if images.len() > IMAGES_MAX {
        let message = format!("`images` takes at most {IMAGES_MAX} pictures");
        return Err(EngineError::invalid("images", message));
    }
    let dir = config.session_dir(id).join(DIRECTORY);
    let mut lines = String::new();
    for (i, image) in images.iter().enumerate() {
        let is_ours = image.parent() == Some(&dir) && image.is_file();
        let Some(path) = image.to_str().filter(|_| is_ours) else {
            let message = format!("`images[{i}]` was not uploaded for this session");
            return Err(EngineError::invalid(format!("images[{i}]"), message));
        };
        lines += path;
        lines.push('\n');
    }
    Ok(lines + text)
}

/// The pictures before a text, and the text.
pub(super) fn split(config: &Config, id: SessionId, text: &str) -> (Vec<String>, String) {
    let dir = config.session_dir(id).join(DIRECTORY);
    let mut images = Vec::new();
    let mut rest = text;
    while let Some((line, more)) = rest.split_once('\n') {
        let path = PathBuf::from(line.trim_start());
        if path.parent() != Some(&dir) || !path.is_file() {
            break;
        }
        images.push(line.trim_start().to_owned());
        rest = more;
    }
    (images, rest.to_owned())
}

/// Whether there are pictures, and an app-server that takes them.
pub(super) fn can_say(live: &Live, images: &[String]) -> bool {
    !images.is_empty() && live.app_server.is_connected() && live.subject.conversation().is_some()
}

/// Says a text with pictures through the app-server; otherwise says why not.
pub(super) async fn say(
    live: &Live,
    images: &[String],
    text: &str,
    client_id: &str,
) -> Option<&'static str> {
    let thread = live.subject.conversation()?;
    let prompt = Prompt {
        text,
        images,
        client_id,
    };
    let error = live.app_server.say(&thread, prompt).await.err()?;
    tracing::warn!(session = %live.id, "cannot send pictures: the app-server {error}");
    Some("the app-server of Codex does not take the picture")
}

/// Whether an agent takes pictures that way; others find the paths in the text, and Codex has a tool that
/// looks at what is there.
pub(super) fn takes_images(provider: ProviderId) -> bool {
    provider == ProviderId::ClaudeCode
}

/// Pastes pictures one after the other; otherwise says why not.
pub(super) async fn paste(
    live: &Live,
    input: &Input<'_>,
    images: &[String],
) -> Result<Option<&'static str>, EngineError> {
    for path in images {
        let before = shown(live);
        input.paste(path.as_bytes()).await?;
        let taken = until(live, TAKEN_DEADLINE, |r| {
            shown(live) > before || r.is_dialog()
        })
        .await;
        if taken.is_none_or(|reading| reading.is_dialog()) {
            return Ok(Some("the agent does not take the picture"));
        }
    }
    Ok(None)
}

fn shown(live: &Live) -> usize {
    let view = live.pane.view();
    view.lines
        .iter()
        .map(|line| line.matches(SIGN).count())
        .sum()
}

/// A prompt without the pictures before it: what its agent writes down of it.
pub(super) fn spoken(prompt: &str) -> String {
    let is_picture = |line: &&str| {
        let line = line.trim();
        line.starts_with('/') && line.contains("/sessions/") && line.contains("/images/")
    };
    let lines: Vec<&str> = prompt.split('\n').collect();
    let pictures = lines.iter().take_while(|line| is_picture(line)).count();
    lines[pictures..].join("\n")
}

/// Types the text behind pictures, and waits until it stands there; otherwise says why it does not.
pub(super) async fn type_behind(
    live: &Live,
    input: &Input<'_>,
    text: &str,
) -> Result<Option<&'static str>, EngineError> {
    let text = PromptText::literal(text);
    let text = text.map_err(|e| EngineError::invalid("text", format!("`text`: {e}")))?;
    // The pictures alone are no prompt, and what is not drawn yet may not have been taken either.
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let last: String = bare(text.as_str()).chars().rev().take(20).collect();
    let last: String = last.chars().rev().collect();
    let stands = || {
        let shown = live.shown_text().map(|shown| bare(&shown));
        shown.is_some_and(|shown| shown.ends_with(&last) || shown.contains("[Pastedtext"))
    };
    input.paste(text.as_str().as_bytes()).await?;
    let seen = until(live, TAKEN_DEADLINE, |r| stands() || r.is_dialog()).await;
    Ok(match seen {
        Some(reading) if !reading.is_dialog() => None,
        _ => Some("the text does not appear behind the picture"),
    })
}
