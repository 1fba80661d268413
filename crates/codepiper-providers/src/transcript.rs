//! The JSONL transcript of Claude Code (seen: 2.1.197), which the demo agent writes as well, and
//! the way to that of Codex.

use codepiper_model::{Trouble, TroubleKind};
use serde::Deserialize;
use serde_json::Value;

use crate::{claude, codex};

/// What a piece of a transcript says of one turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Whether a prompt was taken.
    pub prompted: bool,
    /// What the agent said last in that turn.
    pub reply: Option<String>,
    /// Whether the agent said that it is done, or that it was interrupted.
    pub over: bool,
    /// What went wrong with it.
    pub trouble: Option<Trouble>,
}

/// How the latest turn of a transcript goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatestTurn {
    /// Whether the agent said that it is done, or that it was interrupted.
    pub over: bool,
    /// What went wrong with it.
    pub trouble: Option<Trouble>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    is_meta: bool,
    #[serde(default)]
    is_sidechain: bool,
    /// The agent says itself what should be the model's reply.
    #[serde(default)]
    is_api_error_message: bool,
    /// Its word for that.
    error: Option<Value>,
    #[serde(default)]
    timestamp: String,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    id: Option<String>,
    content: Value,
    stop_reason: Option<String>,
}

/// Reads the turn that `prompt` began out of `text`, a piece of a transcript that begins anywhere.
/// Whose it is shows in its lines.
pub fn turn_of(text: &str, prompt: &str) -> Turn {
    if let Some(turn) = codex::turn(text, prompt) {
        return turn;
    }
    let mut turn = Turn::default();
    let mut message_id = None;
    for line in said(text) {
        let Some(message) = &line.message else {
            continue;
        };
        match line.kind.as_str() {
            "user" => match prompt_text(&message.content) {
                Some(text) if text.starts_with(INTERRUPTED) => {
                    turn.trouble = turn.prompted.then(|| interruption(&text));
                    turn.over = turn.prompted;
                }
                // The next prompt: what follows is not about this one.
                Some(_) if turn.prompted => break,
                Some(text) => turn.prompted = is_same(&text, prompt),
                None => turn.over = false,
            },
            "assistant" if turn.prompted && line.is_api_error_message => {
                turn.trouble = line.trouble();
                turn.over = true;
            }
            "assistant" if turn.prompted => {
                turn.trouble = None;
                // One answer is one line per content block, all with the same id.
                let text = assistant_text(&message.content);
                if let Some(text) = text {
                    match &mut turn.reply {
                        Some(reply) if message.id.is_some() && message.id == message_id => {
                            reply.push_str("\n\n");
                            reply.push_str(&text);
                        }
                        reply => *reply = Some(text),
                    }
                    message_id.clone_from(&message.id);
                }
                turn.over = message.ends_turn();
            }
            _ => {}
        }
    }
    turn
}

/// Reads how the latest turn in `text` goes, a piece of a transcript that begins anywhere. `None`
/// where it tells of no turn.
pub fn latest_turn(text: &str) -> Option<LatestTurn> {
    if let Some(latest) = codex::latest(text) {
        return Some(latest);
    }
    let line = said(text).pop()?;
    let message = line.message.as_ref()?;
    let trouble = if line.kind == "user" {
        let words = prompt_text(&message.content).filter(|words| words.starts_with(INTERRUPTED));
        words.map(|words| interruption(&words))
    } else {
        line.trouble()
    };
    let is_done = line.kind == "assistant" && message.ends_turn();
    Some(LatestTurn {
        over: trouble.is_some() || is_done,
        trouble,
    })
}

/// What person and agent said, in its order.
fn said(text: &str) -> Vec<Line> {
    // A line that is cut or of an unknown kind says nothing about the turn.
    let lines = text.lines().filter_map(|l| serde_json::from_str(l).ok());
    let mut lines: Vec<Line> = lines.filter(Line::is_said).collect();
    // The first answer of a session can stand before its prompt (seen: 2.1.197). The times are
    // ISO 8601 in UTC, so their text has their order; the sort keeps equal ones as they stand.
    lines.sort_by(|a, b| a.timestamp.cmp(&b.timestamp));
    lines
}

/// How the words begin that stand for an interruption.
pub(crate) const INTERRUPTED: &str = "[Request interrupted by user";

/// Also said where the person refused a tool: it stands there as if that had run.
fn interruption(text: &str) -> Trouble {
    Trouble::new(TroubleKind::Interrupted, text.trim_matches(['[', ']']))
}

