//! Steps that ask something of the world.

use std::collections::BTreeMap;

use codepiper_model::{BillingMode, ProviderId, SessionId};
use serde_json::json;

use super::{Machine, later, results};
use crate::definition::{CommandStep, Kind, Run, SessionStep, Step, Turn};
use crate::effect::{Command, Effect, Prompt, Start, StartWorktree};
use crate::extract::Extract;
use crate::ids::derived;
use crate::input::{Level, Outcome};
use crate::limits::read_billing_mode;
use crate::state::node_key;
use crate::template::{Template, Unknown};

impl<'a> Machine<'a> {
    /// A step begins an attempt.
    pub(super) fn start(&mut self, step: &'a Step, rounds: &[u32], key: &str) {
        let asked = match &step.kind {
            Kind::Session(session) => self.session(step, session, rounds, key),
            Kind::Send(send) => self.send(step, &send.session, &send.turn, rounds, key),
            Kind::Command(command) => self.command(step, command, rounds, key),
            Kind::Approve { message } => self
                .text(message, step, rounds)
                .map(|message| Effect::Ask { message })
                .map_err(|unknown| unknown.to_string()),
            Kind::Log { message } => match self.text(message, step, rounds) {
                Ok(message) => {
                    self.note(Some(key), Level::Log, &message);
                    self.node(key, |node| {
                        node.result.insert("result".to_owned(), json!(message));
                    });
                    return self.complete(key);
                }
                Err(unknown) => Err(unknown.to_string()),
            },
            Kind::Foreach { items, .. } => return self.items(step, items, rounds, key),
            Kind::If { .. } | Kind::Parallel { .. } | Kind::Until { .. } => return,
        };
        match asked {
            Ok(effect) => self.ask(key, effect),
            Err(message) => self.fail_node(step, rounds, message),
        }
    }

    fn ask(&mut self, key: &str, effect: Effect) {
        self.node(key, |node| {
            node.stage += 1;
            node.effect = Some(effect);
        });
    }

    fn session(
        &mut self,
        step: &Step,
        asked: &SessionStep,
        rounds: &[u32],
        key: &str,
    ) -> Result<Effect, String> {
        let session = self.own_id("session", key);
        let start = self.start_of(step, asked, rounds, session);
        let start = start?;
        self.node(key, |node| node.session = Some(session));
        self.state.hold(session, key, asked.keep);
        Ok(Effect::Start(start))
    }

    /// The name of what this attempt makes.
    fn own_id(&self, what: &str, key: &str) -> SessionId {
        let node = self.state.nodes.get(key);
        let name = node.map(|node| self.state.effect_name(key, node));
        let name = name.unwrap_or_default();
        derived(&self.state.execution, &format!("{what} of {name}"))
    }

    fn start_of(
        &self,
        step: &Step,
        asked: &SessionStep,
        rounds: &[u32],
        session: SessionId,
    ) -> Result<Start, String> {
        let scope = self.scope(Some(&step.name), rounds);
        let text = |template: &Template| template.text(&scope).map_err(|why| why.to_string());
        let cwd = self.cwd(asked.cwd.as_ref(), step, rounds);
        let env = self.env(&asked.env, step, rounds);
        let provider = text(&asked.provider)?.parse::<ProviderId>();
        Ok(Start {
            session,
            provider: provider.map_err(|unknown| unknown.to_string())?,
            name: node_key(&step.name, rounds),
            cwd: cwd.map_err(|unknown| unknown.to_string())?,
            args: asked.args.iter().map(text).collect::<Result<_, _>>()?,
            env: env.map_err(|unknown| unknown.to_string())?,
            model: asked.model.as_ref().map(text).transpose()?,
            billing_mode: self.billing_mode(asked.billing_mode.as_ref(), step, rounds)?,
            policy_sets: asked.policy_sets.clone(),
            env_sets: asked.env_sets.clone(),
            worktree: match &asked.worktree {
                Some(worktree) => Some(StartWorktree {
                    branch: worktree.branch.as_ref().map(text).transpose()?,
                    from: worktree.from.as_ref().map(text).transpose()?,
                }),
                None => None,
            },
            dangerous: asked.dangerous,
        })
    }

