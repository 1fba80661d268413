-- Workflows, and how far their executions have come.
CREATE TABLE workflows (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    -- As its author wrote it: YAML or JSON.
    source TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE workflow_executions (
    id TEXT PRIMARY KEY,
    workflow_id TEXT NOT NULL REFERENCES workflows (id) ON DELETE CASCADE,
    -- The workflow as it was when the execution began.
    source TEXT NOT NULL,
    status TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX workflow_executions_by_workflow ON workflow_executions (workflow_id, started_at);
CREATE INDEX workflow_executions_open ON workflow_executions (id) WHERE ended_at IS NULL;

CREATE TABLE workflow_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    execution_id TEXT NOT NULL REFERENCES workflow_executions (id) ON DELETE CASCADE,
    timestamp INTEGER NOT NULL,
    step TEXT,
    level TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;
CREATE INDEX workflow_log_by_execution ON workflow_log (execution_id, id);
