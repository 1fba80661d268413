//! What a workflow is, once it is read.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::condition::Condition;
use crate::extract::Extract;
use crate::template::Template;

/// Sessions, commands and questions, chained to one task.
#[derive(Clone, Debug, PartialEq)]
pub struct Workflow {
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it is given; none where it declares nothing and takes whatever it mentions.
    pub inputs: Option<Vec<Input>>,
    /// Variables for its sessions and commands.
    pub env: BTreeMap<String, Template>,
    /// Where its sessions and commands start.
    pub cwd: Option<Template>,
    /// Who pays for its agents: `subscription` or `api`.
    pub billing_mode: Option<Template>,
    /// How long it may take, in milliseconds.
    pub timeout: Option<u64>,
    /// What is done.
    pub steps: Vec<Step>,
    /// What is done when that fails.
    pub on_error: Vec<Step>,
    /// What is done at the end, whatever came before.
    pub finally: Vec<Step>,
    /// What comes of it.
    pub outputs: BTreeMap<String, Template>,
}

/// Something that a workflow is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// What kind of value it is.
    pub kind: InputKind,
    /// What it is for.
    pub description: Option<String>,
    /// Its value where nobody gives one.
    pub default: Option<Value>,
    /// Whether somebody has to give one.
    pub is_required: bool,
}

/// A kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A text.
    String,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// Several values.
    List,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its name; no other step of the workflow has it.
    pub name: String,
    /// The part of the definition that it is, such as `steps[0].then[1]`.
    pub path: String,
    /// What is done.
    pub kind: Kind,
    /// How long it may take, in milliseconds.
    pub timeout: Option<u64>,
    /// What becomes of the workflow when it fails.
    pub on_error: OnError,
    /// How often it is tried.
    pub retry: Option<Retry>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Starts an agent's session and prompts it.
    Session(Box<SessionStep>),
    /// Prompts the session of an earlier step.
    Send(Box<SendStep>),
    /// Runs a program.
    Command(Box<CommandStep>),
    /// Waits for a person's yes.
    Approve {
        /// What the person is shown.
        message: Template,
    },
    /// Goes one of two ways.
    If {
        /// What decides.
        condition: Condition,
        /// The way where it holds.
        then: Vec<Step>,
        /// The way where it does not.
        otherwise: Vec<Step>,
    },
    /// Does several things at a time.
    Parallel {
        /// The things.
        steps: Vec<Step>,
        /// When it is done.
        wait_for: WaitFor,
        /// How many at a time; all by default.
        max_concurrent: Option<usize>,
    },
    /// Does the same for each item of a list.
    Foreach {
        /// The list.
        items: Items,
        /// What is done for each.
        steps: Vec<Step>,
        /// How many items at a time.
        max_concurrent: usize,
    },
    /// Does the same until a condition holds.
    Until {
        /// The condition, asked after each round.
        condition: Condition,
        /// A round.
        steps: Vec<Step>,
        /// The most rounds.
        limit: u32,
    },
    /// Writes into the workflow's log.
    Log {
        /// What.
        message: Template,
    },
}

/// The items of a loop.
#[derive(Clone, Debug, PartialEq)]
pub enum Items {
    /// What names a list, or a text that is one.
    Text(Template),
    /// Each by itself.
    List(Vec<Item>),
}

/// An item that is written down.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A text, or what one `${…}` names.
    Text(Template),
    /// Anything else, as it stands.
    Value(Value),
}

/// A session to start.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionStep {
    /// The agent's name.
    pub provider: Template,
    /// Where it starts.
    pub cwd: Option<Template>,
    /// Further arguments for it.
    pub args: Vec<Template>,
    /// Further variables for it.
    pub env: BTreeMap<String, Template>,
    /// The model to use.
    pub model: Option<Template>,
    /// Who pays for it, where it is not as for the others.
    pub billing_mode: Option<Template>,
    /// The policy sets that it gets.
    pub policy_sets: Vec<String>,
    /// The sets of secret variables that it gets.
    pub env_sets: Vec<String>,
    /// The git worktree of its own that it gets.
    pub worktree: Option<Worktree>,
    /// Whether it runs without asking.
    pub dangerous: bool,
    /// Whether the session stays when nobody needs it any more.
    pub keep: bool,
    /// Its first turn; none where it is only started.
    pub turn: Option<Turn>,
}

/// A git worktree for a session.
#[derive(Clone, Debug, PartialEq)]
pub struct Worktree {
    /// Its branch; none: one that is named after the session.
    pub branch: Option<Template>,
    /// Where a new branch begins; none: at what the directory is on.
    pub from: Option<Template>,
}

