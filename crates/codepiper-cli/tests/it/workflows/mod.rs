//! Workflows as a person runs them: through the program, with agents in terminals.

mod crowd;
mod existing;
mod furnished;
mod judged;
mod killed;
mod real;
mod steered;
mod whole;

use serde_json::{Value, json};

use crate::support::{Done, TestHome, until};

/// An execution of a workflow.
pub(crate) struct Execution<'a> {
    home: &'a TestHome,
    pub(crate) id: String,
}

impl<'a> Execution<'a> {
    /// Keeps a text as a workflow of this name and begins to run it.
    #[track_caller]
    pub(crate) fn begin(home: &'a TestHome, name: &str, text: &str, further: &[&str]) -> Self {
        let file = keep(home, name, text);
        let args = [&["workflow", "run", &file, "--json"], further].concat();
        let done = home.run(&args);
        assert_eq!(done.code, 0, "{done:?}\n{}", home.daemon_log());
        let id = done.json()["executionId"].as_str().unwrap().to_owned();
        Self { home, id }
    }

    /// Tells it something: `cancel`, `pause`, `approve` ...
    pub(crate) fn tell(&self, word: &str, further: &[&str]) -> Done {
        let args = [&["workflow", word, &self.id], further].concat();
        self.home.run(&args)
    }

    /// How it stands, with its steps.
    #[track_caller]
    pub(crate) fn show(&self) -> Value {
        self.tell("show", &["--json"]).ok().json()
    }

    /// The same, of the API.
    #[track_caller]
    pub(crate) fn look(&self) -> Value {
        let path = format!("/workflows/executions/{}", self.id);
        self.home.call("GET", &path, &Value::Null)
    }

    /// Waits for its end; how it stands then.
    #[track_caller]
    pub(crate) fn end(&self) -> Value {
        let mut shown = Value::Null;
        let context = || format!("{:#?}\n{}", self.log(), self.home.daemon_log());
        until("the execution is over", context, &mut || {
            shown = self.look();
            !shown["execution"]["completedAt"].is_null()
        });
        shown
    }

    /// Waits until a step stands so; the step.
    #[track_caller]
    pub(crate) fn until(&self, id: &str, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let mut found = Value::Null;
        self.home.until(&format!("step {id} {what}"), || {
            found = step(&self.show(), id);
            is_so(&found)
        });
        found
    }

    /// What it has logged: the steps and what was said of them.
    #[track_caller]
    pub(crate) fn log(&self) -> Vec<String> {
        let path = format!("/workflows/executions/{}/log?limit=1000", self.id);
        let lines = self.home.call("GET", &path, &Value::Null)["lines"].clone();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let lines = lines.as_array().unwrap().iter();
        lines
            .map(|line| format!("{}: {}", text(&line["step"]), text(&line["message"])))
            .collect()
    }
}

/// Writes a workflow into a file; its path.
pub(crate) fn keep(home: &TestHome, name: &str, text: &str) -> String {
    let file = home.path(&format!("{name}.yaml"));
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

/// The text of a ready-made workflow.
#[track_caller]
pub(crate) fn ready(home: &TestHome, name: &str) -> String {
    home.run(&["workflow", "init", name, "-"]).ok().stdout
}

/// A step in what `show` says; nothing where it has not begun.
pub(crate) fn step(shown: &Value, id: &str) -> Value {
    let steps = shown["steps"].as_array().unwrap();
    let found = steps.iter().find(|step| step["id"] == id);
    found.cloned().unwrap_or_default()
}

/// How an execution and its steps stand, in the order in which they are shown.
pub(crate) fn statuses(shown: &Value) -> Value {
    let steps = shown["steps"].as_array().unwrap().iter();
    let steps: Vec<Value> = steps
        .map(|step| json!([step["id"], step["status"]]))
        .collect();
    json!([shown["execution"]["status"], steps])
}

/// The names of the sessions that run.
pub(crate) fn live(home: &TestHome) -> Vec<String> {
    let sessions = home.call("GET", "/sessions", &Value::Null)["sessions"].clone();
    let sessions = sessions.as_array().unwrap().iter();
    let live = sessions.filter(|session| session["exit"].is_null());
    live.map(|session| session["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}
