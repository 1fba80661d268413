-- A file in which an agent writes a conversation down, and how far it was read. `offset` is the
-- first byte that was not; `reader` is what the lines before it mean for the next one.
CREATE TABLE transcripts (
    id           INTEGER PRIMARY KEY,
    path         TEXT NOT NULL UNIQUE,
    provider     TEXT NOT NULL,
    -- The session that it was followed for last: whose usage the next line is.
    session_id   TEXT NOT NULL,
    agent_id     TEXT,
    offset       INTEGER NOT NULL DEFAULT 0,
    -- Tell whether the file is still the one that was read: the digest of its first bytes, and
    -- how many those are.
    head         TEXT NOT NULL DEFAULT '',
    head_bytes   INTEGER NOT NULL DEFAULT 0,
    reader       TEXT NOT NULL DEFAULT '{}'
) STRICT;

-- Which transcripts make up the conversation of a session. `until`: only what stands before that
-- byte, where the conversation left another one.
CREATE TABLE session_transcripts (
    session_id    TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    transcript_id INTEGER NOT NULL REFERENCES transcripts (id) ON DELETE CASCADE,
    until         INTEGER,
    PRIMARY KEY (session_id, transcript_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_of_transcript ON session_transcripts (transcript_id);

-- What was said and done. `key` is unique in its transcript, so a line that is read again changes
-- nothing. `revision` grows with every change of an entry.
CREATE TABLE conversation (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    transcript_id INTEGER NOT NULL REFERENCES transcripts (id) ON DELETE CASCADE,
    offset        INTEGER NOT NULL,
    revision      INTEGER NOT NULL,
    key           TEXT NOT NULL,
    at            INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    text          TEXT NOT NULL,
    agent_id      TEXT,
    model         TEXT,
    message_id    TEXT,
    call_id       TEXT,
    tool          TEXT,
    input         TEXT,
    result        TEXT,
    is_error      INTEGER,
    ended_at      INTEGER,
    duration_ms   INTEGER,
    sub_agent     TEXT,
    UNIQUE (transcript_id, key)
) STRICT;

CREATE INDEX conversation_in_order ON conversation (transcript_id, at, id);
CREATE INDEX conversation_messages ON conversation (transcript_id, message_id, id)
    WHERE message_id IS NOT NULL;
CREATE INDEX conversation_changes ON conversation (revision, id);
CREATE INDEX conversation_tools ON conversation (at, tool, is_error, duration_ms) WHERE tool IS NOT NULL;
-- By which a call is joined with the decision about it.
CREATE INDEX conversation_calls ON conversation (call_id) WHERE call_id IS NOT NULL;

-- The words, without the texts, which stand in `conversation`; its rowid is the entry's id.
CREATE VIRTUAL TABLE conversation_words USING fts5 (
    said, session, kind, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 2"
);

CREATE TRIGGER conversation_forgets AFTER DELETE ON conversation BEGIN
    DELETE FROM conversation_words WHERE rowid = old.id;
END;

-- Counters: the newest revision, and the entry up to which the words were indexed.
CREATE TABLE conversation_marks (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO conversation_marks VALUES ('revision', 0), ('indexed', 0), ('indexed_id', 0);

-- Lines that could not be read, with their first bytes.
CREATE TABLE transcript_problems (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    transcript_id INTEGER NOT NULL REFERENCES transcripts (id) ON DELETE CASCADE,
    offset        INTEGER NOT NULL,
    bytes         INTEGER NOT NULL,
    seen_at       INTEGER NOT NULL,
    reason        TEXT NOT NULL,
    begins        BLOB NOT NULL,
    UNIQUE (transcript_id, offset, bytes)
) STRICT;