/// A further prompt for a session.
#[derive(Clone, Debug, PartialEq)]
pub struct SendStep {
    /// The step whose session it is.
    pub session: String,
    /// The prompt and what is made of the answer.
    pub turn: Turn,
}

/// A prompt and what is made of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The prompt.
    pub prompt: Template,
    /// What is waited for.
    pub wait: Wait,
    /// What is taken from the answer.
    pub extract: BTreeMap<String, Extract>,
}

/// What a prompt's step waits for: whichever comes first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wait {
    /// The end of the turn.
    pub turn: bool,
    /// A request for permission.
    pub permission: bool,
    /// Events of these types.
    pub events: Vec<String>,
    /// How long at most, in milliseconds; then the step has failed.
    pub timeout: Option<u64>,
}

/// A program to run.
#[derive(Clone, Debug, PartialEq)]
pub struct CommandStep {
    /// A line for the shell, or a program with its arguments.
    pub run: Run,
    /// Where it starts.
    pub cwd: Option<Template>,
    /// Further variables for it.
    pub env: BTreeMap<String, Template>,
    /// Whether another exit code than 0 is a result like any other.
    pub allow_failure: bool,
    /// What is taken from the output.
    pub extract: BTreeMap<String, Extract>,
}

/// How a program is run.
#[derive(Clone, Debug, PartialEq)]
pub enum Run {
    /// By `sh -c`.
    Shell(Template),
    /// By itself.
    Program(Vec<Template>),
}

/// When several things at a time are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitFor {
    /// When all are; one that fails ends the others.
    All,
    /// When one is; the others are ended.
    Any,
    /// At once: they go on in the background, and the workflow ends after them.
    None,
}

/// What becomes of the workflow when a step fails.
#[derive(Clone, Debug, PartialEq)]
pub enum OnError {
    /// It fails.
    Fail,
    /// It goes on.
    Continue,
    /// It does this and goes on.
    Steps(Vec<Step>),
}

/// How often a step is tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    /// The most attempts, the first included.
    pub max_attempts: u32,
    /// Milliseconds before the second attempt.
    pub delay: u64,
    /// By how much each further pause is longer.
    pub backoff: f64,
}

/// The longest pause between attempts, in milliseconds.
const PAUSE_MAX: f64 = 3_600_000.0;

impl Retry {
    /// The pause after so many attempts, in milliseconds.
    pub fn pause(&self, attempts: u32) -> i64 {
        #[expect(clippy::cast_precision_loss, reason = "pauses are far below 2^52")]
        let delay = self.delay as f64;
        let exponent = i32::try_from(attempts.saturating_sub(1)).unwrap_or(i32::MAX);
        let pause = (delay * self.backoff.powi(exponent)).min(PAUSE_MAX);
        #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
        let pause = pause as i64;
        pause
    }
}

impl Step {
    /// The lists of steps within it, each with its name.
    pub fn lists(&self) -> Vec<(&'static str, &[Step])> {
        let mut lists: Vec<(&'static str, &[Step])> = match &self.kind {
            Kind::If {
                then, otherwise, ..
            } => vec![("then", then), ("else", otherwise)],
            Kind::Parallel { steps, .. }
            | Kind::Foreach { steps, .. }
            | Kind::Until { steps, .. } => vec![("steps", steps)],
            _ => Vec::new(),
        };
        if let OnError::Steps(steps) = &self.on_error {
            lists.push(("on_error", steps));
        }
        lists
    }

    /// Whether it does the same several times.
    pub fn is_loop(&self) -> bool {
        matches!(self.kind, Kind::Foreach { .. } | Kind::Until { .. })
    }

    /// The word for what it does.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Session(_) => "session",
            Kind::Send(_) => "send",
            Kind::Command(_) => "command",
            Kind::Approve { .. } => "approve",
            Kind::If { .. } => "if",
            Kind::Parallel { .. } => "parallel",
            Kind::Foreach { .. } => "foreach",
            Kind::Until { .. } => "until",
            Kind::Log { .. } => "log",
        }
    }
}

impl Workflow {
    /// Every step with the steps around it, the outermost first.
    pub fn walk<'w>(&'w self, visit: &mut impl FnMut(&'w Step, &[&'w Step])) {
        for steps in [&self.steps, &self.on_error, &self.finally] {
            walk(steps, &mut Vec::new(), visit);
        }
    }
}

fn walk<'w>(
    steps: &'w [Step],
    around: &mut Vec<&'w Step>,
    visit: &mut impl FnMut(&'w Step, &[&'w Step]),
) {
    for step in steps {
        visit(step, around);
        around.push(step);
        for (_, inner) in step.lists() {
            walk(inner, around, visit);
        }
        around.pop();
    }
}
