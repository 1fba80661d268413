use codepiper_model::{Decision, DecisionKind, Outcome, SessionId, Timestamp};
use rusqlite::Connection;

use super::{StoredDecision, read};
use crate::StoreError;
use crate::stretch::{Places, Reach, Stretch, with_stars};
use crate::text::Text;

/// Which decisions to read: those that are everything that is given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecisionQuery {
    /// Of this session.
    pub session_id: Option<SessionId>,
    /// Of this kind.
    pub decision: Option<DecisionKind>,
    /// On this tool; `*` stands for any text.
    pub tool_name: Option<String>,
    /// That came to this.
    pub outcome: Option<Outcome>,
    /// By a rule of this policy.
    pub policy_id: Option<String>,
    /// By the rule of this name.
    pub rule_id: Option<String>,
    /// Where this one had the last word.
    pub actor: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// With this text in the tool's name, in what the tool was to get or in the reason.
    pub text: Option<String>,
}

/// A stretch of the decisions.
pub fn search(
    db: &Connection,
    query: &DecisionQuery,
    reach: Reach,
    limit: usize,
) -> Result<Stretch<StoredDecision>, StoreError> {
    let text = query.text.as_deref().map(Text::new).transpose()?;
    let sql = "SELECT * FROM decisions WHERE seq = ?";
    places(query).read(db, sql, (reach, limit), |row| {
        let body = row.get_ref("body")?.as_str().unwrap_or_default();
        if text.as_ref().is_some_and(|text| !text.may_be_in(body)) {
            return Ok(None);
        }
        let size = body.len();
        let stored = read(row)?;
        let is_wanted = text
            .as_ref()
            .is_none_or(|text| is_in(text, &stored.decision));
        let size = size + stored.sealed.len();
        Ok(is_wanted.then_some((stored, size)))
    })
}

fn places(query: &DecisionQuery) -> Places {
    // What else is asked for is not in the index of a session, and that may have many rows.
    let is_of_session_only = DecisionQuery {
        session_id: None,
        text: None,
        ..query.clone()
    } == DecisionQuery::default();
    let index = if is_of_session_only && query.session_id.is_some() {
        "decisions_of_session"
    } else {
        "decisions_facts"
    };
    let mut places = Places::of("decisions", index);
    places.and("session_id = ?", query.session_id.map(|id| id.to_string()));
    let name = |name: &'static str| name.to_owned();
    let kind = query.decision.map(DecisionKind::as_str);
    places.and("decision = ?", kind.map(name));
    places.and("outcome = ?", query.outcome.map(Outcome::as_str).map(name));
    let tool = query.tool_name.as_deref().map(with_stars);
    places.and("json_extract(body, '$.toolName') GLOB ?", tool);
    let (policy, rule) = (query.policy_id.clone(), query.rule_id.clone());
    places.and("json_extract(body, '$.policyId') = ?", policy);
    places.and("json_extract(body, '$.ruleId') = ?", rule);
    places.and("json_extract(body, '$.actor') = ?", query.actor.clone());
    places.and("ts >= ?", query.since.map(Timestamp::as_millis));
    places.and("ts < ?", query.until.map(Timestamp::as_millis));
    places
}

fn is_in(text: &Text, decision: &Decision) -> bool {
    text.is_in(&decision.tool_name)
        || text.is_within(&decision.tool_input)
        || decision.reason.as_ref().is_some_and(|it| text.is_in(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matches_nothing_is_looked_up_in_the_index_alone() {
        let mut db = Connection::open_in_memory().unwrap();
        crate::migrate::migrate(&mut db).unwrap();
        let some = || Some("x".to_owned());
        let query = DecisionQuery {
            session_id: None,
            decision: Some(DecisionKind::Deny),
            tool_name: some(),
            outcome: Some(Outcome::Ran),
            policy_id: some(),
            rule_id: some(),
            actor: some(),
            since: Some(Timestamp::from_millis(0)),
            until: Some(Timestamp::from_millis(1)),
            text: None,
        };
        for (reach, order) in [(Reach::NEWEST, "<"), (Reach::After(0), ">")] {
            let plan = places(&query).plan(&db, reach);
            let index = format!("COVERING INDEX decisions_facts (seq{order}?)");
            assert!(plan.contains(&index), "{plan}");
            assert!(!plan.contains("ORDER BY"), "{plan}");
        }
    }
}
