//! What hooks decide about a call, read from what they said.

use serde_json::Value;

use crate::hook::Reply;

/// A decision about a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No opinion; also whatever went wrong in a hook.
    None,
    Allow,
    Ask,
    /// For this reason.
    Deny(String),
}

impl Verdict {
    /// The strictest verdict on a call that is to be made.
    pub(crate) fn before_use(replies: &[Reply]) -> Self {
        strictest(replies.iter().map(before_use))
    }

    /// The strictest verdict on a question to the person.
    pub(crate) fn on_request(replies: &[Reply]) -> Self {
        strictest(replies.iter().map(on_request))
    }

    fn strictness(&self) -> u8 {
        match self {
            Self::None => 0,
            Self::Allow => 1,
            Self::Ask => 2,
            Self::Deny(_) => 3,
        }
    }
}

/// Of equally strict ones the first.
fn strictest(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let stricter = |one: Verdict, other: Verdict| {
        if other.strictness() > one.strictness() {
            other
        } else {
            one
        }
    };
    verdicts.fold(Verdict::None, stricter)
}

fn before_use(reply: &Reply) -> Verdict {
    const DENIED: &str = "Denied by PreToolUse hook";
    if reply.code == Some(2) {
        return Verdict::Deny(reason(Some(&reply.stderr), DENIED));
    }
    let Some(output) = output(reply, "PreToolUse") else {
        return Verdict::None;
    };
    match output["permissionDecision"].as_str() {
        Some("allow") => Verdict::Allow,
        Some("ask") => Verdict::Ask,
        Some("deny") => Verdict::Deny(reason(output["permissionDecisionReason"].as_str(), DENIED)),
        _ => Verdict::None,
    }
}

/// Exit code 2 means nothing here: in Claude Code neither.
fn on_request(reply: &Reply) -> Verdict {
    const DENIED: &str = "Denied by PermissionRequest hook";
    let Some(output) = output(reply, "PermissionRequest") else {
        return Verdict::None;
    };
    let decision = &output["decision"];
    match decision["behavior"].as_str() {
        Some("allow") => Verdict::Allow,
        Some("deny") => Verdict::Deny(reason(decision["message"].as_str(), DENIED)),
        _ => Verdict::None,
    }
}

/// What a hook that succeeded says about this event.
fn output(reply: &Reply, event: &str) -> Option<Value> {
    if reply.code != Some(0) {
        return None;
    }
    let mut said: Value = serde_json::from_str(&reply.stdout).ok()?;
    let output = said.get_mut("hookSpecificOutput")?.take();
    (output["hookEventName"] == event).then_some(output)
}

fn reason(given: Option<&str>, usual: &str) -> String {
    let given = given.map(str::trim).filter(|given| !given.is_empty());
    given.unwrap_or(usual).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reply(code: i32, stdout: &str) -> Reply {
        Reply {
            code: Some(code),
            stdout: stdout.to_owned(),
            stderr: " no such thing \n".to_owned(),
        }
    }

    fn before(decision: &str) -> Reply {
        let output = json!({"hookEventName": "PreToolUse", "permissionDecision": decision});
        reply(0, &json!({"hookSpecificOutput": output}).to_string())
    }

    #[test]
    fn the_strictest_hook_decides() {
        let (allow, ask, deny) = (before("allow"), before("ask"), before("deny"));
        let denied = Verdict::Deny("Denied by PreToolUse hook".into());
        let table = [
            (vec![], Verdict::None),
            (vec![before("defer"), allow.clone()], Verdict::Allow),
            (
                vec![allow.clone(), ask.clone(), allow.clone()],
                Verdict::Ask,
            ),
            (vec![ask, deny, reply(2, ""), allow], denied),
        ];
        for (replies, verdict) in table {
            assert_eq!(Verdict::before_use(&replies), verdict, "{replies:?}");
        }
    }

    #[test]
    fn exit_code_2_denies_a_use_and_is_nothing_to_a_request() {
        let reply = reply(2, "");
        let denied = Verdict::Deny("no such thing".into());
        assert_eq!(before_use(&reply), denied);
        assert_eq!(on_request(&reply), Verdict::None);
    }

    #[test]
    fn what_makes_no_sense_decides_nothing() {
        let allow = before("allow").stdout;
        for reply in [
            reply(0, ""),
            reply(0, "{"),
            reply(0, "[]"),
            reply(0, r#"{"decision": "approve"}"#),
            reply(1, &allow),
            reply(0, &allow.replace("PreToolUse", "PostToolUse")),
            Reply::default(),
        ] {
            assert_eq!(before_use(&reply), Verdict::None, "{reply:?}");
            assert_eq!(on_request(&reply), Verdict::None, "{reply:?}");
        }
    }

    #[test]
    fn a_request_is_allowed_or_denied_with_a_message() {
        let decided = |decision: Value| {
            let output = json!({"hookEventName": "PermissionRequest", "decision": decision});
            on_request(&reply(
                0,
                &json!({"hookSpecificOutput": output}).to_string(),
            ))
        };
        assert_eq!(decided(json!({"behavior": "allow"})), Verdict::Allow);
        let denied = decided(json!({"behavior": "deny", "message": "not today"}));
        assert_eq!(denied, Verdict::Deny("not today".into()));
        assert_eq!(decided(json!("allow")), Verdict::None);
    }
}
