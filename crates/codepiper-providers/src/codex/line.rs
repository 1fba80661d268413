//! A line of a rollout of Codex (seen: 0.169.0).
//!
//! What was said stands there twice: as it went to the model (`response_item`), and as the person
//! saw it (`event_msg` with `item_completed`). Words are taken from the second, which has no
//! instructions among them, and tool calls from the first, which has all of them.

use codepiper_model::{
    ConversationKind, Note, Said, Timestamp, ToolResult, ToolUse, TurnEnded, Usage,
};
use serde::Deserialize;
use serde_json::Value;

use crate::line::{Malformed, ReaderState, about, name, time, turn_ms, with_time};

use super::Tokens;

/// Lines that say nothing about the conversation.
const PLUMBING: [&str; 2] = ["world_state", "history_snapshot"];

/// What went to the model and is told better as the person saw it, or has no words.
const TOLD_ELSEWHERE: [&str; 8] = [
    "compaction",
    "compaction_summary",
    "context_compaction",
    "ghost_snapshot",
    "image_generation_call",
    "message",
    "other",
    "reasoning",
];

/// What the person saw and is told better by other lines.
const SEEN_ELSEWHERE: [&str; 9] = [
    "agent_message",
    "agent_reasoning",
    "agent_reasoning_raw_content",
    "context_compacted",
    "task_started",
    "thread_name_updated",
    "thread_settings_applied",
    "token_count",
    "user_message",
];

/// How the names of events end that tell of a step of what another line tells whole.
const STEPS: [&str; 3] = ["_begin", "_delta", "_end"];

/// What was done with a tool, of which the call tells.
const DONE: [&str; 7] = [
    "ContextCompaction",
    "DynamicToolCall",
    "FileChange",
    "ImageGeneration",
    "ImageView",
    "McpToolCall",
    "WebSearch",
];

/// How an answer to a tool call begins whose command was refused or could not run.
const FAILED: [&str; 3] = ["exec_command failed", "execution error", "aborted by user"];

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    timestamp: Option<String>,
    #[serde(default)]
    payload: Value,
}

/// Reads a line.
pub(super) fn read(text: &str, state: &mut ReaderState) -> Result<Vec<Note>, Malformed> {
    let line: Line = serde_json::from_str(text)?;
    let at = state.moment(time(line.timestamp.as_deref()), None);
    let payload = &line.payload;
    let reader = Reader { text, payload, at };
    let read = match line.kind.as_str() {
        "session_meta" => Ok(reader.beginning(state)),
        "turn_context" => {
            state.model = reader.text("model").or(state.model.take());
            Ok(Vec::new())
        }
        "token_usage_record" => reader.usage(state).map(|usage| usage.into_iter().collect()),
        "response_item" => Ok(reader.item(state).into_iter().collect()),
        "event_msg" => reader.event(state),
        "compacted" => Ok(vec![reader.compaction(text, state)]),
        kind if PLUMBING.contains(&kind) => Ok(Vec::new()),
        _ => Ok(vec![reader.unknown(state)]),
    };
    state.pass(None, at);
    with_time(read, line.timestamp.as_deref())
}

struct Reader<'a> {
    /// The whole line.
    text: &'a str,
    payload: &'a Value,
    at: Timestamp,
}

