-- What was sent to agents, and how far it has come. What is over keeps its text without secrets.
CREATE TABLE prompts (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    session_id      TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    -- A name that its sender gave it, so that it can be sent again without arriving twice.
    key             TEXT,
    text            TEXT NOT NULL,
    is_command      INTEGER NOT NULL,
    sent_by         TEXT NOT NULL,
    status          TEXT NOT NULL,
    reason          TEXT,
    -- Set before the first byte is typed; where the transcript ended then.
    transcript_from INTEGER,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX prompts_key ON prompts (session_id, key) WHERE key IS NOT NULL;
CREATE INDEX prompts_open ON prompts (session_id, seq)
    WHERE status IN ('accepted', 'typed', 'submitted');
