-- What people are told of. One event makes at most one of each kind, however often it is read. What is
-- about no session is written together with what it tells of.
CREATE TABLE notifications (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id      TEXT,
    provider        TEXT,
    kind            TEXT NOT NULL,
    source_event_id INTEGER,
    title           TEXT NOT NULL,
    body            TEXT NOT NULL,
    payload         TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    read_at         INTEGER,
    read_source     TEXT,
    UNIQUE (source_event_id, kind)
) STRICT;

CREATE INDEX notifications_by_session ON notifications (session_id, id);
CREATE INDEX notifications_unread ON notifications (session_id) WHERE read_at IS NULL;
