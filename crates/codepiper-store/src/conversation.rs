//! What was said and done in sessions.

use codepiper_model::{ConversationKind, SessionId, Timestamp, Tokens};
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::StoreError;
use crate::row::named;
use crate::usage;

/// The most bytes of a text that are kept; the transcript has the rest.
pub const TEXT_MAX: usize = 256 * 1024;

/// An entry of a conversation as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSaid {
    /// Its place among all that was ever kept.
    pub id: i64,
    /// The change that made it what it is.
    pub revision: i64,
    /// The transcript that it stands in.
    pub transcript_id: i64,
    /// When.
    pub at: Timestamp,
    /// What it is.
    pub kind: ConversationKind,
    /// The words, or the beginning of very long ones.
    pub text: String,
    /// The sub-agent that said it.
    pub agent_id: Option<String>,
    /// The model that said it.
    pub model: Option<String>,
    /// The answer of the model that it is a part of.
    pub message_id: Option<String>,
    /// The tool that was used.
    pub tool: Option<StoredCall>,
}

/// A tool that was used, and what came of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCall {
    /// The agent's name of the call.
    pub call_id: String,
    /// The tool; none where only the result is known.
    pub name: Option<String>,
    /// What it was given: JSON, or the beginning of it.
    pub input: Option<String>,
    /// What the model was told; none as long as it runs.
    pub result: Option<String>,
    /// Whether it failed or was refused.
    pub is_error: bool,
    /// When the result came.
    pub ended_at: Option<Timestamp>,
    /// How long it ran, where the agent tells; milliseconds.
    pub duration_ms: Option<u64>,
    /// The sub-agent that was given the work.
    pub sub_agent: Option<String>,
}

/// A place in the order of a conversation: by time, then as it was read.
pub type Place = (i64, i64);

/// Which entries to read.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Behind this one.
    pub after: Option<Place>,
    /// In front of this one.
    pub before: Option<Place>,
    /// At most so many: the first ones where `after` is given, otherwise the last ones.
    pub limit: usize,
}

/// The number that entries changed from now on get.
pub(crate) fn next_revision(db: &Connection) -> Result<i64, StoreError> {
    let sql = "UPDATE conversation_marks SET value = value + 1 WHERE name = 'revision'
               RETURNING value";
    Ok(db.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// The newest change.
pub fn revision(db: &Connection) -> Result<i64, StoreError> {
    let sql = "SELECT value FROM conversation_marks WHERE name = 'revision'";
    Ok(db.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Marks the first entry of an answer as changed, with which what it cost is shown.
pub(crate) fn touch(
    db: &Connection,
    transcript: i64,
    revision: i64,
    message_id: &str,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE conversation SET revision = ?3 WHERE revision <> ?3 AND id =
             (SELECT min(id) FROM conversation WHERE transcript_id = ?1 AND message_id = ?2)",
    )?
    .execute((transcript, message_id, revision))?;
    Ok(())
}

/// Reads entries of a session's conversation in order, and whether there are more.
pub fn page(
    db: &Connection,
    session_id: SessionId,
    page: &Page,
) -> Result<(Vec<StoredSaid>, bool), StoreError> {
    let mut links = db.prepare_cached(
        "SELECT transcript_id, until FROM session_transcripts WHERE session_id = ?1",
    )?;
    let links = links.query_map([session_id.to_string()], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?))
    })?;
    let forward = page.after.is_some();
    let order = if forward { "ASC" } else { "DESC" };
    let mut statement = db.prepare_cached(&format!(
        "SELECT * FROM conversation
         WHERE transcript_id = ?1 AND offset < ?2
             AND (at, id) > (?3, ?4) AND (at, id) < (?5, ?6)
         ORDER BY at {order}, id {order} LIMIT ?7"
    ))?;
    let after = page.after.unwrap_or((i64::MIN, i64::MIN));
    let before = page.before.unwrap_or((i64::MAX, i64::MAX));
    let limit = i64::try_from(page.limit).unwrap_or(i64::MAX - 1);
    let mut found: Vec<StoredSaid> = Vec::new();
    for link in links {
        let (transcript, until) = link?;
        let rows = statement.query_and_then(
            (
                transcript,
                until.unwrap_or(i64::MAX),
                after.0,
                after.1,
                before.0,
                before.1,
                limit + 1,
            ),
            read,
        )?;
        for row in rows {
            found.push(row?);
        }
    }
    found.sort_by_key(StoredSaid::place);
    let has_more = found.len() > page.limit;
    if forward {
        found.truncate(page.limit);
    } else {
        found.drain(..found.len().saturating_sub(page.limit));
    }
    Ok((found, has_more))
}

