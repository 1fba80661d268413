//! The conversation as JSONL in the shape of Claude's transcripts, for programs that read along.
//! A line is written whole; the file is made with the first one, as Claude does.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::stamp::Stamper;

/// The transcript of one session; without a path it goes nowhere.
pub(crate) struct Transcript {
    path: Option<PathBuf>,
    file: Option<File>,
    session: Uuid,
    cwd: String,
    parent: Option<Uuid>,
    stamp: Stamper,
    failed: bool,
    failure: Option<io::Error>,
}

impl Transcript {
    pub(crate) fn new(path: Option<PathBuf>, session: Uuid, cwd: &Path, stamp: Stamper) -> Self {
        let cwd = cwd.display().to_string();
        Self {
            path,
            file: None,
            session,
            cwd,
            parent: None,
            stamp,
            failed: false,
            failure: None,
        }
    }

    /// What tells this session from others, in the words of a hook's payload.
    pub(crate) fn identity(&self) -> Value {
        let path = self.path.as_deref().unwrap_or(Path::new(""));
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        json!({"session_id": self.session, "transcript_path": path, "cwd": self.cwd})
    }

    /// A prompt, or what else a user's message holds.
    pub(crate) fn user(&mut self, content: &Value) {
        self.append(
            "user",
            json!({"message": {"role": "user", "content": content}}),
        );
    }

    /// The result of a tool call, with what Claude keeps beside it.
    pub(crate) fn tool_result(&mut self, call: &str, result: &str, is_error: bool, detail: &Value) {
        let block = json!({
            "type": "tool_result",
            "tool_use_id": call,
            "content": result,
            "is_error": is_error,
        });
        let message = json!({"role": "user", "content": [block]});
        self.append("user", json!({"message": message, "toolUseResult": detail}));
    }

    /// An answer, all its lines in one write.
    pub(crate) fn answer(&mut self, answer: Answer, stop_reason: Option<&str>) {
        let id = format!("msg_{}", (self.stamp)().word());
        let mut lines = String::new();
        for message in answer.messages(&id, stop_reason) {
            lines.push_str(&self.line("assistant", json!({"message": message})));
        }
        self.write(&lines);
    }

    /// An answer that is an error of the API, marked as Claude marks it.
    pub(crate) fn api_error(&mut self, text: &str) {
        let message = json!({
            "id": format!("msg_{}", (self.stamp)().word()),
            "type": "message",
            "role": "assistant",
            "model": "<synthetic>",
            "content": [{"type": "text", "text": text}],
            "stop_reason": "stop_sequence",
            "usage": {
                "input_tokens": 0,
                "output_tokens": 0,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
            },
        });
        self.append(
            "assistant",
            json!({"message": message, "isApiErrorMessage": true}),
        );
    }

    /// How long a turn took that came to its end.
    pub(crate) fn turn_took(&mut self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.append(
            "system",
            json!({"subtype": "turn_duration", "durationMs": millis}),
        );
    }

    fn append(&mut self, kind: &str, fields: Value) {
        let line = self.line(kind, fields);
        self.write(&line);
    }

    fn line(&mut self, kind: &str, fields: Value) -> String {
        let stamp = (self.stamp)();
        let mut entry = json!({
            "type": kind,
            "uuid": stamp.id,
            "parentUuid": self.parent.replace(stamp.id),
            "isSidechain": false,
            "sessionId": self.session,
            "timestamp": stamp.time(),
            "cwd": self.cwd,
            "version": env!("CARGO_PKG_VERSION"),
        });
        if let (Value::Object(entry), Value::Object(fields)) = (&mut entry, fields) {
            entry.extend(fields);
        }
        format!("{entry}\n")
    }

    fn write(&mut self, lines: &str) {
        let Some(path) = &self.path else { return };
        let written = match &mut self.file {
            Some(file) => file.write_all(lines.as_bytes()),
            None => open(path).and_then(|file| self.file.insert(file).write_all(lines.as_bytes())),
        };
        if let Err(error) = written
            && !self.failed
        {
            self.failed = true;
            self.failure = Some(error);
        }
    }

    /// The first failure to write, once.
    pub(crate) fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }
}

/// Begins the conversation `session` at `to` with all that was said in the one at `from`.
pub(crate) fn fork(from: &Path, to: &Path, session: Uuid) -> io::Result<()> {
    let mut copy = open(to)?;
    let parent = from.file_stem().unwrap_or_default().to_string_lossy();
    for line in std::fs::read_to_string(from)?.lines() {
        let Ok(mut entry) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        entry["sessionId"] = json!(session);
        entry["forkedFrom"] = json!({ "sessionId": parent, "messageUuid": entry["uuid"] });
        writeln!(copy, "{entry}")?;
    }
    Ok(())
}

/// Opens for appending. A line that a crash cut off is ended, so that it costs no other.
fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let mut file = OpenOptions::new()
        .create(true)
        .read(true)
        .append(true)
        .mode(0o600)
        .open(path)?;
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::stamp::Stamp;

    fn stamp() -> Stamp {
        Stamp {
            id: Uuid::nil(),
            at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn read(path: &Path) -> Vec<Value> {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn entries_have_the_shape_of_claudes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/t.jsonl");
        let mut transcript =
            Transcript::new(Some(path.clone()), Uuid::max(), Path::new("/p"), stamp);
        transcript.user(&json!("SAY: hi"));
        let mut answer = Answer::to(7);
        answer.say("hi");
        transcript.answer(answer, Some("end_turn"));
        let nil = "00000000-0000-0000-0000-000000000000";
        let entry = |kind, parent: Value, message| {
            json!({
                "type": kind, "uuid": nil, "parentUuid": parent, "isSidechain": false,
                "sessionId": "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "timestamp": "1970-01-01T00:00:00.000Z", "cwd": "/p",
                "version": env!("CARGO_PKG_VERSION"), "message": message,
            })
        };
        let answer = json!({
            "id": "msg_00000000000000000000000000000000", "type": "message", "role": "assistant",
            "model": "demo", "content": [{"type": "text", "text": "hi"}], "stop_reason": "end_turn",
            "usage": {
                "input_tokens": 2, "output_tokens": 1,
                "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
            },
        });
        assert_eq!(
            read(&path),
            [
                entry(
                    "user",
                    Value::Null,
                    json!({"role": "user", "content": "SAY: hi"})
                ),
                entry("assistant", json!(nil), answer),
            ]
        );
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_cut_off_line_is_ended_before_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.jsonl");
        std::fs::write(&path, "{\"type\":\"us").unwrap();
        let mut transcript =
            Transcript::new(Some(path.clone()), Uuid::nil(), Path::new("/"), stamp);
        transcript.user(&json!("x"));
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 2);
        assert!(text.starts_with("{\"type\":\"us\n{"));
    }
}
