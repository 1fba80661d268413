use codepiper_model::{Actor, EventSource, SessionId};
use codepiper_policy::{Stroke, TypedLine};
use codepiper_tmux::{Input, Key};
use serde_json::json;

use super::input_policy::Judged;
use super::{Live, SessionManager};
use crate::EngineError;

impl SessionManager {
    /// Presses keys. A name that is no key's is refused before anything is typed; a line that the
    /// rules refuse is left standing, and the keys behind it are not pressed.
    pub async fn press_keys(
        &self,
        id: SessionId,
        names: &[String],
        by: Actor,
    ) -> Result<(), EngineError> {
        let keys = parsed(names)?;
        let live = self.live(id).await?;
        // Letters in a prompt box change nothing that could be waited for.
        let is_typing = keys.iter().all(Key::is_text) && live.read_screen().has_box;
        let before = *live.pane.changes().borrow();
        let asked = Some(live.activity()).filter(|now| now.state.needs_person());
        let answers = names.iter().any(|name| is_answer(name));
        self.type_keys(&live, names, &keys, by).await?;
        match asked {
            Some(asked) if answers => live.answered(&asked).await,
            _ if is_typing => {}
            _ => live.settle(before).await,
        }
        Ok(())
    }

    /// Presses keys and says so; whoever wants to see what came of it waits for that.
    pub(super) async fn type_keys(
        &self,
        live: &Live,
        names: &[String],
        keys: &[Key],
        by: Actor,
    ) -> Result<(), EngineError> {
        // The keys go in before their event is stored: a person's echo does not wait for the
        // disk. Nobody acts on this event, and the call is answered after its commit.
        let mut pressed = Pressed::default();
        let input = live.pane.input().await;
        let result = self.press(live, &input, keys, by, &mut pressed).await;
        drop(input);
        let at = self.parts.clock.now();
        let payload = json!({ "keys": names[..pressed.count] });
        let also = move |tx: &codepiper_store::Transaction<'_>, _| {
            pressed
                .lines
                .iter()
                .try_for_each(|line| line.submitted(tx, at))
        };
        let events = &self.parts.events;
        events
            .emit_with(live.id, EventSource::User, "KeysPressed", payload, also)
            .await?;
        result
    }

    async fn press(
        &self,
        live: &Live,
        input: &Input<'_>,
        keys: &[Key],
        by: Actor,
        pressed: &mut Pressed,
    ) -> Result<(), EngineError> {
        for run in keys.split_inclusive(submits) {
            let (typed, enter) = match run.split_last() {
                Some((last, typed)) if submits(last) => (typed, Some(last)),
                _ => (run, None),
            };
            if !typed.is_empty() {
                input.keys(typed).await?;
                pressed.count += typed.len();
                if !live.read_screen().is_dialog() {
                    let mut line = live.typed();
                    for key in typed {
                        take(&mut line, key);
                    }
                }
            }
            if let Some(enter) = enter {
                pressed.lines.extend(self.judge_prompt(live, by).await?);
                input.keys(std::slice::from_ref(enter)).await?;
                pressed.count += 1;
                let mut line = live.typed();
                *line = after_enter(&line);
            }
        }
        Ok(())
    }
}

/// What has been pressed so far, and the lines that it submitted.
#[derive(Debug, Default)]
struct Pressed {
    count: usize,
    lines: Vec<Judged>,
}

/// The keys of these names.
pub(super) fn parsed(names: &[String]) -> Result<Vec<Key>, EngineError> {
    if names.is_empty() || names.len() > 100 {
        return Err(EngineError::invalid("keys", "`keys` takes 1 to 100 keys"));
    }
    let parse = |(i, name): (usize, &String)| {
        let key = name.parse::<Key>();
        key.map_err(|error| EngineError::invalid(format!("keys[{i}]"), error.to_string()))
    };
    names.iter().enumerate().map(parse).collect()
}

/// Whether a key may submit what stands in a prompt.
fn submits(key: &Key) -> bool {
    ["Enter", "C-m", "C-j"].contains(&key.to_string().as_str())
}

/// What stands in the prompt after Enter: agents take one behind a backslash for a new line.
pub(super) fn after_enter(line: &TypedLine) -> TypedLine {
    if line.is_exact() && !line.text().ends_with('\\') {
        TypedLine::empty()
    } else {
        TypedLine::unknown()
    }
}

fn take(line: &mut TypedLine, key: &Key) {
    if let Some(c) = key.plain_char() {
        return line.take(Stroke::Text(c.encode_utf8(&mut [0; 4])));
    }
    line.take(match key.to_string().as_str() {
        "Space" => Stroke::Text(" "),
        "S-Enter" | "M-Enter" => Stroke::Text("\n"),
        "BSpace" | "C-h" => Stroke::Erase,
        "C-u" => Stroke::Clear,
        _ => Stroke::Edit,
    });
}

/// Whether a key can end a dialog; others move about in it.
fn is_answer(name: &str) -> bool {
    let is_digit = name.len() == 1 && name.bytes().all(|b| b.is_ascii_digit());
    is_digit || ["enter", "escape", "esc", "ctrl+c", "y", "n"].contains(&name)
}
