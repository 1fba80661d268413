use std::collections::BTreeMap;

use codepiper_model::{RiskClass, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::example::Example;
use crate::facts::{Facts, Part, SHELL_ARGUMENTS, Shell};
use crate::patterns::Compiled;
use crate::rules::{
    CommandMatcher, HostMatcher, McpMatcher, McpRule, PathMatcher, PathRule, RiskMatcher, RiskRule,
};
use crate::shell::Command;
use crate::typed::TERMINAL_INPUT;
use crate::{Patterns, PolicyError};

/// What is to become of the tool calls that it matches. Everything that is given must match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name within the policy.
    pub id: String,
    /// What it says.
    pub action: Verdict,
    /// The tool's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tool: Option<Patterns>,
    /// The tool's arguments, by name. One that is not there is what every `!` pattern wants, and
    /// nothing else. A shell line matches as a whole (not for an `allow`) or command by command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub args: Option<BTreeMap<String, Patterns>>,
    /// A simple command of a shell line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub command: Option<Patterns>,
    /// The files that are read or written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub path: Option<PathRule>,
    /// The machines that are talked to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub host: Option<Patterns>,
    /// The tool of an MCP server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub mcp: Option<McpRule>,
    /// What could happen at worst.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub risk: Option<RiskRule>,
    /// Where it would happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cwd: Option<Patterns>,
    /// The session's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub session: Option<Patterns>,
    /// The agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub provider: Option<Patterns>,
    /// The mode that the agent is in, in its own spelling (`plan`, `acceptEdits`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub mode: Option<Patterns>,
    /// Why: shown to the person and told to the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
    /// Calls that it must match.
    #[serde(default, rename = "match", skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<Example>,
    /// Calls that it must not match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_match: Vec<Example>,
}

/// A rule that can be asked.
#[derive(Clone, Debug)]
pub(crate) struct CompiledRule {
    action: Verdict,
    tool: Option<Compiled>,
    /// Whether it is about typed text too.
    is_about_typing: bool,
    args: Vec<(String, Compiled)>,
    cwd: Option<Compiled>,
    session: Option<Compiled>,
    provider: Option<Compiled>,
    mode: Option<Compiled>,
    mcp: Option<McpMatcher>,
    /// `args.command`, which also matches the line as it is written.
    line: Option<(String, CommandMatcher)>,
    command: Option<CommandMatcher>,
    path: Option<PathMatcher>,
    host: Option<HostMatcher>,
    risk: Option<RiskMatcher>,
}

impl Rule {
    pub(crate) fn compile(&self) -> Result<CompiledRule, PolicyError> {
        if self.id.trim().is_empty() {
            return Err(PolicyError::new("id", "a rule needs a name"));
        }
        if self.is_unconditional() {
            let message = "a rule without any condition would match everything; say `\"tool\": \"*\"` \
                           where that is meant";
            return Err(PolicyError::new("tool", message));
        }
        let args = self.args.as_ref();
        if args.is_some_and(BTreeMap::is_empty) {
            return Err(PolicyError::new("args", "it names no argument; remove it"));
        }
        let compile = |patterns: Option<&Patterns>, path: &str| {
            patterns.map(|patterns| patterns.compile(path)).transpose()
        };
        let mut line = None;
        let mut others = Vec::new();
        for (name, patterns) in args.into_iter().flatten() {
            let compiled = patterns.compile(&format!("args.{name}"))?;
            if SHELL_ARGUMENTS.contains(&name.as_str()) && line.is_none() {
                line = Some((name.clone(), CommandMatcher(compiled)));
            } else {
                others.push((name.clone(), compiled));
            }
        }
        let tool = compile(self.tool.as_ref(), "tool")?;
        // No tool has such a name, so what matches it matches any tool.
        let is_about_typing = tool
            .as_ref()
            .is_some_and(|tool| tool.matches(TERMINAL_INPUT) && !tool.matches("\u{1}"));
        let compiled = CompiledRule {
            action: self.action,
            tool,
            is_about_typing,
            args: others,
            cwd: compile(self.cwd.as_ref(), "cwd")?,
            session: compile(self.session.as_ref(), "session")?,
            provider: compile(self.provider.as_ref(), "provider")?,
            mode: compile(self.mode.as_ref(), "mode")?,
            mcp: self.mcp.as_ref().map(McpRule::compile).transpose()?,
            line,
            command: compile(self.command.as_ref(), "command")?.map(CommandMatcher),
            path: self.path.as_ref().map(PathRule::compile).transpose()?,
            host: compile(self.host.as_ref(), "host")?.map(HostMatcher),
            risk: self.risk.as_ref().map(RiskRule::compile).transpose()?,
        };
        crate::example::check(self, &compiled)?;
        Ok(compiled)
    }

