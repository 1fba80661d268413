-- The turns of agents, and what their repositories held before and after: names of trees, which refs in the
-- repository keep. A row outlives its session until these refs are gone.
CREATE TABLE turn_snapshots (
    session_id TEXT NOT NULL,
    turn       INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    wants      TEXT CHECK (wants IN ('before', 'after', 'both')),
    git_dir    TEXT,
    before     TEXT,
    after      TEXT,
    files      INTEGER NOT NULL DEFAULT 0,
    added      INTEGER NOT NULL DEFAULT 0,
    removed    INTEGER NOT NULL DEFAULT 0,
    problem    TEXT,
    PRIMARY KEY (session_id, turn)
) STRICT, WITHOUT ROWID;

CREATE INDEX turn_snapshots_wanted ON turn_snapshots (session_id) WHERE wants IS NOT NULL;
