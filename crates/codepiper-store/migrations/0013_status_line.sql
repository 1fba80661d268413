-- What a session's agent told last of its context, its cost and its limits, as JSON.
ALTER TABLE sessions ADD COLUMN status_line TEXT;
