//! A line of a transcript of Claude Code (seen: 2.1.197), which the demo agent writes as well.
//!
//! One answer of the model is one line per content block, each with the whole usage. A forked
//! conversation begins with copies of the lines of the other one.

use std::cell::OnceCell;

use codepiper_model::{
    ConversationKind, Note, Said, Timestamp, Tokens, ToolResult, ToolUse, TurnEnded, Usage,
};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::line::{Malformed, ReaderState, about, or_default, time, turn_ms, with_time};
use crate::transcript::INTERRUPTED;

/// Lines that say nothing about the conversation.
const PLUMBING: [&str; 9] = [
    "ai-title",
    "file-history-snapshot",
    "last-prompt",
    "mode",
    "permission-mode",
    "progress",
    "queue-operation",
    "summary",
    "custom-title",
];

/// What Claude notes down of its own work.
const OWN_WORK: [&str; 22] = [
    "api_error",
    "api_retry",
    "bridge_state",
    "bridge_status",
    "commands_changed",
    "compact_boundary",
    "file_snapshot",
    "hook_progress",
    "hook_response",
    "hook_started",
    "informational",
    "init",
    "local_command",
    "session_state_changed",
    "status",
    "stop_hook_summary",
    "task_progress",
    "task_started",
    "task_updated",
    "thinking_tokens",
    "turn_starting",
    "worker_shutting_down",
];

/// Blocks without words.
const WORDLESS: [&str; 3] = ["image", "document", "redacted_thinking"];

/// How what a slash command printed begins.
const PRINTED: &str = "<local-command-";

/// What Claude writes for a model where no model answered.
const NO_MODEL: &str = "<synthetic>";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: String,
    subtype: Option<String>,
    uuid: Option<String>,
    parent_uuid: Option<String>,
    timestamp: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    is_meta: bool,
    #[serde(default, deserialize_with = "or_default")]
    is_compact_summary: bool,
    #[serde(default, deserialize_with = "or_default")]
    is_api_error_message: bool,
    agent_id: Option<String>,
    duration_ms: Option<u64>,
    #[serde(borrow)]
    message: Option<Message<'a>>,
    #[serde(borrow)]
    attachment: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_use_result: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Message<'a> {
    id: Option<String>,
    model: Option<String>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
struct Counts {
    #[serde(default, deserialize_with = "or_default")]
    input_tokens: u64,
    #[serde(default, deserialize_with = "or_default")]
    output_tokens: u64,
    #[serde(default, deserialize_with = "or_default")]
    cache_creation_input_tokens: u64,
    #[serde(default, deserialize_with = "or_default")]
    cache_read_input_tokens: u64,
    cache_creation: Option<CacheCreation>,
}

#[derive(Deserialize)]
struct CacheCreation {
    #[serde(default, deserialize_with = "or_default")]
    ephemeral_1h_input_tokens: u64,
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
    thinking: Option<String>,
    id: Option<String>,
    name: Option<String>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    tool_use_id: Option<String>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "or_default")]
    is_error: bool,
}

#[derive(Deserialize)]
struct Attachment {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    prompt: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AgentResult {
    agent_id: String,
}

/// Reads a line.
pub(crate) fn read(text: &str, state: &mut ReaderState) -> Result<Vec<Note>, Malformed> {
    let line: Line<'_> = serde_json::from_str(text)?;
    if PLUMBING.contains(&line.kind.as_str()) {
        return Ok(Vec::new());
    }
    let told = time(line.timestamp.as_deref());
    let at = state.moment(told, line.parent_uuid.as_deref());
    let key = line.uuid.clone().unwrap_or_else(|| crate::line::name(text));
    let reader = Reader {
        line: &line,
        key: &key,
        at,
        counts_at: told.unwrap_or(at),
    };
    let read = match (line.kind.as_str(), line.subtype.as_deref()) {
        ("user" | "assistant", _) if line.message.is_some() => reader.message(),
        ("system", Some("turn_duration")) => reader.turn_end(),
        ("system", Some(kind)) if OWN_WORK.contains(&kind) => Ok(Vec::new()),
        ("attachment", _) => reader.attachment(),
        _ => Ok(vec![reader.said(
            0,
            ConversationKind::Other,
            text.to_owned(),
        )]),
    };
    let says_nothing = matches!(&read, Err(why) if why.notes.is_empty());
    if !says_nothing {
        state.pass(line.uuid.as_deref(), at);
    }
    with_time(read, line.timestamp.as_deref())
}

struct Reader<'a> {
    line: &'a Line<'a>,
    key: &'a str,
    /// Where it stands in the conversation.
    at: Timestamp,
    /// When it was by its own clock: an entry before it that is ahead moves no cost.
    counts_at: Timestamp,
}

