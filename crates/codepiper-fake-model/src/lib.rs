//! Test support: the APIs that coding agents call, on loopback, answering as the prompt says.
//!
//! A test starts a [`FakeModel`], points a real agent at [`FakeModel::base_url`], and writes what
//! the model shall do into the prompt itself, one directive a line:
//!
//! | line | the model |
//! | --- | --- |
//! | `SAY: text` | replies with the text; texts in a row are one of several lines |
//! | `LINES: n` | replies with `n` numbered lines |
//! | `ECHO` | replies `sha256=<hex> bytes=<n>` of the whole prompt, as it arrived |
//! | `THINK: text` | thinks the text (a thinking block) |
//! | `RUN: command` | runs the command in the shell |
//! | `ESCALATE: command` | runs it outside of the agent's sandbox, and says why |
//! | `READ: path` | reads the file |
//! | `WRITE: path` | writes a small file |
//! | `ASK: question` | asks the person, with the options `Red` and `Blue` |
//! | `TOOL: name json` | uses any other tool, with this input |
//! | `TOGETHER` | uses the tools of this prompt that stand in a row at once |
//! | `WAIT: ms` | is silent for that long |
//! | `SLOW: ms` | spreads the words of each text of this prompt over that time |
//! | `LIMITS: 40 12` | tells that so many percent of the five hours and of the week are used |
//! | `FAIL`, `FAIL: status` | fails; by default with 400, which no client retries |
//! | `FAIL: session_limit`, `weekly_limit` | fails as where a subscription is used up |
//! | `FAIL: context_full` | fails as where the conversation is too long |
//!
//! Directives play in order. Each use of a tool ends an answer, and its result brings the next
//! one. An answer that has nothing left to say after a result tells the result's first line. Lines
//! that are no directive are ignored, and a prompt without any gets a short reply that quotes its
//! first line.
//!
//! A `FAIL` that comes first is an HTTP status; one that comes after a text breaks the stream.
//! Clients retry most statuses from 429 up. Claude Code 2.1.197 tries a 500 ten times more, with
//! growing pauses, and gives up on a 529 after three tries within a second. Codex 0.169.0 tries
//! a 500 five times more within 25 seconds and a broken stream within six, but neither 400 nor 429.
//!
//! The server keeps no conversation: the place in the script is worked out from each request, so
//! retries, resumed sessions and several agents at once are all the same to it. Requests that an
//! agent makes beside the conversation (titles, probes) are answered plainly.
//!
//! One module per API; `script` and `pace` know none of them. The prompt of a model that Codex
//! lets act through JavaScript alone (those of GPT-6) is played through that.

mod anthropic;
mod failure;
mod openai;
mod pace;
mod recorder;
mod script;
mod server;
mod tokens;

pub use recorder::{Kind, Request};
pub use script::fingerprint;
pub use server::FakeModel;