impl Line {
    fn is_said(&self) -> bool {
        let by_whom = self.kind == "user" || self.kind == "assistant";
        by_whom && !self.is_meta && !self.is_sidechain && self.message.is_some()
    }

    /// The error that the agent reports in it.
    fn trouble(&self) -> Option<Trouble> {
        let message = self
            .message
            .as_ref()
            .filter(|_| self.is_api_error_message)?;
        let words = prompt_text(&message.content).unwrap_or_default();
        let error = self.error.as_ref().and_then(Value::as_str);
        Some(claude::trouble::of_error(error, &words))
    }
}

impl Message {
    fn ends_turn(&self) -> bool {
        let why = self.stop_reason.as_deref();
        why.is_some_and(|why| why != "tool_use")
    }
}

/// Agents trim a prompt and write its tabs as blanks.
pub(crate) fn is_same(stored: &str, prompt: &str) -> bool {
    let words = |text: &'_ str| {
        without_images(text)
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    words(stored) == words(prompt)
}

/// A text without what agents write in the place of a picture: `[Image #1]`.
fn without_images(text: &str) -> String {
    let mut rest = text;
    let mut clean = String::new();
    while let Some((before, behind)) = rest.split_once("[Image #") {
        let number = behind.split_once(']');
        let number = number.filter(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        clean += before;
        if let Some((_, behind)) = number {
            rest = behind;
        } else {
            clean += "[Image #";
            rest = behind;
        }
    }
    clean + rest
}

/// The text of a user entry that is a prompt and not the result of a tool.
fn prompt_text(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(blocks) => {
            let is_text = |block: &&Value| block["type"] == "text";
            let texts: Vec<&str> = blocks
                .iter()
                .filter(is_text)
                .filter_map(|b| b["text"].as_str())
                .collect();
            (!texts.is_empty()).then(|| texts.join("\n"))
        }
        _ => None,
    }
}

fn assistant_text(content: &Value) -> Option<String> {
    prompt_text(content).filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TURN: &str = r#"{"type":"user","message":{"role":"user","content":"first"}}
{"type":"assistant","message":{"id":"m1","content":[{"type":"text","text":"one"}],"stop_reason":"end_turn"}}
{"type":"user","message":{"role":"user","content":"second"}}
{"type":"assistant","message":{"id":"m2","content":[{"type":"thinking","thinking":"hm"}],"stop_reason":"tool_use"}}
{"type":"assistant","message":{"id":"m2","content":[{"type":"text","text":"let me look"}],"stop_reason":"tool_use"}}
{"type":"user","message":{"role":"user","content":[{"type":"tool_result","content":"x"}]}}
"#;

    #[test]
    fn only_the_turn_of_the_prompt_counts_and_a_tool_result_is_no_prompt() {
        assert_eq!(turn_of(TURN, "first").reply.as_deref(), Some("one"));
        assert!(turn_of(TURN, "first").over);
        assert_eq!(turn_of(TURN, "third"), Turn::default());
        let turn = turn_of(TURN, " second ");
        assert_eq!(
            turn,
            Turn {
                prompted: true,
                reply: Some("let me look".into()),
                over: false,
                trouble: None,
            }
        );
    }

    #[test]
    fn the_times_decide_where_the_lines_stand_otherwise() {
        let lines = r#"{"type":"assistant","timestamp":"2026-11-01T10:00:02.000Z","message":{"id":"m1","content":[{"type":"text","text":"hi"}],"stop_reason":"end_turn"}}
{"type":"user","timestamp":"2026-11-01T10:00:01.000Z","message":{"content":"hello"}}"#;
        assert_eq!(
            turn_of(lines, "hello"),
            Turn {
                prompted: true,
                reply: Some("hi".into()),
                over: true,
                trouble: None,
            }
        );
    }

    #[test]
    fn the_end_of_a_turn_brings_its_reply() {
        let end = r#"{"type":"assistant","message":{"id":"m3","content":[{"type":"text","text":"done"}],"stop_reason":"end_turn"}}
{"type":"assistant","message":{"id":"m3","content":[{"type":"text","text":"really"}],"stop_reason":"end_turn"}}
{"type":"turn_duration"}
{"type":"assi"#;
        let turn = turn_of(&format!("{TURN}{end}"), "second");
        assert_eq!(turn.reply.as_deref(), Some("done\n\nreally"));
        assert!(turn.over);
    }
}
