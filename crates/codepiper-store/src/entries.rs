//! Entries of a conversation as a piece of a transcript leaves them: what comes of a call often
//! stands a line behind it, and both are written at once.

use std::borrow::Cow;
use std::collections::HashMap;

use codepiper_model::{ConversationKind, Said, Timestamp, ToolResult};
use rusqlite::{CachedStatement, OptionalExtension as _, Transaction};

use crate::StoreError;
use crate::conversation::shorten;
use crate::transcripts::bytes;

/// Entries that a piece adds to or changes, in the order in which it names them.
pub(crate) struct Entries<'a> {
    tx: &'a Transaction<'a>,
    transcript: i64,
    revision: i64,
    list: Vec<Entry<'a>>,
    places: HashMap<Name<'a>, usize>,
}

/// What names an entry in its transcript.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Name<'a> {
    Words(&'a str),
    Call(&'a str),
}

impl<'a> Name<'a> {
    fn key(self) -> Cow<'a, str> {
        match self {
            Self::Words(key) => key.into(),
            Self::Call(id) => format!("call:{id}").into(),
        }
    }
}

struct Entry<'a> {
    name: Name<'a>,
    offset: u64,
    said: Option<&'a Said>,
    result: Option<&'a ToolResult>,
    sub_agent: Option<&'a str>,
}

impl<'a> Entries<'a> {
    /// Of a transcript; what changes gets that revision.
    pub(crate) fn new(tx: &'a Transaction<'a>, transcript: i64, revision: i64) -> Self {
        Self {
            tx,
            transcript,
            revision,
            list: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Adds an entry, unless it is there.
    pub(crate) fn add(&mut self, offset: u64, said: &'a Said) {
        // The result of a call may stand in front of it.
        let name = match &said.tool {
            Some(tool) => Name::Call(&tool.call_id),
            None => Name::Words(&said.key),
        };
        self.entry(name, offset).said.get_or_insert(said);
    }

    /// Notes what came of a call. What is told first counts.
    pub(crate) fn finish(&mut self, offset: u64, result: &'a ToolResult) {
        let entry = self.entry(Name::Call(&result.call_id), offset);
        entry.result.get_or_insert(result);
    }

    /// Notes which sub-agent works for a call that was told of before.
    pub(crate) fn give_away(&mut self, call: &'a str, agent: &'a str) -> Result<(), StoreError> {
        let name = Name::Call(call);
        if let Some(place) = self.places.get(&name) {
            self.list[*place].sub_agent.get_or_insert(agent);
            return Ok(());
        }
        self.tx
            .prepare_cached(
                "UPDATE conversation SET sub_agent = ?4, revision = ?3
                 WHERE transcript_id = ?1 AND key = ?2 AND sub_agent IS NULL",
            )?
            .execute((self.transcript, name.key(), self.revision, agent))?;
        Ok(())
    }

    /// Writes all of them down.
    pub(crate) fn close(self) -> Result<(), StoreError> {
        let mut pen = Pen::open(self.tx)?;
        for entry in &self.list {
            pen.write(self.transcript, self.revision, entry)?;
        }
        Ok(())
    }

    fn entry(&mut self, name: Name<'a>, offset: u64) -> &mut Entry<'a> {
        let place = *self.places.entry(name).or_insert(self.list.len());
        if place == self.list.len() {
            self.list.push(Entry {
                name,
                offset,
                said: None,
                result: None,
                sub_agent: None,
            });
        }
        &mut self.list[place]
    }
}

/// The statements that entries are written with.
struct Pen<'a> {
    find: CachedStatement<'a>,
    insert: CachedStatement<'a>,
    say: CachedStatement<'a>,
    finish: CachedStatement<'a>,
    give_away: CachedStatement<'a>,
}

impl<'a> Pen<'a> {
    fn open(tx: &'a Transaction<'a>) -> Result<Self, StoreError> {
        Ok(Self {
            find: tx.prepare_cached(
                "SELECT id FROM conversation WHERE transcript_id = ?1 AND key = ?2",
            )?,
            insert: tx.prepare_cached(
                "INSERT INTO conversation (transcript_id, offset, revision, key, at, kind, text,
                     agent_id, model, message_id, call_id, tool, input, result, is_error, ended_at,
                     duration_ms, sub_agent)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                     ?17, ?18)",
            )?,
            say: tx.prepare_cached(
                "UPDATE conversation SET revision = ?2, at = ?3, kind = ?4, text = ?5,
                     agent_id = ?6, model = ?7, message_id = ?8, tool = ?9, input = ?10
                 WHERE id = ?1 AND tool IS NULL",
            )?,
            finish: tx.prepare_cached(
                "UPDATE conversation SET revision = ?2, result = ?3, is_error = ?4, ended_at = ?5,
                     duration_ms = ?6
                 WHERE id = ?1 AND result IS NULL",
            )?,
            give_away: tx.prepare_cached(
                "UPDATE conversation SET revision = ?2, sub_agent = ?3
                 WHERE id = ?1 AND sub_agent IS NULL",
            )?,
        })
    }

