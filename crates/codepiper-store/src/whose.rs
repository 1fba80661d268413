//! Whose usage, calls and decisions to count.

use std::fmt::Write as _;

use rusqlite::types::Value;

/// Of which sessions, and in them of which model; of all where nothing is given.
#[derive(Clone, Debug, Default)]
pub struct Whose {
    /// Of this session only.
    pub session: Option<String>,
    /// Of this project only.
    pub project: Option<String>,
    /// Of this agent only.
    pub provider: Option<String>,
    /// Of this model only; of what no model did, that of the sessions in which it answered.
    pub model: Option<String>,
}

impl Whose {
    /// Whether only some sessions count.
    pub(crate) fn is_of_sessions(&self) -> bool {
        let Self {
            session,
            project,
            provider,
            model: _,
        } = self;
        session.is_some() || project.is_some() || provider.is_some()
    }

    /// Conditions on a column with the id of a session, each with ` AND ` in front, whose values
    /// are added to `values`. The model is left to the caller.
    pub(crate) fn sessions(&self, column: &str, values: &mut Vec<Value>) -> String {
        let mut sql = String::new();
        let mut add = |condition: &str, value: &Option<String>| {
            if let Some(value) = value {
                values.push(value.clone().into());
                let place = values.len();
                sql.push_str(
                    &format!(" AND {column} {condition}").replace('?', &format!("?{place}")),
                );
            }
        };
        add("= ?", &self.session);
        add(
            "IN (SELECT session_id FROM usage_sessions WHERE project = ?)",
            &self.project,
        );
        add(
            "IN (SELECT session_id FROM usage_sessions WHERE provider = ?
                 UNION ALL SELECT id FROM sessions WHERE provider = ?)",
            &self.provider,
        );
        sql
    }

    /// The same, of the sessions in which the model answered.
    pub(crate) fn sessions_with_model(&self, column: &str, values: &mut Vec<Value>) -> String {
        let mut sql = self.sessions(column, values);
        if let Some(model) = &self.model {
            values.push(model.clone().into());
            let _infallible = write!(
                sql,
                " AND {column} IN (SELECT s.session_id FROM usage_sessions s
                     JOIN usage_days u ON u.session = s.id JOIN usage_models m ON m.id = u.model
                     WHERE m.name = ?{})",
                values.len()
            );
        }
        sql
    }
}
