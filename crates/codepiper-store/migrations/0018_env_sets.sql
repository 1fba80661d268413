-- Variables that sessions may be given. The values are sealed, each for its set and its name.
CREATE TABLE env_sets (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    description TEXT,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE env_values (
    set_id TEXT NOT NULL REFERENCES env_sets (id) ON DELETE CASCADE,
    name   TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (set_id, name)
) STRICT, WITHOUT ROWID;
