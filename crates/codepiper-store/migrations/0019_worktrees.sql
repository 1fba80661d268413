-- The git worktrees that were made for sessions. They outlive these: what is in one is somebody's work.
CREATE TABLE worktrees (
    path            TEXT PRIMARY KEY,
    repo_root       TEXT NOT NULL,
    branch          TEXT NOT NULL,
    created_branch  INTEGER NOT NULL,
    base            TEXT,
    base_commit     TEXT,
    original_cwd    TEXT NOT NULL,
    teardown_script TEXT,
    created_at      INTEGER NOT NULL
) STRICT;
