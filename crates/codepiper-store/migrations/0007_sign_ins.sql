-- The one person who may sign in on the web. Secrets are sealed with the installation's key.
CREATE TABLE account (
    id              INTEGER PRIMARY KEY CHECK (id = 1),
    password_hash   TEXT NOT NULL,
    -- The authenticator's secret, and one that is shown and not verified yet.
    totp            BLOB,
    totp_pending    BLOB,
    -- The last step of a code that was used: no code counts twice.
    totp_step       INTEGER NOT NULL DEFAULT 0,
    recovery_hashes TEXT NOT NULL DEFAULT '[]',
    updated_at      INTEGER NOT NULL
) STRICT;

-- A browser that is signed in, or that knows the password and has no authenticator yet.
CREATE TABLE sign_ins (
    id           TEXT PRIMARY KEY,
    token_hash   BLOB NOT NULL UNIQUE,
    stage        TEXT NOT NULL CHECK (stage IN ('onboarding', 'full')),
    address      TEXT NOT NULL,
    user_agent   TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    -- When the person was last asked for password or code again.
    confirmed_at INTEGER
) STRICT;

-- Wrong tries to sign in, by the address they came from; `*` is all of them together.
CREATE TABLE sign_in_tries (
    source   TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at  INTEGER NOT NULL
) STRICT;
