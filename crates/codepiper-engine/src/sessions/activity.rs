use codepiper_model::{Activity, ActivityState, Timestamp};

use super::supervise::screen_evidence;

/// What was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observed {
    pub(crate) state: ActivityState,
    pub(crate) kind: &'static str,
}

/// The activity after something was seen; `None` when that changes nothing.
///
/// A screen that shows nothing known says nothing: while an agent redraws, or a person looks at
/// one of its menus, what was known stays.
pub(crate) fn next(before: &Activity, seen: Observed, at: Timestamp) -> Option<Activity> {
    let known = before
        .evidence
        .as_ref()
        .map(|evidence| evidence.kind.as_str());
    if before.state == seen.state && known == Some(seen.kind) {
        return None;
    }
    if seen.state == ActivityState::Unknown && seen.kind == "unknown_screen" {
        return None;
    }
    let since = if before.state == seen.state {
        before.since
    } else {
        at
    };
    Some(Activity {
        state: seen.state,
        since,
        approval_id: None,
        evidence: Some(screen_evidence(seen.kind, at)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn seen(state: ActivityState, kind: &'static str) -> Observed {
        Observed { state, kind }
    }

    #[test]
    fn a_new_state_begins_now_and_new_evidence_does_not() {
        let start = Activity::unknown(at(1));
        let input = next(
            &start,
            seen(ActivityState::NeedsInput, "trust_dialog"),
            at(2),
        )
        .unwrap();
        assert_eq!(
            (input.state, input.since),
            (ActivityState::NeedsInput, at(2))
        );
        assert!(
            next(
                &input,
                seen(ActivityState::NeedsInput, "trust_dialog"),
                at(3)
            )
            .is_none()
        );
        let other = next(
            &input,
            seen(ActivityState::NeedsInput, "mcp_server_dialog"),
            at(4),
        )
        .unwrap();
        assert_eq!(other.since, at(2));
        assert_eq!(other.evidence.unwrap().kind, "mcp_server_dialog");
    }

    #[test]
    fn an_unreadable_screen_changes_nothing_and_silence_does() {
        let start = Activity::unknown(at(1));
        let working = next(&start, seen(ActivityState::Working, "working"), at(2)).unwrap();
        assert!(
            next(
                &working,
                seen(ActivityState::Unknown, "unknown_screen"),
                at(3)
            )
            .is_none()
        );
        let silent = next(&working, seen(ActivityState::Unknown, "silence"), at(4)).unwrap();
        assert_eq!(silent.state, ActivityState::Unknown);
    }
}
