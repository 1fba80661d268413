//! The words of conversations.

use std::fmt::Write as _;

use codepiper_model::{ConversationKind, SessionId, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params_from_iter};

use crate::StoreError;
use crate::conversation::{self, StoredSaid};
use crate::row::parsed;

/// The most bytes of a tool's result whose words can be found.
const RESULT_MAX: usize = 16 * 1024;

/// How many pages of the index are merged with each step.
const MERGED: i64 = 32;

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// All of these, in the syntax of the index.
    pub words: String,
    /// In the conversation of this session only.
    pub session_id: Option<SessionId>,
    /// Of these kinds only; of all where there are none.
    pub kinds: Vec<ConversationKind>,
    /// Said at that time or later.
    pub since: Option<Timestamp>,
    /// Older than this entry.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

/// Indexes the words of the entries that changed: at most so many, and no further one once there
/// are so many bytes. Says whether there may be more.
pub fn index(tx: &Transaction<'_>, limit: usize, bytes: usize) -> Result<bool, StoreError> {
    let changed = changed(tx, limit, bytes)?;
    let mut add = tx.prepare_cached(
        "INSERT OR REPLACE INTO conversation_words (rowid, said, transcript, kind)
         VALUES (?1, ?2, ?3, ?4)",
    )?;
    for words in &changed {
        if words.kind != ConversationKind::Other.as_str() {
            let transcript = words.transcript.to_string();
            add.execute((words.id, &words.said, transcript, &words.kind))?;
        }
    }
    let Some(last) = changed.last() else {
        return Ok(false);
    };
    let mut mark = tx.prepare_cached("UPDATE conversation_marks SET value = ?2 WHERE name = ?1")?;
    mark.execute(("indexed", last.revision))?;
    mark.execute(("indexed_id", last.id))?;
    // A little with every step: by itself the index would do much of it at once, now and then.
    tx.prepare_cached(
        "INSERT INTO conversation_words (conversation_words, rank) VALUES ('merge', ?1)",
    )?
    .execute([MERGED])?;
    Ok(true)
}

/// The entries that are to be indexed next.
fn changed(db: &Connection, limit: usize, bytes: usize) -> Result<Vec<Words>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, revision, kind, text, tool, result, transcript_id FROM conversation
         WHERE (revision, id) > (
             (SELECT value FROM conversation_marks WHERE name = 'indexed'),
             (SELECT value FROM conversation_marks WHERE name = 'indexed_id'))
         ORDER BY revision, id LIMIT ?1",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_and_then([limit], |row| {
        let result: Option<String> = row.get("result")?;
        let tool: Option<String> = row.get("tool")?;
        let text: String = row.get("text")?;
        Ok::<_, StoreError>(Words {
            id: row.get("id")?,
            revision: row.get("revision")?,
            kind: row.get("kind")?,
            transcript: row.get("transcript_id")?,
            said: said(&text, tool.as_deref(), result.as_deref()),
        })
    })?;
    let (mut changed, mut taken) = (Vec::new(), 0);
    for words in rows {
        let words = words?;
        taken += words.said.len();
        changed.push(words);
        if taken >= bytes {
            break;
        }
    }
    Ok(changed)
}

struct Words {
    id: i64,
    revision: i64,
    kind: String,
    transcript: i64,
    said: String,
}

fn said(text: &str, tool: Option<&str>, result: Option<&str>) -> String {
    let result = result.map(|result| &result[..result.floor_char_boundary(RESULT_MAX)]);
    let parts = [tool, Some(text), result];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// What was found, the newest first, with the session that it was read for, and whether there is
/// more.
pub fn search(
    db: &Connection,
    search: &Search,
) -> Result<(Vec<(SessionId, StoredSaid)>, bool), StoreError> {
    let mut expression = format!("said : ({})", search.words);
    if let Some(id) = search.session_id {
        let transcripts = transcripts_of(db, id)?;
        if transcripts.is_empty() {
            return Ok((Vec::new(), false));
        }
        let transcripts = transcripts.join(" OR ");
        let _infallible = write!(expression, " AND transcript : ({transcripts})");
    }
    if !search.kinds.is_empty() {
        let kinds: Vec<String> = search
            .kinds
            .iter()
            .map(|kind| format!("\"{}\"", kind.as_str()))
            .collect();
        let kinds = kinds.join(" OR ");
        let _infallible = write!(expression, " AND kind : ({kinds})");
    }
    let mut sql = String::from(
        "SELECT c.*, coalesce(?1, t.session_id) AS session_id FROM conversation_words w
         JOIN conversation c ON c.id = w.rowid JOIN transcripts t ON t.id = c.transcript_id
         WHERE conversation_words MATCH ?2 AND (?1 IS NULL OR EXISTS (
             SELECT 1 FROM session_transcripts l
             WHERE l.session_id = ?1 AND l.transcript_id = c.transcript_id
                 AND (l.until IS NULL OR c.offset < l.until)))",
    );
    let session = search.session_id.map(|id| id.to_string());
    let mut values: Vec<Value> = vec![session.into(), expression.into()];
    if let Some(since) = search.since {
        let Some(first) = first_since(db, since)? else {
            return Ok((Vec::new(), false));
        };
        sql.push_str(" AND c.at >= ? AND w.rowid >= ?");
        values.push(since.as_millis().into());
        values.push(first.into());
    }
    if let Some(before) = search.before {
        sql.push_str(" AND w.rowid < ?");
        values.push(before.into());
    }
    sql.push_str(" ORDER BY w.rowid DESC LIMIT ?");
    values.push(i64::try_from(search.limit + 1).unwrap_or(i64::MAX).into());
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_and_then(params_from_iter(values), |row| {
        Ok::<_, StoreError>((parsed(row, "session_id")?, conversation::read(row)?))
    })?;
    let mut found = rows.collect::<Result<Vec<_>, _>>()?;
    let has_more = found.len() > search.limit;
    found.truncate(search.limit);
    Ok((found, has_more))
}

/// The first entry that was read of those said at that time or later. The index knows no times: what
/// stands before it need not be looked at.
fn first_since(db: &Connection, since: Timestamp) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT min(c.id) FROM transcripts t CROSS JOIN conversation c
                   INDEXED BY conversation_in_order
               ON c.transcript_id = t.id AND c.at >= ?1";
    let mut statement = db.prepare_cached(sql)?;
    Ok(statement.query_row([since.as_millis()], |row| row.get(0))?)
}

/// The transcripts of a session's conversation, as terms of the index.
fn transcripts_of(db: &Connection, id: SessionId) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT transcript_id FROM session_transcripts WHERE session_id = ?1";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([id.to_string()], |row| row.get::<_, i64>(0))?;
    Ok(rows
        .map(|id| id.map(|id| format!("\"{id}\"")))
        .collect::<Result<_, _>>()?)
}
