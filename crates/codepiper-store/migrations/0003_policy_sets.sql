CREATE TABLE policy_sets (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    description TEXT,
    is_default  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

-- At most one set is given to every new session.
CREATE UNIQUE INDEX policy_sets_default ON policy_sets (is_default) WHERE is_default;

CREATE TABLE policy_set_members (
    set_id    TEXT NOT NULL REFERENCES policy_sets (id) ON DELETE CASCADE,
    policy_id TEXT NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
    PRIMARY KEY (set_id, policy_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE session_policy_sets (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    set_id     TEXT NOT NULL REFERENCES policy_sets (id) ON DELETE CASCADE,
    PRIMARY KEY (session_id, set_id)
) STRICT, WITHOUT ROWID;
