-- Whose usage it is. Numbers outlive the session that they are about, so this refers to nothing.
CREATE TABLE usage_sessions (
    id         INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL UNIQUE,
    provider   TEXT NOT NULL,
    project    TEXT NOT NULL,
    -- When the session began: an answer that stands in several conversations is the earliest's.
    began_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE usage_models (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- Once per answer of a model. `cost` is in billionths of a dollar, null where there is no price.
CREATE TABLE usage (
    id             INTEGER PRIMARY KEY,
    key            TEXT NOT NULL UNIQUE,
    session        INTEGER NOT NULL REFERENCES usage_sessions (id),
    model          INTEGER NOT NULL REFERENCES usage_models (id),
    at             INTEGER NOT NULL,
    message_id     TEXT NOT NULL,
    input          INTEGER NOT NULL,
    output         INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    cache_read     INTEGER NOT NULL,
    reasoning      INTEGER NOT NULL,
    cost           INTEGER
) STRICT;

CREATE INDEX usage_by_time ON usage (at);
CREATE INDEX usage_of_message ON usage (message_id);

CREATE TABLE turns (
    id          INTEGER PRIMARY KEY,
    key         TEXT NOT NULL UNIQUE,
    session     INTEGER NOT NULL REFERENCES usage_sessions (id),
    at          INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX turns_by_time ON turns (at);

-- Sums, kept as the rows above arrive: by quarter of an hour (every time zone begins its days at
-- one), and by day in the time zone of `usage_zone`. A turn has the model 0.
CREATE TABLE usage_quarters (
    quarter        INTEGER NOT NULL,
    session        INTEGER NOT NULL,
    model          INTEGER NOT NULL,
    answers        INTEGER NOT NULL,
    unpriced       INTEGER NOT NULL,
    turns          INTEGER NOT NULL,
    working_ms     INTEGER NOT NULL,
    input          INTEGER NOT NULL,
    output         INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    cache_read     INTEGER NOT NULL,
    reasoning      INTEGER NOT NULL,
    cost           INTEGER NOT NULL,
    PRIMARY KEY (quarter, session, model)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_days (
    day            INTEGER NOT NULL,
    session        INTEGER NOT NULL,
    model          INTEGER NOT NULL,
    answers        INTEGER NOT NULL,
    unpriced       INTEGER NOT NULL,
    turns          INTEGER NOT NULL,
    working_ms     INTEGER NOT NULL,
    input          INTEGER NOT NULL,
    output         INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    cache_read     INTEGER NOT NULL,
    reasoning      INTEGER NOT NULL,
    cost           INTEGER NOT NULL,
    PRIMARY KEY (day, session, model)
) STRICT, WITHOUT ROWID;

-- The time zone of `usage_days`, one row.
CREATE TABLE usage_zone (name TEXT NOT NULL) STRICT;