    fn is_unconditional(&self) -> bool {
        let patterns = [
            &self.tool,
            &self.command,
            &self.host,
            &self.cwd,
            &self.session,
            &self.provider,
            &self.mode,
        ];
        patterns.iter().all(|patterns| patterns.is_none())
            && self.args.is_none()
            && self.path.is_none()
            && self.mcp.is_none()
            && self.risk.is_none()
    }
}

impl CompiledRule {
    pub(crate) fn action(&self) -> Verdict {
        self.action
    }

    pub(crate) fn is_about_typing(&self) -> bool {
        self.is_about_typing
    }

    /// Whether what it asks of the call as a whole holds.
    pub(crate) fn is_for(&self, facts: &Facts<'_>) -> bool {
        let call = facts.call;
        let is_met = |patterns: &Option<Compiled>, text: Option<&str>| {
            patterns.as_ref().is_none_or(|patterns| match text {
                Some(text) => patterns.matches(text),
                None => patterns.matches_absence(),
            })
        };
        is_met(&self.tool, Some(&call.tool_name))
            && (call.tool_name != TERMINAL_INPUT || self.is_about_typing)
            && is_met(&self.cwd, Some(&facts.cwd))
            && (self.session.is_none() || is_met(&self.session, Some(facts.session())))
            && is_met(
                &self.provider,
                call.provider.map(codepiper_model::ProviderId::as_str),
            )
            && is_met(&self.mode, call.mode.as_deref())
            && self
                .mcp
                .as_ref()
                .is_none_or(|mcp| mcp.matches(&call.tool_name))
            && self
                .args
                .iter()
                .all(|(name, patterns)| is_argument(facts, name, patterns))
    }

    /// Whether it asks anything of single commands, or of what a call does.
    pub(crate) fn looks_inside(&self) -> bool {
        self.line.is_some() || self.looks_at_commands()
    }

    fn looks_at_commands(&self) -> bool {
        self.command.is_some() || self.path.is_some() || self.host.is_some() || self.risk.is_some()
    }

    /// Whether it matches one command of a line.
    pub(crate) fn matches_command(
        &self,
        facts: &Facts<'_>,
        shell: &Shell,
        command: &Command,
        part: &Part,
    ) -> bool {
        let of = Some((shell, command));
        // A line that is in doubt may do anything, whatever its commands say.
        if self.action == Verdict::Allow && (shell.line.doubt.is_some() || command.doubt.is_some())
        {
            return false;
        }
        let has_path = self.path.is_some();
        let line = self.line.as_ref().map(|(_, matcher)| matcher);
        line.is_none_or(|matcher| matcher.matches(command, self.action, has_path))
            && self
                .command
                .as_ref()
                .is_none_or(|matcher| matcher.matches(command, self.action, has_path))
            && self.does(facts, part, of)
    }

    /// Whether it matches the line as it is written, as only a `deny` or an `ask` may.
    pub(crate) fn matches_line(&self, raw: &str) -> bool {
        let line = self
            .line
            .as_ref()
            .is_some_and(|(_, matcher)| matcher.0.matches(raw));
        line && !self.looks_at_commands() && self.action != Verdict::Allow
    }

    /// Whether it matches a call that is no shell line.
    pub(crate) fn matches_whole(&self, facts: &Facts<'_>) -> bool {
        let line = self.line.as_ref();
        line.is_none_or(|(name, matcher)| is_argument(facts, name, &matcher.0))
            && self.command.is_none()
            && self.does(facts, facts.whole(), None)
    }

    fn does(&self, facts: &Facts<'_>, part: &Part, of: Option<(&Shell, &Command)>) -> bool {
        let path = |matcher: &PathMatcher| matcher.matches(facts.accesses(part, of), self.action);
        let host = |matcher: &HostMatcher| matcher.matches(facts.hosts(part, of), self.action);
        // What is in doubt may do anything, whatever else is known of it.
        let is_doubted = self.action != Verdict::Allow
            && of.is_some_and(|(shell, command)| {
                shell.line.doubt.is_some() || command.doubt.is_some()
            });
        let risk = |matcher: &RiskMatcher| {
            matcher.matches(facts.risk(part, of).class)
                || is_doubted && matcher.matches(RiskClass::Unknown)
        };
        self.path.as_ref().is_none_or(path)
            && self.host.as_ref().is_none_or(host)
            && self.risk.as_ref().is_none_or(risk)
    }
}

/// An argument as text: objects and lists as compact JSON.
fn is_argument(facts: &Facts<'_>, name: &str, patterns: &Compiled) -> bool {
    match facts.call.tool_input.get(name) {
        None | Some(Value::Null) => patterns.matches_absence(),
        Some(Value::String(text)) => patterns.matches(text),
        Some(other) => patterns.matches(&other.to_string()),
    }
}
