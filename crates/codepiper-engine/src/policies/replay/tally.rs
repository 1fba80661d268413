use std::collections::HashMap;

use codepiper_model::{Decision, DecisionKind, DecisionSource, Verdict};
use codepiper_policy::{Evaluation, TERMINAL_INPUT};

use super::super::check::DecidedBy;
use super::past::Past;
use super::replayed::{Counts, Difference, Group, Replayed};
use crate::hooks::summary;

/// Differences that are listed, and groups of them; all are counted.
const LISTED: usize = 200;

/// Groups that are counted apart; what comes later counts as other things.
const GROUPS: usize = 5000;

/// Programs that are told what to do by their first argument.
const TOLD: [&str; 24] = [
    "apt",
    "apt-get",
    "brew",
    "bun",
    "cargo",
    "docker",
    "dotnet",
    "gh",
    "git",
    "go",
    "gradle",
    "kubectl",
    "make",
    "mvn",
    "npm",
    "npx",
    "pip",
    "pip3",
    "pnpm",
    "podman",
    "systemctl",
    "terraform",
    "uv",
    "yarn",
];

/// What was counted so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counted: Replayed,
    groups: HashMap<GroupKey, usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct GroupKey {
    what: String,
    was: DecisionKind,
    was_by: String,
    would: Verdict,
    rule: Option<DecidedBy>,
}

impl Tally {
    pub(super) fn note(&mut self, past: &Past, says: &Evaluation, default_action: Verdict) {
        let by = says.decided_by();
        let would = match by.map(|rule| rule.action) {
            Some(Verdict::Deny) => Verdict::Deny,
            // The agent asks it whatever the rules say, and the default is not for it.
            _ if past.is_question => Verdict::Ask,
            Some(verdict) => verdict,
            // The default is for what an agent asks.
            None if past.call.tool_name == TERMINAL_INPUT => Verdict::Allow,
            None => default_action,
        };
        let counted = &mut self.counted;
        counted.calls += 1;
        counted.would.note(would);
        counted.no_rule += usize::from(by.is_none());
        counted.uncertain += usize::from(!past.is_whole);
        if !differs(past, says, would) {
            return;
        }
        counted.changed.count += 1;
        counted.changed.would.note(would);
        let rule = by.map(|rule| DecidedBy {
            policy_id: rule.policy_id.clone(),
            rule_id: rule.rule_id.clone(),
        });
        let decision = &past.decision;
        let key = GroupKey {
            what: what(decision, says, would),
            was: decision.decision,
            was_by: was_by(decision),
            would,
            rule,
        };
        if counted.differences.len() < LISTED {
            counted.differences.push(Difference {
                decision_id: decision.id.clone(),
                at: decision.timestamp,
                session_id: decision.session_id,
                tool_name: decision.tool_name.clone(),
                summary: summary(&decision.tool_input),
                was: key.was,
                was_by: key.was_by.clone(),
                would,
                rule: key.rule.clone(),
            });
        }
        let has_room = self.groups.len() < GROUPS || self.groups.contains_key(&key);
        let key = if has_room {
            key
        } else {
            GroupKey {
                what: "other things".to_owned(),
                ..key
            }
        };
        *self.groups.entry(key).or_default() += 1;
    }

    /// How many calls were counted.
    pub(super) fn calls(&self) -> usize {
        self.counted.calls
    }

    /// What it comes to.
    pub(super) fn finished(self) -> Replayed {
        let group = |(key, count): (GroupKey, usize)| Group {
            what: key.what,
            count,
            was: key.was,
            was_by: key.was_by,
            would: key.would,
            rule: key.rule,
        };
        let mut groups: Vec<Group> = self.groups.into_iter().map(group).collect();
        groups.sort_unstable_by(|a, b| {
            let order = b.count.cmp(&a.count).then_with(|| a.what.cmp(&b.what));
            order.then_with(|| (&a.was_by, a.would).cmp(&(&b.was_by, b.would)))
        });
        groups.truncate(LISTED);
        Replayed {
            groups,
            truncated: self.counted.changed.count > self.counted.differences.len(),
            ..self.counted
        }
    }
}

impl Counts {
    fn note(&mut self, verdict: Verdict) {
        *match verdict {
            Verdict::Allow => &mut self.allow,
            Verdict::Ask => &mut self.ask,
            Verdict::Deny => &mut self.deny,
        } += 1;
    }
}

/// Whether something else would become of a call than what was decided. Where no rule says anything
/// now and none did then, nothing has changed but perhaps the default.
fn differs(past: &Past, says: &Evaluation, would: Verdict) -> bool {
    let decision = &past.decision;
    if says.matched.is_empty() && decision.matched.is_empty() {
        return false;
    }
    if past.is_question {
        return (would == Verdict::Deny) != (decision.decision == DecisionKind::Deny);
    }
    // The agent asked all the same: its own rules are stricter than the one that allowed.
    let was_allowed = decision.source == DecisionSource::Default
        && decision.matched.first().map(|rule| rule.action) == Some(Verdict::Allow);
    match decision.decision {
        DecisionKind::Allow => would != Verdict::Allow,
        DecisionKind::Deny => would != Verdict::Deny,
        DecisionKind::Ask if was_allowed => would != Verdict::Allow,
        DecisionKind::Ask => would != Verdict::Ask,
        DecisionKind::None => true,
    }
}

fn was_by(decision: &Decision) -> String {
    match (&decision.policy_id, &decision.rule_id) {
        (Some(policy), Some(rule)) => format!("{policy}/{rule}"),
        _ => match decision.source {
            DecisionSource::Rule => "rule",
            DecisionSource::Default => "default",
            DecisionSource::Agent => "agent",
            DecisionSource::Fallback => "fallback",
        }
        .to_owned(),
    }
}

/// What a call is about, so that calls that are alike are together: the program that decides with
/// what it is told to do, or the tool.
fn what(decision: &Decision, says: &Evaluation, would: Verdict) -> String {
    const SHOWN: usize = 60;
    let decides = says.commands.iter().find(|it| it.verdict == Some(would));
    let Some(command) = decides.or(says.commands.first()) else {
        return decision.tool_name.clone();
    };
    let program = command.argv.first().map_or("", String::as_str);
    let told = command.argv.get(1).filter(|_| TOLD.contains(&program));
    let words: Vec<&str> = std::iter::once(program)
        .chain(told.map(String::as_str))
        .collect();
    words.join(" ").chars().take(SHOWN).collect()
}