    fn write(
        &mut self,
        transcript: i64,
        revision: i64,
        entry: &Entry<'_>,
    ) -> Result<(), StoreError> {
        let key = entry.name.key();
        // Looked for beforehand: an insertion that fails would use up an id.
        let known = self
            .find
            .query_row((transcript, &key), |row| row.get(0))
            .optional()?;
        match known {
            Some(id) => self.change(id, revision, entry),
            None => self.insert(transcript, revision, &key, entry),
        }
    }

    fn insert(
        &mut self,
        transcript: i64,
        revision: i64,
        key: &str,
        entry: &Entry<'_>,
    ) -> Result<(), StoreError> {
        let (said, result) = (entry.said, entry.result);
        let tool = said.and_then(|said| said.tool.as_ref());
        let call = match entry.name {
            Name::Call(id) => Some(id),
            Name::Words(_) => None,
        };
        let at = said.map(|said| said.at).or(result.map(|result| result.at));
        let kind = said.map_or(ConversationKind::ToolCall, |said| said.kind);
        let values: [&dyn rusqlite::ToSql; 18] = [
            &transcript,
            &bytes(entry.offset),
            &revision,
            &key,
            &at.map(Timestamp::as_millis),
            &kind.as_str(),
            &said.map_or(Cow::Borrowed(""), |said| shorten(&said.text)),
            &said.and_then(|said| said.agent_id.as_ref()),
            &said.and_then(|said| said.model.as_ref()),
            &said.and_then(|said| said.message_id.as_ref()),
            &call,
            &tool.map(|tool| &tool.name),
            &tool.map(|tool| shorten(&tool.input)),
            &result.map(|result| shorten(&result.text)),
            &result.map(|result| result.is_error),
            &result.map(|result| result.at.as_millis()),
            &result.and_then(|result| result.duration_ms).map(bytes),
            &entry.sub_agent,
        ];
        self.insert.execute(values)?;
        Ok(())
    }

    fn change(&mut self, id: i64, revision: i64, entry: &Entry<'_>) -> Result<(), StoreError> {
        if let Some(said) = entry.said
            && let Some(tool) = &said.tool
        {
            self.say.execute((
                id,
                revision,
                said.at.as_millis(),
                said.kind.as_str(),
                shorten(&said.text),
                &said.agent_id,
                &said.model,
                &said.message_id,
                &tool.name,
                shorten(&tool.input),
            ))?;
        }
        if let Some(result) = entry.result {
            self.finish.execute((
                id,
                revision,
                shorten(&result.text),
                result.is_error,
                result.at.as_millis(),
                result.duration_ms.map(bytes),
            ))?;
        }
        if let Some(agent) = entry.sub_agent {
            self.give_away.execute((id, revision, agent))?;
        }
        Ok(())
    }
}
