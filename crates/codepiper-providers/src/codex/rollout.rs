//! The rollout, in which Codex writes a conversation down. Seen: 0.169.0.

use codepiper_model::{Trouble, TroubleKind};
use serde::Deserialize;
use serde_json::Value;

use super::trouble;
use crate::transcript::is_same;
use crate::{LatestTurn, Turn};

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    payload: Value,
}

/// Reads the turn that `prompt` began out of `text`, a piece of a rollout that begins anywhere.
/// `None` where it is no rollout.
pub(crate) fn turn(text: &str, prompt: &str) -> Option<Turn> {
    // A line that is cut or of an unknown kind says nothing about the turn.
    let lines = text.lines().filter_map(|l| serde_json::from_str(l).ok());
    let lines: Vec<Line> = lines.collect();
    if lines.is_empty() {
        return None;
    }
    let mut turn = Turn::default();
    let events = lines.iter().filter(|line| line.kind == "event_msg");
    for event in events.map(|line| &line.payload) {
        match event["type"].as_str() {
            Some("item_completed") if event["item"]["type"] == "UserMessage" => {
                let said = text_of(&event["item"]["content"]);
                // The next prompt: what follows is not about this one.
                if turn.prompted && turn.over {
                    break;
                }
                turn.prompted |= is_same(&said, prompt);
            }
            Some("task_complete") if turn.prompted && !turn.over => {
                turn.over = true;
                turn.trouble = ended(event).trouble;
                turn.reply = event["last_agent_message"].as_str().map(str::to_owned);
            }
            Some("turn_aborted") if turn.prompted && !turn.over => {
                turn.over = true;
                turn.trouble = ended(event).trouble;
            }
            _ => {}
        }
    }
    Some(turn)
}

/// How the latest turn in `text` goes. `None` where it is no rollout, or tells of no turn.
pub(crate) fn latest(text: &str) -> Option<LatestTurn> {
    let lines = text.lines().rev();
    let mut lines = lines.filter_map(|line| serde_json::from_str::<Line>(line).ok());
    lines.find_map(|Line { kind, payload }| {
        match payload["type"].as_str().filter(|_| kind == "event_msg")? {
            "task_complete" | "turn_aborted" => Some(ended(&payload)),
            "task_started" => Some(LatestTurn {
                over: false,
                trouble: None,
            }),
            _ => None,
        }
    })
}

/// How a turn ended, by the event of its end.
fn ended(event: &Value) -> LatestTurn {
    let trouble = if event["type"] == "turn_aborted" {
        Some(Trouble::new(TroubleKind::Interrupted, ""))
    } else {
        let error = Some(&event["error"]).filter(|error| error.is_object());
        error.map(trouble::of_rollout)
    };
    LatestTurn {
        over: true,
        trouble,
    }
}

fn text_of(content: &Value) -> String {
    let parts = content.as_array().into_iter().flatten();
    let texts: Vec<&str> = parts.filter_map(|part| part["text"].as_str()).collect();
    texts.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    // Recorded from Codex 0.169.0, and shortened.
    const ROLLOUT: &str = r#"nt":"cut"}}
{"timestamp":"2026-11-23T11:11:30.055Z","ordinal":1,"type":"event_msg","payload":{"type":"task_started","turn_id":"t1"}}
{"timestamp":"2026-11-23T11:11:30.110Z","ordinal":7,"type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"first"}]}}
{"timestamp":"2026-11-23T11:11:30.111Z","ordinal":8,"type":"event_msg","payload":{"type":"item_completed","turn_id":"t1","item":{"type":"UserMessage","content":[{"type":"text","text":"first"}]}}}
{"timestamp":"2026-11-23T11:11:36.345Z","ordinal":9,"type":"event_msg","payload":{"type":"task_complete","turn_id":"t1","last_agent_message":"one"}}
{"timestamp":"2026-11-23T11:11:37.111Z","ordinal":12,"type":"event_msg","payload":{"type":"item_completed","turn_id":"t2","item":{"type":"UserMessage","content":[{"type":"text","text":"second"}]}}}
"#;

    #[test]
    fn a_turn_ends_with_its_reply_or_is_interrupted() {
        let first = turn(ROLLOUT, " first ").unwrap();
        assert_eq!((first.prompted, first.over), (true, true));
        assert_eq!(first.reply.as_deref(), Some("one"));
        let second = turn(ROLLOUT, "second").unwrap();
        assert_eq!((second.prompted, second.over), (true, false));
        let aborted =
            r#"{"type":"event_msg","payload":{"type":"turn_aborted","reason":"interrupted"}}"#;
        let second = turn(&format!("{ROLLOUT}{aborted}"), "second").unwrap();
        assert!(second.over);
        assert_eq!(second.trouble.unwrap().kind, TroubleKind::Interrupted);
        assert_eq!(turn(ROLLOUT, "third"), Some(Turn::default()));
    }

    #[test]
    fn what_is_no_rollout_is_left_to_others() {
        let claude = r#"{"type":"user","message":{"role":"user","content":"first"}}"#;
        assert_eq!(turn(claude, "first"), None);
    }
}
