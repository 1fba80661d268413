-- How the agent is heard and answered.
ALTER TABLE sessions ADD COLUMN channel TEXT NOT NULL DEFAULT 'hooks';
UPDATE sessions SET channel = 'app-server' WHERE provider = 'codex';