    fn send(
        &mut self,
        step: &Step,
        name: &str,
        turn: &Turn,
        rounds: &[u32],
        key: &str,
    ) -> Result<Effect, String> {
        let other = self.scope(Some(&step.name), rounds).node(name);
        let started = other.and_then(|node| Some((node.session?, &node.rounds)));
        let Some((session, its_rounds)) = started else {
            return Err(format!("step `{name}` has started no session"));
        };
        let other = node_key(name, its_rounds);
        let keeps = self.places.get(name).is_some_and(
            |place| matches!(&place.step.kind, Kind::Session(session) if session.keep),
        );
        self.state.hold(session, &other, keeps);
        self.node(key, |node| node.session = Some(session));
        self.prompt(step, turn, session, rounds)
    }

    fn prompt(
        &self,
        step: &Step,
        turn: &Turn,
        session: SessionId,
        rounds: &[u32],
    ) -> Result<Effect, String> {
        let text = self.text(&turn.prompt, step, rounds);
        let has = |wanted: &Extract| turn.extract.values().any(|extract| extract == wanted);
        Ok(Effect::Prompt(Prompt {
            session,
            text: text.map_err(|unknown| unknown.to_string())?,
            turn: turn.wait.turn,
            permission: turn.wait.permission,
            events: turn.wait.events.clone(),
            files: files(&turn.extract),
            diff_stat: has(&Extract::DiffStat),
            cost: has(&Extract::Cost),
        }))
    }

    fn command(
        &self,
        step: &Step,
        command: &CommandStep,
        rounds: &[u32],
        key: &str,
    ) -> Result<Effect, String> {
        let scope = self.scope(Some(&step.name), rounds);
        let argv = match &command.run {
            Run::Shell(line) => line
                .text(&scope)
                .map(|line| vec!["sh".to_owned(), "-c".to_owned(), line]),
            Run::Program(words) => words.iter().map(|word| word.text(&scope)).collect(),
        };
        let run = self.own_id("run", key);
        let billing_mode = self.billing_mode(None, step, rounds)?;
        let whole = || -> Result<Command, Unknown> {
            Ok(Command {
                run,
                argv: argv?,
                cwd: self.cwd(command.cwd.as_ref(), step, rounds)?,
                env: self.env(&command.env, step, rounds)?,
                billing_mode,
                files: files(&command.extract),
                diff_stat: command.extract.values().any(|e| *e == Extract::DiffStat),
            })
        };
        whole()
            .map(Effect::Run)
            .map_err(|unknown| unknown.to_string())
    }

    fn text(&self, template: &Template, step: &Step, rounds: &[u32]) -> Result<String, Unknown> {
        template.text(&self.scope(Some(&step.name), rounds))
    }

    fn cwd(&self, own: Option<&Template>, step: &Step, rounds: &[u32]) -> Result<String, Unknown> {
        match own.or(self.workflow.cwd.as_ref()) {
            Some(cwd) => self.text(cwd, step, rounds),
            None => Ok(String::new()),
        }
    }

    fn billing_mode(
        &self,
        own: Option<&Template>,
        step: &Step,
        rounds: &[u32],
    ) -> Result<BillingMode, String> {
        let Some(mode) = own.or(self.workflow.billing_mode.as_ref()) else {
            return Ok(BillingMode::default());
        };
        let word = self.text(mode, step, rounds);
        let word = word.map_err(|unknown| unknown.to_string())?;
        read_billing_mode(&word)
            .ok_or_else(|| format!("`billing_mode` is `subscription` or `api`, not `{word}`"))
    }

    fn env(
        &self,
        own: &BTreeMap<String, Template>,
        step: &Step,
        rounds: &[u32],
    ) -> Result<BTreeMap<String, String>, Unknown> {
        let both = self.workflow.env.iter().chain(own);
        both.map(|(name, value)| Ok((name.clone(), self.text(value, step, rounds)?)))
            .collect()
    }

