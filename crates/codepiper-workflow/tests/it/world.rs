//! A world in which everything that is asked for is answered, and nothing may be asked for twice.

use std::collections::{BTreeMap, BTreeSet};

use codepiper_model::Timestamp;
use codepiper_workflow::{
    Answer, Effect, Happened, LogLine, Outcome, Output, Source, State, Workflow, advance, given,
};
use serde_json::{Map, Value};

pub(crate) struct World {
    pub(crate) workflow: Workflow,
    pub(crate) state: State,
    pub(crate) now: i64,
    pub(crate) log: Vec<LogLine>,
    /// What was asked for, in order.
    pub(crate) asked: Vec<(String, Effect)>,
    names: BTreeSet<String>,
    open: BTreeMap<String, Effect>,
    /// Whether the state goes through its stored form between any two transitions.
    pub(crate) falls: bool,
    pub(crate) transitions: usize,
    /// The transition at which the daemon is killed: once before it is kept, once after.
    pub(crate) killed_at: Option<usize>,
}

pub(crate) fn read(text: &str) -> Workflow {
    let source = Source::text(text).unwrap_or_else(|e| panic!("{e}"));
    source.read().unwrap_or_else(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", told.join("\n"))
    })
}

impl World {
    pub(crate) fn new(text: &str, inputs: &Value) -> Self {
        Self::of(read(text), inputs)
    }

    /// One whose daemon is killed at this transition.
    pub(crate) fn killed(text: &str, inputs: &Value, at: usize) -> Self {
        let mut world = Self::still(read(text), inputs);
        world.killed_at = Some(at);
        world.begin();
        world
    }

    pub(crate) fn of(workflow: Workflow, inputs: &Value) -> Self {
        let mut world = Self::still(workflow, inputs);
        world.begin();
        world
    }

    fn begin(&mut self) {
        self.tell(Happened::Time);
    }

    fn still(workflow: Workflow, inputs: &Value) -> Self {
        let said: Map<String, Value> = inputs.as_object().unwrap().clone();
        let inputs = given(&workflow, said).unwrap();
        Self {
            state: State::new("e1", inputs, Timestamp::from_millis(0)),
            workflow,
            now: 0,
            log: Vec::new(),
            asked: Vec::new(),
            names: BTreeSet::new(),
            open: BTreeMap::new(),
            falls: false,
            transitions: 0,
            killed_at: None,
        }
    }

    pub(crate) fn tell(&mut self, happened: Happened) {
        let now = Timestamp::from_millis(self.now);
        let is_killed = self.killed_at == Some(self.transitions);
        if is_killed {
            let mut lost = self.state.clone();
            drop(advance(&self.workflow, &mut lost, happened.clone(), now));
            self.restart();
        }
        self.log
            .extend(advance(&self.workflow, &mut self.state, happened, now));
        self.transitions += 1;
        if is_killed {
            self.restart();
        }
        if self.falls {
            self.restart();
        }
        let outstanding = self.state.outstanding();
        for (name, effect) in &outstanding {
            if !self.open.contains_key(name) {
                assert!(
                    self.names.insert(name.clone()),
                    "{name} was asked for twice"
                );
                self.asked.push((name.clone(), effect.clone()));
            }
        }
        self.open = outstanding;
    }

    /// A daemon has nothing but what was kept; what it then asks for goes by the same names.
    fn restart(&mut self) {
        let stored = serde_json::to_string(&self.state).unwrap();
        let back: State = serde_json::from_str(&stored).unwrap();
        assert_eq!(back, self.state);
        assert_eq!(back.outstanding(), self.state.outstanding());
        self.state = back;
    }

    pub(crate) fn open(&self) -> Vec<(String, Effect)> {
        self.open.clone().into_iter().collect()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.state.status.is_final()
    }

    pub(crate) fn done(&mut self, effect: &str, outcome: Result<Outcome, String>) {
        self.tell(Happened::Done {
            effect: effect.to_owned(),
            outcome,
        });
    }

    /// Time passes until something has to happen; whether there was such a time.
    pub(crate) fn sleep(&mut self) -> bool {
        let Some(at) = self.state.wake_at() else {
            return false;
        };
        self.now = self.now.max(at.as_millis());
        self.tell(Happened::Time);
        true
    }

    /// Goes on to the end: `say` answers prompts and commands, by their texts.
    pub(crate) fn run(&mut self, mut say: impl FnMut(&str) -> Result<String, String>) {
        for _ in 0..10_000 {
            if self.is_over() {
                assert!(self.state.outstanding().is_empty());
                return;
            }
            let Some((name, effect)) = self.open().into_iter().next() else {
                assert!(self.sleep(), "stuck: {:#?}", self.state);
                continue;
            };
            let outcome = answer(&effect, &mut say);
            self.done(&name, outcome);
        }
        panic!("does not end: {:#?}", self.state);
    }

    pub(crate) fn result(&self, node: &str, key: &str) -> Value {
        let node = &self.state.nodes[node];
        node.result.get(key).cloned().unwrap_or_default()
    }

    /// What the prompts and commands said, in order.
    pub(crate) fn texts(&self) -> Vec<String> {
        let asked = self.asked.iter().filter_map(|(_, effect)| text(effect));
        asked.collect()
    }
}

fn text(effect: &Effect) -> Option<String> {
    match effect {
        Effect::Prompt(prompt) => Some(prompt.text.clone()),
        Effect::Run(command) => Some(command.line()),
        Effect::Ask { message } => Some(message.clone()),
        Effect::Start(_) | Effect::End { .. } => None,
    }
}

fn answer(
    effect: &Effect,
    say: &mut impl FnMut(&str) -> Result<String, String>,
) -> Result<Outcome, String> {
    match effect {
        Effect::Start(start) => Ok(Outcome::Started {
            cwd: start.cwd.clone(),
        }),
        Effect::End { .. } => Ok(Outcome::Done),
        Effect::Prompt(prompt) => Ok(Outcome::Answered(Answer {
            reply: say(&prompt.text)?,
            ..Answer::default()
        })),
        Effect::Run(command) => {
            let said = say(&command.line())?;
            let (code, out) = said.split_once(' ').unwrap_or((&said, ""));
            Ok(Outcome::Ran(Output {
                exit_code: code.parse().ok(),
                stdout: out.to_owned(),
                ..Output::default()
            }))
        }
        Effect::Ask { message } => {
            let said = say(message)?;
            Ok(Outcome::Said {
                yes: said == "yes",
                by: "owner".to_owned(),
                note: None,
            })
        }
    }
}
