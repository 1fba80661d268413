use codepiper_model::{Matched, Scope, ToolCall, Verdict};

use crate::facts::{Facts, Shell};
use crate::rule::CompiledRule;
use crate::typed::{self, TERMINAL_INPUT};
use crate::{CompiledPolicy, Context};

/// A policy and why it counts.
#[derive(Clone, Copy, Debug)]
pub struct Scoped<'a> {
    /// The policy.
    pub policy: &'a CompiledPolicy,
    /// Why it counts.
    pub scope: Scope,
}

/// What the rules say of a tool call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Every rule that matched, strictest first; among equals as they were given. An `allow` for
    /// some commands of a line is among them only where every command has one.
    pub matched: Vec<Matched>,
    /// The simple commands of a shell line, where a rule looked at them.
    pub commands: Vec<JudgedCommand>,
}

/// A simple command of a shell line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedCommand {
    /// Its words, computed ones as they were written.
    pub argv: Vec<String>,
    /// What the strictest rule says of it.
    pub verdict: Option<Verdict>,
    /// Whether it cannot be told what would run, so that no rule for commands allows it.
    pub computed: bool,
}

impl Evaluation {
    /// The rule that decides; none where no rule matched.
    pub fn decided_by(&self) -> Option<&Matched> {
        self.matched.first()
    }

    fn add(&mut self, other: Self, counts: impl Fn(&Matched) -> bool) {
        let is_new = |hit: &Matched| !self.matched.contains(hit);
        let more: Vec<_> = other
            .matched
            .into_iter()
            .filter(|hit| counts(hit) && is_new(hit))
            .collect();
        self.matched.extend(more);
        sort(&mut self.matched);
        self.commands.extend(other.commands);
    }
}

/// What one rule says of a call.
enum Says {
    /// It does not match.
    Nothing,
    /// It matches the call.
    All,
    /// It matches these commands of the line.
    Some(Vec<bool>),
}

/// Asks every rule. A policy that is switched off or that is for another session says nothing.
///
/// Typed text is judged as a whole and line by line, and a shell escape also as what it runs.
pub fn evaluate(policies: &[Scoped<'_>], call: &ToolCall, context: &Context<'_>) -> Evaluation {
    let said = ask(policies, &Facts::new(call, context));
    with_typed(said, policies, call, context)
}

/// The same, and reads a shell line even where no rule looks into it.
pub fn explain(policies: &[Scoped<'_>], call: &ToolCall, context: &Context<'_>) -> Evaluation {
    let facts = Facts::new(call, context);
    facts.shell();
    let said = ask(policies, &facts);
    with_typed(said, policies, call, context)
}

fn with_typed(
    mut said: Evaluation,
    policies: &[Scoped<'_>],
    call: &ToolCall,
    context: &Context<'_>,
) -> Evaluation {
    if call.tool_name != TERMINAL_INPUT {
        return said;
    }
    if let Some(shell) = typed::shell_escape(call) {
        said.add(explain(policies, &shell, context), |_| true);
    }
    for line in typed::lines(call) {
        // An `allow` is for all of it.
        let strict = |hit: &Matched| hit.action != Verdict::Allow;
        said.add(ask(policies, &Facts::new(&line, context)), strict);
    }
    said
}

fn ask(policies: &[Scoped<'_>], facts: &Facts<'_>) -> Evaluation {
    let mut hits = Vec::new();
    for Scoped { policy, scope } in policies {
        let counts = policy.source.counts_for(facts.call.session_id);
        for (rule, compiled) in policy.rules().filter(|_| counts) {
            let commands = match says(compiled, facts) {
                Says::Nothing => continue,
                Says::All => None,
                Says::Some(commands) => Some(commands),
            };
            let hit = Matched {
                policy_id: policy.source.id.clone(),
                rule_id: rule.id.clone(),
                action: rule.action,
                scope: *scope,
                reason: rule.reason.clone(),
            };
            hits.push((hit, commands));
        }
    }
    let commands = facts
        .shell_if_read()
        .map_or_else(Vec::new, |shell| judged(shell, &hits));
    let all_are_allowed = every_command_is_allowed(&hits);
    let kept = hits.into_iter().filter(|(hit, commands)| {
        hit.action != Verdict::Allow || commands.is_none() || all_are_allowed
    });
    let mut matched: Vec<Matched> = kept.map(|(hit, _)| hit).collect();
    sort(&mut matched);
    Evaluation { matched, commands }
}

fn sort(matched: &mut [Matched]) {
    matched.sort_by_key(|hit| std::cmp::Reverse(hit.action));
}

/// A rule that matched, and the commands of the line that it matched where it looked at them.
type Hit = (Matched, Option<Vec<bool>>);

/// Whether each command of the line has a rule that allows it.
fn every_command_is_allowed(hits: &[Hit]) -> bool {
    let mut allowed: Vec<bool> = Vec::new();
    for (hit, commands) in hits {
        if let (Verdict::Allow, Some(commands)) = (hit.action, commands) {
            allowed.resize(commands.len(), false);
            allowed
                .iter_mut()
                .zip(commands)
                .for_each(|(all, this)| *all |= this);
        }
    }
    !allowed.is_empty() && allowed.iter().all(|it| *it)
}

fn judged(shell: &Shell, hits: &[Hit]) -> Vec<JudgedCommand> {
    let verdict = |i: usize| {
        let about = hits
            .iter()
            .filter(|(_, commands)| commands.as_ref().is_none_or(|commands| commands[i]));
        about.map(|(hit, _)| hit.action).max()
    };
    let commands = shell.line.commands.iter().enumerate();
    let judged = commands.map(|(i, command)| JudgedCommand {
        argv: command.argv(),
        verdict: verdict(i),
        computed: command.doubt.is_some() || shell.line.doubt.is_some(),
    });
    judged.collect()
}

fn says(rule: &CompiledRule, facts: &Facts<'_>) -> Says {
    if !rule.is_for(facts) {
        return Says::Nothing;
    }
    if !rule.looks_inside() {
        return Says::All;
    }
    let Some(shell) = facts.shell() else {
        return if rule.matches_whole(facts) {
            Says::All
        } else {
            Says::Nothing
        };
    };
    let parts = || shell.line.commands.iter().zip(&shell.parts);
    let matches = |(command, part)| rule.matches_command(facts, shell, command, part);
    if parts().any(matches) {
        Says::Some(parts().map(matches).collect())
    } else if rule.matches_line(&shell.raw) {
        Says::Some(vec![false; shell.parts.len()])
    } else {
        Says::Nothing
    }
}

/// Whether a rule alone matches a call: an `allow` must match every command of a line.
pub(crate) fn matches(rule: &CompiledRule, facts: &Facts<'_>) -> bool {
    match says(rule, facts) {
        Says::Nothing => false,
        Says::All => true,
        Says::Some(commands) => rule.action() != Verdict::Allow || commands.iter().all(|it| *it),
    }
}
