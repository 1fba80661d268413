-- Calls of tools by day (UTC), made when they are asked for. A day in `tool_days_made` is whole; a call that
-- changes takes it out. What has no model has ''.
CREATE TABLE tool_days (
    day           INTEGER NOT NULL,
    transcript_id INTEGER NOT NULL,
    model         TEXT NOT NULL,
    tool          TEXT NOT NULL,
    calls         INTEGER NOT NULL,
    errors        INTEGER NOT NULL,
    duration_ms   REAL NOT NULL,
    timed         INTEGER NOT NULL,
    PRIMARY KEY (day, transcript_id, model, tool)
) STRICT, WITHOUT ROWID;

CREATE TABLE tool_days_made (day INTEGER PRIMARY KEY) STRICT;

CREATE TRIGGER tool_day_outdated AFTER DELETE ON tool_days_made BEGIN
    DELETE FROM tool_days WHERE day = old.day;
END;

CREATE TRIGGER tool_call_comes AFTER INSERT ON conversation WHEN new.tool IS NOT NULL BEGIN
    DELETE FROM tool_days_made WHERE day = (new.at - 86399999 * (new.at < 0)) / 86400000;
END;

CREATE TRIGGER tool_call_changes
AFTER UPDATE OF at, model, tool, is_error, duration_ms ON conversation WHEN new.tool IS NOT NULL BEGIN
    DELETE FROM tool_days_made WHERE day IN (
        (old.at - 86399999 * (old.at < 0)) / 86400000,
        (new.at - 86399999 * (new.at < 0)) / 86400000);
END;

-- A copy that a fork has counts from now on.
CREATE TRIGGER tool_call_goes AFTER DELETE ON conversation WHEN old.call_id IS NOT NULL BEGIN
    DELETE FROM tool_days_made WHERE day = (old.at - 86399999 * (old.at < 0)) / 86400000;
    DELETE FROM tool_days_made WHERE day IN (
        SELECT (at - 86399999 * (at < 0)) / 86400000 FROM conversation WHERE call_id = old.call_id);
END;
