-- Browsers that have signed in before, by where they were and what they said they are.
CREATE TABLE devices (
    address      TEXT NOT NULL,
    user_agent   TEXT NOT NULL,
    first_seen   INTEGER NOT NULL,
    last_seen    INTEGER NOT NULL,
    PRIMARY KEY (address, user_agent)
) STRICT, WITHOUT ROWID;