impl Reader<'_> {
    fn message(&self) -> Result<Vec<Note>, Malformed> {
        let Some(message) = &self.line.message else {
            return Ok(Vec::new());
        };
        let mut blocks = blocks(message.content)?;
        let mut notes = Vec::new();
        // Only where a block asks for it, and then once for all of them.
        let raw = OnceCell::new();
        for (place, block) in blocks.iter_mut().enumerate() {
            notes.extend(self.block(place, block, &raw)?);
        }
        notes.extend(self.sub_agent(&blocks));
        match self.usage(message) {
            Ok(usage) => notes.extend(usage),
            Err(why) => return Err(why.beside(notes)),
        }
        Ok(notes)
    }

    fn block<'b>(
        &'b self,
        place: usize,
        block: &mut Block<'_>,
        raw: &OnceCell<Vec<&'b RawValue>>,
    ) -> Result<Option<Note>, Malformed> {
        use ConversationKind::{Compaction, Error, Prompt, Reply, Thinking};
        let is_user = self.line.kind == "user";
        let said = |kind, text: &mut Option<String>| {
            let text = text.take().unwrap_or_default();
            (!text.trim().is_empty()).then(|| self.said(place, kind, text))
        };
        let text = block.text.as_deref().unwrap_or_default();
        Ok(match block.kind.as_str() {
            "text" if self.line.is_compact_summary => said(Compaction, &mut block.text),
            "text" if is_user && self.line.is_meta => None,
            "text" if is_user && text.starts_with(INTERRUPTED) => said(Error, &mut block.text),
            "text" if is_user && text.starts_with(PRINTED) => None,
            "text" if is_user => {
                let mut text = command(text).or_else(|| block.text.take());
                said(Prompt, &mut text)
            }
            "text" if self.line.is_api_error_message => said(Error, &mut block.text),
            "text" => said(Reply, &mut block.text),
            "thinking" => said(Thinking, &mut block.thinking),
            "tool_use" | "server_tool_use" => self.call(place, block),
            "tool_result" => Some(Note::Result(self.result(block)?)),
            kind if WORDLESS.contains(&kind) => None,
            _ => {
                let raw = raw.get_or_init(|| self.raw()).get(place);
                let text = raw.map_or_else(String::new, |block| block.get().to_owned());
                Some(self.said(place, ConversationKind::Other, text))
            }
        })
    }

    /// The blocks as they stand in the line.
    fn raw(&self) -> Vec<&RawValue> {
        let content = self.line.message.as_ref().and_then(|it| it.content);
        let blocks = content.map(|content| serde_json::from_str(content.get()));
        blocks.and_then(Result::ok).unwrap_or_default()
    }

    /// Tells of the sub-agent whose work this is the result of.
    fn sub_agent(&self, blocks: &[Block<'_>]) -> Option<Note> {
        let told = self.line.tool_use_result?.get();
        if !told.contains("\"agentId\"") {
            return None;
        }
        let told: AgentResult = serde_json::from_str(told).ok()?;
        let call_id = blocks.iter().find_map(|block| block.tool_use_id.clone());
        Some(Note::SubAgent {
            agent_id: told.agent_id,
            call_id,
        })
    }

    fn call(&self, place: usize, block: &Block<'_>) -> Option<Note> {
        let call_id = block.id.clone()?;
        let name = block.name.clone().unwrap_or_default();
        let input = block.input.map_or("{}", RawValue::get).to_owned();
        let is_agent = matches!(name.as_str(), "Agent" | "Task");
        let kind = if is_agent {
            ConversationKind::SubAgent
        } else {
            ConversationKind::ToolCall
        };
        let Note::Said(mut said) = self.said(place, kind, about(&input)) else {
            return None;
        };
        said.tool = Some(ToolUse {
            call_id,
            name,
            input,
        });
        Some(Note::Said(said))
    }

    fn result(&self, block: &Block<'_>) -> Result<ToolResult, Malformed> {
        let mut texts = blocks(block.content)?.into_iter().map(|block| {
            let kind = block.kind;
            block.text.unwrap_or_else(|| format!("[{kind}]"))
        });
        let mut text = texts.next().unwrap_or_default();
        for next in texts {
            text.push('\n');
            text.push_str(&next);
        }
        Ok(ToolResult {
            call_id: block.tool_use_id.clone().unwrap_or_default(),
            at: self.at,
            text,
            is_error: block.is_error,
            duration_ms: None,
        })
    }

    /// None for what no model said, as an error or what was there of an interrupted answer.
    fn usage(&self, message: &Message<'_>) -> Result<Option<Note>, Malformed> {
        let model = message.model.clone().filter(|model| model != NO_MODEL);
        let (Some(told), Some(model), Some(id)) = (message.usage, model, message.id.clone()) else {
            return Ok(None);
        };
        let counts: Counts = serde_json::from_str(told.get())
            .map_err(|why| Malformed::new(format!("its usage cannot be read: {why}")))?;
        let written = counts.cache_creation_input_tokens;
        let hour = counts.cache_creation.as_ref();
        let hour = hour.map_or(0, |counts| counts.ephemeral_1h_input_tokens.min(written));
        let tokens = Tokens {
            input: counts.input_tokens,
            output: counts.output_tokens,
            cache_write_5m: written - hour,
            cache_write_1h: hour,
            cache_read: counts.cache_read_input_tokens,
            reasoning: 0,
        };
        if !tokens.is_plausible() {
            let why = "no answer has as many tokens as its usage says".to_owned();
            return Err(Malformed::new(why));
        }
        Ok(Some(Note::Usage(Usage {
            key: format!("anthropic:{id}"),
            at: self.counts_at,
            model,
            tokens,
            message_id: id,
        })))
    }

    fn turn_end(&self) -> Result<Vec<Note>, Malformed> {
        let duration_ms = self.line.duration_ms.map(turn_ms).transpose()?;
        let ended = duration_ms.map(|duration_ms| {
            Note::TurnEnded(TurnEnded {
                key: format!("claude:{}", self.key),
                at: self.counts_at,
                duration_ms,
            })
        });
        Ok(ended.into_iter().collect())
    }

    /// A prompt that was typed while the agent worked stands in an attachment.
    fn attachment(&self) -> Result<Vec<Note>, Malformed> {
        let Some(raw) = self.line.attachment else {
            return Ok(Vec::new());
        };
        let attachment: Attachment = serde_json::from_str(raw.get())?;
        if attachment.kind != "queued_command" {
            return Ok(Vec::new());
        }
        let raw = serde_json::value::to_raw_value(&attachment.prompt)?;
        let texts = blocks(Some(&raw))?.into_iter().filter_map(|it| it.text);
        let text = texts.collect::<Vec<_>>().join("\n");
        Ok(vec![self.said(0, ConversationKind::Prompt, text)])
    }

    fn said(&self, place: usize, kind: ConversationKind, text: String) -> Note {
        let message = self.line.message.as_ref();
        let message = message.filter(|_| self.line.kind == "assistant");
        let model = message.and_then(|message| message.model.clone());
        Note::Said(Said {
            key: if place == 0 {
                self.key.to_owned()
            } else {
                format!("{}#{place}", self.key)
            },
            at: self.at,
            kind,
            text,
            agent_id: self.line.agent_id.clone(),
            model: model.filter(|model| model != NO_MODEL),
            message_id: message.and_then(|message| message.id.clone()),
            tool: None,
        })
    }
}

/// A slash command as it was typed; Claude writes its parts between tags.
fn command(text: &str) -> Option<String> {
    let part = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (part, _) = rest.split_once(&format!("</{name}>"))?;
        Some(part.trim())
    };
    if !text.starts_with("<command-") {
        return None;
    }
    let name = part("command-name")?;
    let arguments = part("command-args").unwrap_or_default();
    Some(format!("{name} {arguments}").trim_end().to_owned())
}

/// What a message holds: a text, or blocks.
fn blocks(content: Option<&RawValue>) -> Result<Vec<Block<'_>>, Malformed> {
    let Some(content) = content.map(RawValue::get) else {
        return Ok(Vec::new());
    };
    if !content.starts_with('"') {
        return Ok(serde_json::from_str::<Option<Vec<_>>>(content)?.unwrap_or_default());
    }
    Ok(vec![Block {
        kind: "text".to_owned(),
        text: Some(serde_json::from_str(content)?),
        thinking: None,
        id: None,
        name: None,
        input: None,
        tool_use_id: None,
        content: None,
        is_error: false,
    }])
}