    /// Something that was asked for is done.
    pub(super) fn done(&mut self, effect: &str, outcome: Result<Outcome, String>) {
        if let Some(session) = self.state.ended_by(effect) {
            // Whatever could be done about it has been done.
            if let Err(why) = outcome {
                let message = format!("session `{session}` could not be ended: {why}");
                self.note(None, Level::Warning, &message);
            }
            self.state.sessions.remove(&session);
            return;
        }
        let mut nodes = self.state.nodes.iter();
        let found = nodes.find(|(key, node)| {
            node.effect.is_some() && self.state.effect_name(key, node) == effect
        });
        let Some((key, node)) = found else { return };
        let (key, rounds) = (key.clone(), node.rounds.clone());
        let Some(place) = self.places.get(&node.step) else {
            return;
        };
        let step = place.step;
        match outcome {
            Ok(outcome) => self.came(step, &rounds, &key, outcome),
            Err(message) => self.fail_node(step, &rounds, message),
        }
    }

    fn came(&mut self, step: &'a Step, rounds: &[u32], key: &str, outcome: Outcome) {
        let session = self.state.nodes.get(key).and_then(|node| node.session);
        let result = match (&step.kind, outcome) {
            (Kind::Session(asked), Outcome::Started { cwd }) => {
                self.node(key, |node| node.cwd = Some(cwd));
                let (Some(turn), Some(session)) = (&asked.turn, session) else {
                    return self.complete(key);
                };
                match self.prompt(step, turn, session, rounds) {
                    Ok(effect) => {
                        self.bound(step, turn, key);
                        return self.ask(key, effect);
                    }
                    Err(message) => Err(message),
                }
            }
            (Kind::Session(asked), Outcome::Answered(answer)) => match &asked.turn {
                Some(turn) => results::of_turn(turn, &answer),
                None => Ok(serde_json::Map::new()),
            },
            (Kind::Send(send), Outcome::Answered(answer)) => results::of_turn(&send.turn, &answer),
            (Kind::Command(command), Outcome::Ran(output)) => {
                let result = results::of_command(command, &output);
                self.node(key, |node| node.result.clone_from(&result.0));
                result.1.map_or(Ok(result.0), Err)
            }
            (Kind::Approve { .. }, Outcome::Said { yes, by, note }) => {
                let said = note
                    .as_deref()
                    .map_or_else(String::new, |note| format!(": {note}"));
                if yes {
                    self.note(Some(key), Level::Info, &format!("approved by {by}{said}"));
                    let mut result = serde_json::Map::new();
                    result.insert("result".to_owned(), json!("approved"));
                    result.insert("by".to_owned(), json!(by));
                    result.insert("note".to_owned(), json!(note));
                    Ok(result)
                } else {
                    Err(format!("refused by {by}{said}"))
                }
            }
            _ => Err("the answer is not what was asked for".to_owned()),
        };
        match result {
            Ok(result) => {
                self.node(key, |node| node.result = result);
                self.complete(key);
            }
            Err(message) => self.fail_node(step, rounds, message),
        }
    }

    /// The wait for an answer may be shorter than the step.
    fn bound(&mut self, step: &Step, turn: &Turn, key: &str) {
        let Some(wait) = turn.wait.timeout else {
            return;
        };
        let until = later(self.now, i64::try_from(wait).unwrap_or(i64::MAX));
        let whole = step.timeout;
        self.node(key, |node| {
            if node.deadline.is_none_or(|deadline| until < deadline) {
                node.deadline = Some(until);
                node.allowed = Some(whole.map_or(wait, |whole| whole.min(wait)));
            }
        });
    }

    /// The session of an attempt that failed: the next attempt gets its own.
    pub(super) fn abandon_session(&mut self, key: &str, comes_again: bool) {
        for held in self.state.sessions.values_mut() {
            if held.node == key && (comes_again || !held.keep) {
                held.is_ending = true;
            }
        }
    }
}

fn files(extracts: &BTreeMap<String, Extract>) -> Vec<String> {
    let files = extracts.values().filter_map(|extract| match extract {
        Extract::File(path) => Some(path.clone()),
        _ => None,
    });
    files.collect()
}