/// Reads the entries of a session's conversation that changed after `revision`, the earliest change
/// first, and whether there are more. Of a change there are all or none, so there may be more than
/// `limit`, and the last one's revision is where to go on from.
pub fn changes(
    db: &Connection,
    session_id: SessionId,
    revision: i64,
    limit: usize,
) -> Result<(Vec<StoredSaid>, bool), StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT c.* FROM conversation c INDEXED BY conversation_changes
         JOIN session_transcripts l ON l.transcript_id = c.transcript_id AND l.session_id = ?1
         WHERE c.revision > ?2 AND (l.until IS NULL OR c.offset < l.until)
         ORDER BY c.revision, c.id LIMIT ?3",
    )?;
    let limit_and_one = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let session = session_id.to_string();
    let rows = statement.query_and_then((&session, revision, limit_and_one), read)?;
    let mut found = rows.collect::<Result<Vec<_>, _>>()?;
    let Some(next) = found.get(limit).map(|said| said.revision) else {
        return Ok((found, false));
    };
    found.retain(|said| said.revision < next);
    if !found.is_empty() {
        return Ok((found, true));
    }
    let rows = statement.query_and_then((&session, next - 1, i64::MAX), read)?;
    for row in rows {
        let said = row?;
        if said.revision > next {
            return Ok((found, true));
        }
        found.push(said);
    }
    Ok((found, false))
}

/// The newest change of a session's conversation after `revision`, if there is one.
pub fn changed(
    db: &Connection,
    session_id: SessionId,
    revision: i64,
) -> Result<Option<i64>, StoreError> {
    let newest = db
        .prepare_cached(
            "SELECT max(c.revision) FROM conversation c INDEXED BY conversation_changes
             JOIN session_transcripts l ON l.transcript_id = c.transcript_id AND l.session_id = ?1
             WHERE c.revision > ?2 AND (l.until IS NULL OR c.offset < l.until)",
        )?
        .query_row((session_id.to_string(), revision), |row| row.get(0))?;
    Ok(newest)
}

/// What the answer of which that is the first entry cost, and its price in billionths of a dollar
/// where there is one for all of it.
pub fn cost_of(
    db: &Connection,
    said: &StoredSaid,
) -> Result<Option<(Tokens, Option<i64>)>, StoreError> {
    let Some(message_id) = &said.message_id else {
        return Ok(None);
    };
    let first: i64 = db
        .prepare_cached(
            "SELECT min(id) FROM conversation WHERE transcript_id = ?1 AND message_id = ?2",
        )?
        .query_row((said.transcript_id, message_id), |row| row.get(0))?;
    if first != said.id {
        return Ok(None);
    }
    let mut statement = db.prepare_cached(
        "SELECT sum(input) AS input, sum(output) AS output,
             sum(cache_write_5m) AS cache_write_5m, sum(cache_write_1h) AS cache_write_1h,
             sum(cache_read) AS cache_read, sum(reasoning) AS reasoning, sum(cost) AS cost,
             count(*) AS answers, count(cost) AS priced
         FROM usage WHERE message_id = ?1 HAVING count(*) > 0",
    )?;
    let mut rows = statement.query_and_then([message_id], |row| {
        let is_priced = row.get::<_, i64>("answers")? == row.get::<_, i64>("priced")?;
        let cost: Option<i64> = row.get("cost")?;
        Ok::<_, StoreError>((usage::tokens(row)?, cost.filter(|_| is_priced)))
    })?;
    rows.next().transpose()
}

/// The decision about a call, and the approval that came of it.
pub fn decided(
    db: &Connection,
    call_id: &str,
) -> Result<Option<(String, Option<String>)>, StoreError> {
    let found = db
        .prepare_cached(
            "SELECT d.id, a.id FROM decisions d LEFT JOIN approvals a ON a.decision_id = d.id
             WHERE d.tool_use_id = ?1 LIMIT 1",
        )?
        .query_row([call_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found)
}

impl StoredSaid {
    /// Its place in the order of its conversation.
    pub fn place(&self) -> Place {
        (self.at.as_millis(), self.id)
    }
}

/// The text, or the beginning of a very long one, which then ends with `…`.
pub(crate) fn shorten(text: &str) -> std::borrow::Cow<'_, str> {
    if text.len() <= TEXT_MAX {
        return text.into();
    }
    let end = text.floor_char_boundary(TEXT_MAX);
    format!("{}…", &text[..end]).into()
}

pub(crate) fn read(row: &Row<'_>) -> Result<StoredSaid, StoreError> {
    let millis = |column| row.get::<_, Option<i64>>(column);
    let call_id: Option<String> = row.get("call_id")?;
    let tool = call_id.map(|call_id| {
        Ok::<_, StoreError>(StoredCall {
            call_id,
            name: row.get("tool")?,
            input: row.get("input")?,
            result: row.get("result")?,
            is_error: row.get::<_, Option<bool>>("is_error")?.unwrap_or(false),
            ended_at: millis("ended_at")?.map(Timestamp::from_millis),
            duration_ms: millis("duration_ms")?.and_then(|ms| u64::try_from(ms).ok()),
            sub_agent: row.get("sub_agent")?,
        })
    });
    Ok(StoredSaid {
        id: row.get("id")?,
        revision: row.get("revision")?,
        transcript_id: row.get("transcript_id")?,
        at: Timestamp::from_millis(row.get("at")?),
        kind: named(row, "kind")?,
        text: row.get("text")?,
        agent_id: row.get("agent_id")?,
        model: row.get("model")?,
        message_id: row.get("message_id")?,
        tool: tool.transpose()?,
    })
}
