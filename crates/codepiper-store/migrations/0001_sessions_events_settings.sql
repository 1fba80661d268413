CREATE TABLE sessions (
    id                  TEXT PRIMARY KEY,
    provider            TEXT NOT NULL,
    name                TEXT,
    cwd                 TEXT NOT NULL,
    status              TEXT NOT NULL,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    pid                 INTEGER,
    pty_cols            INTEGER NOT NULL,
    pty_rows            INTEGER NOT NULL,
    model               TEXT,
    billing_mode        TEXT NOT NULL,
    dangerous_mode      INTEGER NOT NULL,
    provider_session_id TEXT,
    transcript_path     TEXT,
    socket              TEXT NOT NULL,
    exit                TEXT,
    scrubbed_env        TEXT NOT NULL,
    metadata            TEXT NOT NULL
) STRICT;

CREATE INDEX sessions_live ON sessions (status) WHERE status IN ('STARTING', 'RUNNING');

-- AUTOINCREMENT: an id is never used twice, so a reader that remembers one misses nothing.
CREATE TABLE events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    ts         INTEGER NOT NULL,
    source     TEXT NOT NULL,
    type       TEXT NOT NULL,
    payload    TEXT NOT NULL
) STRICT;

CREATE INDEX events_of_session ON events (session_id, id);

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
