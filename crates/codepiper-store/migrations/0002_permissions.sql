-- The hash of the credential that a session's hooks show.
ALTER TABLE sessions ADD COLUMN secret_hash TEXT;
ALTER TABLE sessions ADD COLUMN fail_closed INTEGER NOT NULL DEFAULT 0;

-- What a hook reports has a name of its own, so that reporting it twice stores it once and gives
-- the first answer again.
ALTER TABLE events ADD COLUMN delivery_id TEXT;
ALTER TABLE events ADD COLUMN answer TEXT;
CREATE UNIQUE INDEX events_delivery ON events (delivery_id) WHERE delivery_id IS NOT NULL;

CREATE TABLE policies (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    description TEXT,
    enabled     INTEGER NOT NULL,
    priority    INTEGER NOT NULL,
    session_id  TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    rules       TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE approvals (
    id          TEXT PRIMARY KEY,
    session_id  TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    decision_id TEXT NOT NULL,
    delivery_id TEXT NOT NULL,
    status      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    body        TEXT NOT NULL
) STRICT;

CREATE INDEX approvals_of_session ON approvals (session_id, created_at);
CREATE INDEX approvals_by_age ON approvals (created_at);
CREATE INDEX approvals_open ON approvals (status) WHERE status IN ('pending', 'answered');
CREATE UNIQUE INDEX approvals_delivery ON approvals (delivery_id);
CREATE INDEX approvals_of_decision ON approvals (decision_id);

-- The audit refers to sessions, policies and events by name only: it outlives them.
-- `sealed` is what the row's hash covers, together with `prev_hash`; the columns after it follow
-- the later entries of `audit`.
CREATE TABLE decisions (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    session_id   TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    tool_use_id  TEXT,
    agent_id     TEXT,
    ts           INTEGER NOT NULL,
    sealed       TEXT NOT NULL,
    prev_hash    TEXT NOT NULL,
    hash         TEXT NOT NULL,
    decision     TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    body         TEXT NOT NULL,
    -- Whether something may still come of it in the turn that it belongs to.
    open         INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX decisions_of_session ON decisions (session_id, seq);
CREATE INDEX decisions_open ON decisions (session_id, request_hash) WHERE open;
CREATE INDEX decisions_tool_use ON decisions (tool_use_id) WHERE tool_use_id IS NOT NULL;

-- What came after a decision, and what else has to be accounted for; a chain of its own.
CREATE TABLE audit (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    ts          INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    decision_id TEXT,
    sealed      TEXT NOT NULL,
    prev_hash   TEXT NOT NULL,
    hash        TEXT NOT NULL
) STRICT;

CREATE INDEX audit_of_decision ON audit (decision_id) WHERE decision_id IS NOT NULL;
