-- The index of words is merged in small steps by whoever fills it, never by itself at once.
INSERT INTO conversation_words (conversation_words, rank) VALUES
    ('automerge', 0), ('usermerge', 8), ('crisismerge', 256);

-- The sums of `usage_days` of all sessions together, for who asks for no session in particular.
CREATE TABLE usage_day_totals (
    day            INTEGER NOT NULL,
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
    PRIMARY KEY (day, model)
) STRICT, WITHOUT ROWID;

INSERT INTO usage_day_totals
SELECT day, model, sum(answers), sum(unpriced), sum(turns), sum(working_ms), sum(input), sum(output),
    sum(cache_write_5m), sum(cache_write_1h), sum(cache_read), sum(reasoning), sum(cost)
FROM usage_days GROUP BY day, model;

-- What was in a time is counted in these alone.
CREATE INDEX sessions_by_time ON sessions (created_at, id, provider);
CREATE INDEX usage_sessions_by_time ON usage_sessions (began_at, session_id, provider);