impl Reader<'_> {
    fn text(&self, field: &str) -> Option<String> {
        self.payload[field].as_str().map(str::to_owned)
    }

    /// The first line says whose conversation it is, and where it goes on from.
    fn beginning(&self, state: &mut ReaderState) -> Vec<Note> {
        if self.payload["source"]["subagent"].is_object() {
            state.agent_id = self.text("id");
        }
        let base = &self.payload["history_base"];
        let base = base["thread_id"]
            .as_str()
            .zip(base["end_byte_offset"].as_u64());
        let continues = base.map(|(conversation, until)| Note::Continues {
            conversation: conversation.to_owned(),
            until,
        });
        continues.into_iter().collect()
    }

    /// One for each answer of the model. What was read from the cache, or put into it, is part of
    /// the input there.
    fn usage(&self, state: &ReaderState) -> Result<Option<Note>, Malformed> {
        let Some(id) = self.text("response_id") else {
            return Ok(None);
        };
        let told = &self.payload["usage"];
        let can_be = |count: &Value| {
            count
                .as_u64()
                .is_some_and(|it| it <= codepiper_model::Tokens::MOST)
        };
        let wrong = told
            .as_object()
            .into_iter()
            .flatten()
            .find(|(name, count)| name.ends_with("_tokens") && !count.is_null() && !can_be(count));
        if let Some((name, count)) = wrong {
            let why = format!("no answer has {count} of `{name}`");
            return Err(Malformed::new(why));
        }
        let counts = Tokens::read_snake(told);
        let cached = counts.cached_input + counts.cache_write_input;
        Ok(Some(Note::Usage(Usage {
            key: format!("openai:{id}"),
            at: self.at,
            model: state.model.clone().unwrap_or_else(|| "unknown".to_owned()),
            tokens: codepiper_model::Tokens {
                input: counts.input.saturating_sub(cached),
                output: counts.output,
                cache_write_5m: counts.cache_write_input,
                cache_write_1h: 0,
                cache_read: counts.cached_input,
                reasoning: counts.reasoning_output,
            },
            message_id: self.text("turn_id").unwrap_or(id),
        })))
    }

    /// As it went to the model: here only what tools have to do with.
    fn item(&self, state: &ReaderState) -> Option<Note> {
        match self.payload["type"].as_str()? {
            "function_call" | "custom_tool_call" | "local_shell_call" | "web_search_call" => {
                Some(self.call(state))
            }
            "function_call_output" | "custom_tool_call_output" => {
                let output = &self.payload["output"];
                let text = output.as_str().map(str::to_owned).or_else(|| {
                    let parts = output.as_array()?.iter();
                    let texts: Vec<&str> = parts.filter_map(|it| it["text"].as_str()).collect();
                    Some(texts.join("\n"))
                });
                let text = text.unwrap_or_default();
                Some(Note::Result(ToolResult {
                    call_id: self.text("call_id")?,
                    at: self.at,
                    is_error: FAILED.iter().any(|begin| text.starts_with(begin)),
                    text,
                    duration_ms: None,
                }))
            }
            kind if TOLD_ELSEWHERE.contains(&kind) => None,
            _ => Some(self.unknown(state)),
        }
    }

    fn call(&self, state: &ReaderState) -> Note {
        let payload = self.payload;
        let id = self.text("call_id").or_else(|| self.text("id"));
        let call_id = id.unwrap_or_default();
        let given = ["arguments", "input"]
            .iter()
            .find_map(|name| self.text(name));
        let given = given.unwrap_or_else(|| payload["action"].to_string());
        let input = match serde_json::from_str::<Value>(&given) {
            Ok(Value::Object(_)) => given,
            _ => Value::from(given).to_string(),
        };
        let plain = self.text("name").or_else(|| self.text("type"));
        let plain = plain.unwrap_or_default();
        let kind = if plain == "spawn_agent" {
            ConversationKind::SubAgent
        } else {
            ConversationKind::ToolCall
        };
        let tool = match payload["namespace"].as_str() {
            Some(namespace) => format!("{namespace}__{plain}"),
            None => plain,
        };
        let mut said = self.entry(call_id.clone(), kind, about(&input), state);
        said.tool = Some(ToolUse {
            call_id,
            name: tool,
            input,
        });
        Note::Said(said)
    }

    fn event(&self, state: &ReaderState) -> Result<Vec<Note>, Malformed> {
        let turn = self.text("turn_id").unwrap_or_default();
        match self.payload["type"].as_str() {
            Some("item_completed") => Ok(self.completed(state)),
            Some(kind @ ("task_complete" | "turn_aborted")) => {
                let mut notes = Vec::new();
                let words = if kind == "turn_aborted" {
                    self.text("reason")
                } else {
                    let error = &self.payload["error"]["message"];
                    error.as_str().map(str::to_owned)
                };
                notes.extend(words.map(|words| {
                    self.said(format!("{turn}#end"), ConversationKind::Error, words, state)
                }));
                match self.payload["duration_ms"].as_u64().map(turn_ms) {
                    Some(Ok(duration_ms)) => notes.push(Note::TurnEnded(TurnEnded {
                        key: format!("codex:{turn}"),
                        at: self.at,
                        duration_ms,
                    })),
                    Some(Err(why)) => return Err(why.beside(notes)),
                    None => {}
                }
                Ok(notes)
            }
            Some(kind) if SEEN_ELSEWHERE.contains(&kind) => Ok(Vec::new()),
            Some(kind) if STEPS.iter().any(|end| kind.ends_with(end)) => Ok(Vec::new()),
            _ => Ok(vec![self.unknown(state)]),
        }
    }

    /// As the person saw it.
    fn completed(&self, state: &ReaderState) -> Vec<Note> {
        let item = &self.payload["item"];
        let id = item["id"].as_str().unwrap_or_default().to_owned();
        let (kind, words) = match item["type"].as_str() {
            Some("UserMessage") => (ConversationKind::Prompt, words(&item["content"])),
            Some("AgentMessage") => (ConversationKind::Reply, words(&item["content"])),
            Some("Reasoning") => (ConversationKind::Thinking, words(&item["summary_text"])),
            Some("CommandExecution") => return vec![self.command(item, id)],
            Some("CollabAgentToolCall") => {
                let agents = item["receiver_thread_ids"].as_array().into_iter().flatten();
                let named = agents
                    .filter_map(Value::as_str)
                    .map(|agent| Note::SubAgent {
                        agent_id: agent.to_owned(),
                        call_id: Some(id.clone()),
                    });
                let spawns = item["tool"] == "spawn_agent";
                return named.filter(|_| spawns).collect();
            }
            Some(kind) if DONE.contains(&kind) => return Vec::new(),
            _ => return vec![self.unknown(state)],
        };
        if words.trim().is_empty() {
            return Vec::new();
        }
        vec![self.said(id, kind, words, state)]
    }

    /// What came of a command, better told than to the model.
    fn command(&self, item: &Value, call_id: String) -> Note {
        let started = self.payload["started_at_ms"].as_u64();
        let completed = self.payload["completed_at_ms"].as_u64();
        let took = completed.zip(started);
        Note::Result(ToolResult {
            call_id,
            at: self.at,
            text: item["aggregated_output"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            is_error: item["exit_code"].as_i64() != Some(0),
            duration_ms: took.map(|(end, start)| end.saturating_sub(start)),
        })
    }

    fn compaction(&self, line: &str, state: &ReaderState) -> Note {
        let summary = self.text("message").unwrap_or_default();
        self.said(name(line), ConversationKind::Compaction, summary, state)
    }

    /// What is of a kind that is not known, as it stands there.
    fn unknown(&self, state: &ReaderState) -> Note {
        let text = self.text.to_owned();
        self.said(name(self.text), ConversationKind::Other, text, state)
    }

    fn said(&self, key: String, kind: ConversationKind, text: String, state: &ReaderState) -> Note {
        Note::Said(self.entry(key, kind, text, state))
    }

    fn entry(
        &self,
        key: String,
        kind: ConversationKind,
        text: String,
        state: &ReaderState,
    ) -> Said {
        let is_own = !matches!(kind, ConversationKind::Prompt | ConversationKind::Other);
        let turn = self.text("turn_id").or_else(|| {
            let passed = &self.payload["internal_chat_message_metadata_passthrough"]["turn_id"];
            passed.as_str().map(str::to_owned)
        });
        Said {
            key,
            at: self.at,
            kind,
            text,
            agent_id: state.agent_id.clone(),
            model: state.model.clone().filter(|_| is_own),
            message_id: turn,
            tool: None,
        }
    }
}

/// The texts of a message: plain, or in parts.
fn words(content: &Value) -> String {
    let parts = content.as_array().into_iter().flatten();
    let texts = parts.filter_map(|part| part.as_str().or_else(|| part["text"].as_str()));
    texts.collect::<Vec<_>>().join("\n")
}
