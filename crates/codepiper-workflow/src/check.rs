//! What can be wrong between the parts of a workflow, each of which is right.

use std::collections::HashMap;

use crate::definition::{
    Input, Item, Items, Kind, OnError, Run, SessionStep, Step, Turn, Workflow,
};
use crate::extract::Extract;
use crate::fields::nearest;
use crate::leaves;
use crate::limits::STEPS_MAX;
use crate::problem::Problems;
use crate::shell_lines;
use crate::template::{Reference, Template};

/// A level of where a step stands: the step around it, the list of that step, the place in the list.
type Around<'w> = (Option<&'w Step>, &'static str, usize);

/// Where a step stands, from the outermost level in.
type Position<'w> = Vec<Around<'w>>;

struct Checker<'w> {
    positions: HashMap<&'w str, (&'w Step, Position<'w>)>,
    inputs: Option<&'w [Input]>,
    has_cwd: bool,
    problems: &'w Problems,
}

pub(crate) fn check(workflow: &Workflow, problems: &Problems) {
    let mut checker = Checker {
        positions: HashMap::new(),
        inputs: workflow.inputs.as_deref(),
        has_cwd: workflow.cwd.is_some(),
        problems,
    };
    let sections = [
        ("steps", &workflow.steps),
        ("on_error", &workflow.on_error),
        ("finally", &workflow.finally),
    ];
    for (list, steps) in sections {
        checker.place(None, list, steps, &[]);
    }
    if checker.positions.len() > STEPS_MAX {
        problems.add("steps", format!("a workflow has at most {STEPS_MAX} steps"));
        return;
    }
    let mut all = Vec::new();
    workflow.walk(&mut |step, _| all.push(step));
    for step in all {
        checker.step(step);
    }
    let general = workflow.env.values().chain(&workflow.cwd);
    let general = general.chain(&workflow.billing_mode);
    for template in general {
        for reference in template.references() {
            checker.reference(reference, template.path(), None);
        }
    }
    for template in workflow.outputs.values() {
        for reference in template.references() {
            checker.of_outputs(reference, template.path());
        }
    }
}

