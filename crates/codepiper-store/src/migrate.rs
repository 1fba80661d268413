use rusqlite::Connection;

use crate::StoreError;

/// Every change of the layout, oldest first. Only ever append: a released one is never edited.
const MIGRATIONS: [&str; 24] = [
    include_str!("../migrations/0001_sessions_events_settings.sql"),
    include_str!("../migrations/0002_permissions.sql"),
    include_str!("../migrations/0003_policy_sets.sql"),
    include_str!("../migrations/0004_default_action.sql"),
    include_str!("../migrations/0005_audit_filters.sql"),
    include_str!("../migrations/0006_prompts.sql"),
    include_str!("../migrations/0007_channel.sql"),
    include_str!("../migrations/0008_sign_ins.sql"),
    include_str!("../migrations/0009_conversations.sql"),
    include_str!("../migrations/0010_usage.sql"),
    include_str!("../migrations/0011_words_by_transcript.sql"),
    include_str!("../migrations/0012_speed.sql"),
    include_str!("../migrations/0013_status_line.sql"),
    include_str!("../migrations/0014_days.sql"),
    include_str!("../migrations/0015_same_file.sql"),
    include_str!("../migrations/0016_tool_days.sql"),
    include_str!("../migrations/0017_workflows.sql"),
    include_str!("../migrations/0018_env_sets.sql"),
    include_str!("../migrations/0019_worktrees.sql"),
    include_str!("../migrations/0020_workspaces.sql"),
    include_str!("../migrations/0021_notifications.sql"),
    include_str!("../migrations/0022_deliveries.sql"),
    include_str!("../migrations/0023_devices.sql"),
    include_str!("../migrations/0024_turn_snapshots.sql"),
];

/// Brings the layout up to date, each step in a transaction of its own.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let steps = || (1_i64..).zip(MIGRATIONS);
    let known = steps().map(|(version, _)| version).max().unwrap_or(0);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (version, sql) in steps() {
        if version > found {
            let tx = connection.transaction()?;
            tx.execute_batch(sql)?;
            tx.pragma_update(None, "user_version", version)?;
            tx.commit()?;
        }
    }
    Ok(())
}
