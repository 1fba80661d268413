-- Browsers that are told even where no page of ours is open. The end of a sign-in, unless by itself,
-- takes those away that it has brought.
CREATE TABLE push_subscriptions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint   TEXT NOT NULL UNIQUE,
    p256dh     TEXT NOT NULL,
    auth       TEXT NOT NULL,
    expires_at INTEGER,
    sign_in    TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- What goes where, written before it is tried and kept after. A web hook is subscription 0.
CREATE TABLE notification_deliveries (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    notification_id INTEGER NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    channel         TEXT NOT NULL,
    subscription_id INTEGER NOT NULL,
    target          TEXT NOT NULL,
    state           TEXT NOT NULL,
    attempts        INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    next_at         INTEGER,
    finished_at     INTEGER,
    last_error      TEXT,
    UNIQUE (notification_id, channel, subscription_id)
) STRICT;

CREATE INDEX notification_deliveries_waiting ON notification_deliveries (channel, subscription_id, next_at)
    WHERE next_at IS NOT NULL;

-- Sessions of which people are told otherwise than of all others.
CREATE TABLE notification_prefs (
    session_id TEXT PRIMARY KEY,
    enabled    INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Secrets of the installation itself, each sealed for its name.
CREATE TABLE sealed_values (
    name   TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
