use codepiper_model::Seq;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The WebSocket sub-protocol of a terminal's stream.
pub const TERMINAL_PROTOCOL: &str = "codepiper.terminal.v1";

/// The first byte of a binary frame that holds what the terminal shows; behind it stand the offset
/// at which the output goes on, as eight bytes little-endian, and the bytes.
pub const SNAPSHOT_FRAME: u8 = 1;

/// The same of output; the offset is that of its first byte.
pub const OUTPUT_FRAME: u8 = 2;

/// `GET /sessions/:id/terminal/stream`
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TerminalParams {
    /// The offset behind the last byte that the viewer has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
}

/// What a viewer calls a message of its own, to know the answer by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum MessageId {
    /// A number.
    Number(u64),
    /// A name.
    Name(String),
}

/// What a viewer says on a terminal's stream.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum TerminalRequest {
    /// What its terminal made of a key press.
    Input {
        /// Its name.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<MessageId>,
        /// The bytes.
        data: String,
    },
    /// A text to be pasted as a whole.
    Paste {
        /// Its name.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<MessageId>,
        /// The text.
        text: String,
    },
    /// Keys by their names.
    Keys {
        /// Its name.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<MessageId>,
        /// The keys, such as `ctrl+c`.
        keys: Vec<String>,
    },
    /// The room that the viewer has.
    Resize {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// How far the viewer has drawn. One that says so is sent no more than it will soon have drawn,
    /// and goes on from a snapshot where that leaves it behind.
    Drawn {
        /// The offset behind the last byte that it has drawn.
        offset: u64,
    },
    /// Pins the present size, or lets it go.
    Lock {
        /// Whether it is pinned.
        on: bool,
    },
}

/// What a viewer is told on a terminal's stream, beside what the terminal shows.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TerminalMessage {
    /// The beginning.
    Hello {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
        /// The offset behind the newest byte of output.
        offset: u64,
        /// The oldest offset that can be asked for.
        oldest: u64,
    },
    /// The terminal has another size.
    Resized {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// The size is pinned, or no more; told to every viewer, and at the beginning where it is.
    Locked {
        /// Whether it is pinned.
        on: bool,
    },
    /// tmux has taken what this message was about.
    Ack {
        /// Its name.
        id: MessageId,
    },
    /// Something was not done.
    Error {
        /// The message it was asked for with.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        id: Option<MessageId>,
        /// A name for programs.
        code: String,
        /// Why, and what to do.
        message: String,
    },
    /// The session has ended.
    Exit {
        /// The exit code, where there was one.
        code: Option<i32>,
        /// The signal that ended the agent.
        signal: Option<i32>,
    },
}

/// The version of what is said on `/ws`.
pub const HUB_VERSION: u32 = 1;

/// What a client says on `/ws`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(
    tag = "op",
    rename_all = "snake_case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum HubRequest {
    /// Asks what can be done.
    Hello {
        /// The version that the client speaks.
        version: Option<u32>,
        /// What it could do, by name.
        #[serde(default)]
        supports: serde_json::Map<String, serde_json::Value>,
    },
    /// Wants to hear of a topic.
    #[schema(rename_all = "camelCase")]
    Subscribe {
        /// Which.
        topic: String,
        /// From the first event behind this one on; of a conversation, from the first change behind
        /// this revision on.
        #[schema(value_type = Option<i64>)]
        since_seq: Option<Seq>,
    },
    /// Wants to hear of it no more.
    Unsubscribe {
        /// Of which.
        topic: String,
    },
    /// Says which session the person looks at, as long as the socket is open: what happens there is no news.
    #[schema(rename_all = "camelCase")]
    Presence {
        /// Which; null: none.
        session_id: Option<String>,
    },
    /// Types text.
    #[schema(rename_all = "camelCase")]
    PtyInput {
        /// Where.
        session_id: String,
        /// The bytes.
        data: String,
        /// What the answer is called.
        request_id: Option<String>,
    },
    /// Presses a key.
    #[schema(rename_all = "camelCase")]
    PtyKey {
        /// Where.
        session_id: String,
        /// Its name.
        key: String,
        /// What the answer is called.
        request_id: Option<String>,
    },
    /// Pastes a piece of a text.
    #[schema(rename_all = "camelCase")]
    PtyPaste {
        /// Where.
        session_id: String,
        /// What the text is called.
        request_id: String,
        /// Which piece of it, from 0.
        chunk_index: usize,
        /// Of how many.
        chunk_count: usize,
        /// The piece.
        data: String,
    },
}
