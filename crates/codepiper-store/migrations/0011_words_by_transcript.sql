-- Words are found by the transcript that they stand in, which may be part of several conversations.
DROP TRIGGER conversation_forgets;
DROP TABLE conversation_words;

CREATE VIRTUAL TABLE conversation_words USING fts5 (
    said, transcript, kind, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 2"
);

CREATE TRIGGER conversation_forgets AFTER DELETE ON conversation BEGIN
    DELETE FROM conversation_words WHERE rowid = old.id;
END;

UPDATE conversation_marks SET value = 0 WHERE name IN ('indexed', 'indexed_id');

-- A call of which a fork has a copy counts once.
DROP INDEX conversation_tools;
CREATE INDEX conversation_tools ON conversation (at, tool, call_id, is_error, duration_ms)
    WHERE tool IS NOT NULL;