impl<'w> Checker<'w> {
    fn place(
        &mut self,
        around: Option<&'w Step>,
        list: &'static str,
        steps: &'w [Step],
        outer: &[Around<'w>],
    ) {
        for (i, step) in steps.iter().enumerate() {
            let mut position = outer.to_vec();
            position.push((around, list, i));
            if self.positions.contains_key(step.name.as_str()) {
                let path = format!("{}.name", step.path);
                let message = format!("another step is called `{}` already", step.name);
                self.problems.add(&path, message);
            } else {
                let placed = (step, position.clone());
                self.positions.insert(&step.name, placed);
            }
            for (list, inner) in step.lists() {
                self.place(Some(step), list, inner, &position);
            }
        }
    }

    fn step(&self, step: &'w Step) {
        let position = self.positions.get(step.name.as_str());
        let here = position.map_or(&[][..], |(_, position)| position);
        for (path, reference) in references(step) {
            self.reference(reference, path, Some(here));
        }
        match &step.kind {
            Kind::Until {
                condition, steps, ..
            } => {
                // It is asked at the end of each round.
                let end = [here, &[(Some(step), "steps", steps.len())]].concat();
                for reference in condition.references() {
                    self.reference(reference, condition.path(), Some(&end));
                }
            }
            Kind::Session(session) if session.cwd.is_none() && !self.has_cwd => {
                let message = "`cwd` is missing: where the session starts";
                self.problems.add(&step.path, message);
            }
            Kind::Command(command) => {
                shell_lines::check(command, self.problems);
                if command.cwd.is_none() && !self.has_cwd {
                    let message = "`cwd` is missing: where the command starts";
                    self.problems.add(&step.path, message);
                }
                for (name, extract) in &command.extract {
                    if matches!(extract, Extract::Cost) {
                        let path = format!("{}.extract.{name}", step.path);
                        self.problems.add(&path, "a command has no cost");
                    }
                }
            }
            Kind::Send(send) => self.session_of(&send.session, step, here),
            _ => {}
        }
    }

    fn session_of(&self, name: &str, step: &Step, here: &[Around<'w>]) {
        let path = format!("{}.session", step.path);
        match self.positions.get(name) {
            Some((other, _)) if !matches!(other.kind, Kind::Session(_)) => {
                let kind = other.kind_name();
                let message = format!("`{name}` is a `{kind}` step and has no session");
                self.problems.add(&path, message);
            }
            Some(_) => self.order(name, here, &path),
            None => self.no_step(name, &path),
        }
    }

    fn no_step(&self, name: &str, path: &str) {
        let names: Vec<&str> = self.positions.keys().copied().collect();
        let hint = nearest(name, &names).map_or_else(String::new, |n| format!("; is it `{n}`?"));
        let message = format!("there is no step `{name}`{hint}");
        self.problems.add(path, message);
    }

    fn of_outputs(&self, reference: &Reference, path: &str) {
        match reference.segments() {
            [first, name, rest @ ..] if first == "steps" => {
                let Some((step, position)) = self.positions.get(name.as_str()) else {
                    return self.no_step(name, path);
                };
                if loop_around(position, &[]).is_some() {
                    self.within_loop(name, path);
                }
                self.result(step, rest, path);
            }
            [first, rest @ ..] if first == "error" => {
                self.part_of("error", rest, &["message", "step"], path);
            }
            _ => self.reference(reference, path, None),
        }
    }

    fn part_of(&self, whole: &str, rest: &[String], known: &[&str], path: &str) {
        let Some(part) = rest.first().filter(|part| !known.contains(&part.as_str())) else {
            return;
        };
        let known: Vec<String> = known.iter().map(|part| format!("`{part}`")).collect();
        let message = format!("`{whole}` has no `{part}`; it has {}", known.join(", "));
        self.problems.add(path, message);
    }

    fn reference(&self, reference: &Reference, path: &str, here: Option<&[Around<'w>]>) {
        match reference.segments() {
            [first, name, rest @ ..] if first == "steps" => {
                let Some((step, _)) = self.positions.get(name.as_str()) else {
                    return self.no_step(name, path);
                };
                if let Some(here) = here {
                    self.order(name, here, path);
                } else {
                    let message = "no step has run yet where this is needed";
                    self.problems.add(path, message);
                }
                self.result(step, rest, path);
            }
            [first] if first == "steps" => {
                let message = "`${steps}` names no step: `${steps.NAME.RESULT}`";
                self.problems.add(path, message);
            }
            [first, ..] if first == "item" || first == "index" => {
                let is_counting = first == "index";
                if !is_in_loop(here.unwrap_or_default(), is_counting) {
                    let place = if is_counting { "a loop" } else { "a `foreach`" };
                    let message = format!("`${{{first}}}` has a value only in {place}");
                    self.problems.add(path, message);
                }
            }
            [first, rest @ ..] if first == "error" => {
                let is_told = |(_, list, _): &Around<'_>| matches!(*list, "on_error" | "finally");
                if !here.unwrap_or_default().iter().any(is_told) {
                    let message = "`${error}` has a value only in `on_error` and `finally`";
                    self.problems.add(path, message);
                }
                self.part_of("error", rest, &["message", "step"], path);
            }
            [first, rest @ ..] if first == "execution" => {
                self.part_of("execution", rest, &["id"], path);
            }
            [first] if first == "inputs" => {}
            [first, name, ..] if first == "inputs" => self.input(name, path),
            [name, ..] => self.input(name, path),
            [] => {}
        }
    }

    fn input(&self, name: &str, path: &str) {
        let Some(inputs) = self.inputs else { return };
        if inputs.iter().any(|input| input.name == name) {
            return;
        }
        let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
        let hint = nearest(name, &names).map_or_else(String::new, |n| format!("; is it `{n}`?"));
        let message = format!("there is no input `{name}`{hint}");
        self.problems.add(path, message);
    }

    /// A result that such a step has.
    fn result(&self, step: &Step, rest: &[String], path: &str) {
        let Some(key) = rest.first() else { return };
        let known = leaves::results(step);
        if !known.contains(&key.as_str()) {
            let hint = nearest(key, &known).map_or_else(String::new, |n| format!("; is it `{n}`?"));
            let message = format!("step `{}` has no result `{key}`{hint}", step.name);
            self.problems.add(path, message);
        }
    }

    /// What is referred to has run by then.
    fn order(&self, name: &str, here: &[Around<'w>], path: &str) {
        let Some((_, there)) = self.positions.get(name) else {
            return;
        };
        let is_same = |a: &Around<'_>, b: &Around<'_>| {
            a.0.map(|s| &s.name) == b.0.map(|s| &s.name) && a.1 == b.1 && a.2 == b.2
        };
        let pairs = there.iter().zip(here);
        let common = pairs.take_while(|(a, b)| is_same(a, b)).count();
        let why = match (there.get(common), here.get(common)) {
            (None, None) => Some(format!("step `{name}` refers to itself")),
            (None, Some((_, "on_error", _))) => None,
            (None, Some(_)) => Some(format!("step `{name}` is around this one and not done yet")),
            (Some(_), None) => Some(format!("step `{name}` is within this one and not done yet")),
            (Some(a), Some(b)) if a.1 != b.1 => match (a.1, b.1) {
                (_, "on_error" | "finally") if a.1 != "finally" => None,
                ("then", "else") | ("else", "then") => {
                    Some(format!("step `{name}` is in the other branch"))
                }
                _ => Some(format!("step `{name}` runs later: a circle")),
            },
            (Some(a), Some(b)) => {
                let is_parallel = a.0.is_some_and(|step| {
                    matches!(step.kind, Kind::Parallel { .. }) && a.1 == "steps"
                });
                if is_parallel {
                    Some(format!("step `{name}` runs at the same time"))
                } else if a.2 > b.2 {
                    Some(format!("step `{name}` runs later: a circle"))
                } else {
                    None
                }
            }
        };
        if let Some(why) = why {
            self.problems.add(path, why);
        } else if loop_around(there, here).is_some() {
            self.within_loop(name, path);
        }
    }

    fn within_loop(&self, name: &str, path: &str) {
        let message = format!(
            "step `{name}` runs once for each item of a loop; from outside there are \
             `${{steps.LOOP.results}}`"
        );
        self.problems.add(path, message);
    }
}

/// Whether a place is in a round of a loop: one over a list, or one of any kind.
fn is_in_loop(here: &[Around<'_>], any_kind: bool) -> bool {
    here.iter().any(|(around, list, _)| {
        let is_loop = around.is_some_and(|step| match step.kind {
            Kind::Foreach { .. } => true,
            Kind::Until { .. } => any_kind,
            _ => false,
        });
        is_loop && *list == "steps"
    })
}

/// The innermost loop that is around one position and not around the other. Of an `until`
/// the last round is seen from outside.
fn loop_around<'w>(there: &[Around<'w>], here: &[Around<'w>]) -> Option<&'w Step> {
    let around = |p: &[Around<'w>]| -> Vec<&'w Step> {
        let steps = p.iter().filter(|(_, list, _)| *list == "steps");
        steps.filter_map(|(step, ..)| *step).collect()
    };
    let others = around(here);
    let mut found = around(there).into_iter().filter(|step| {
        let counts = matches!(step.kind, Kind::Foreach { .. });
        counts && !others.iter().any(|other| other.name == step.name)
    });
    found.next_back()
}

/// What a step itself refers to, with the part that does so.
pub(crate) fn references(step: &Step) -> Vec<(&str, &Reference)> {
    let mut templates: Vec<&Template> = Vec::new();
    let mut found = Vec::new();
    match &step.kind {
        Kind::Session(session) => of_session(session, &mut templates),
        Kind::Send(send) => of_turn(&send.turn, &mut templates),
        Kind::Command(command) => {
            match &command.run {
                Run::Shell(line) => templates.push(line),
                Run::Program(words) => templates.extend(words),
            }
            templates.extend(&command.cwd);
            templates.extend(command.env.values());
        }
        Kind::Approve { message } | Kind::Log { message } => templates.push(message),
        Kind::Foreach { items, .. } => match items {
            Items::Text(text) => templates.push(text),
            Items::List(items) => templates.extend(items.iter().filter_map(|item| match item {
                Item::Text(text) => Some(text),
                Item::Value(_) => None,
            })),
        },
        Kind::If { condition, .. } => {
            let references = condition.references().iter();
            found.extend(references.map(|reference| (condition.path(), reference)));
        }
        Kind::Until { .. } | Kind::Parallel { .. } => {}
    }
    for template in templates {
        let references = template.references();
        found.extend(references.map(|reference| (template.path(), reference)));
    }
    found
}

fn of_session<'w>(session: &'w SessionStep, templates: &mut Vec<&'w Template>) {
    templates.push(&session.provider);
    templates.extend(&session.cwd);
    templates.extend(&session.args);
    templates.extend(session.env.values());
    templates.extend(&session.model);
    templates.extend(&session.billing_mode);
    if let Some(worktree) = &session.worktree {
        templates.extend(&worktree.branch);
        templates.extend(&worktree.from);
    }
    if let Some(turn) = &session.turn {
        of_turn(turn, templates);
    }
}

fn of_turn<'w>(turn: &'w Turn, templates: &mut Vec<&'w Template>) {
    templates.push(&turn.prompt);
}

/// The steps that are done when one fails.
pub(crate) fn on_error_steps(step: &Step) -> &[Step] {
    match &step.on_error {
        OnError::Steps(steps) => steps,
        _ => &[],
    }
}
