//! From a text to a workflow, or to everything that is wrong with it.

mod kinds;
mod step;
mod turn;

use codepiper_model::yaml::{Yaml, YamlError};
use serde_json::Value;

use crate::definition::{Input, InputKind, Workflow};
use crate::fields::{Fields, Part};
use crate::problem::{Found, Problem, Problems};
use crate::{check, limits};

/// A definition: the text that somebody wrote, or JSON that came without one.
#[derive(Clone, Debug)]
pub struct Source {
    yaml: Option<Yaml>,
    value: Value,
}

impl Source {
    /// Reads YAML or JSON.
    #[expect(clippy::result_large_err, reason = "a definition is read once")]
    pub fn text(text: &str) -> Result<Self, Problem> {
        let yaml = Yaml::parse(text).map_err(problem)?;
        Ok(Self {
            value: yaml.value().clone(),
            yaml: Some(yaml),
        })
    }

    /// Takes what somebody else has read.
    pub fn value(value: Value) -> Self {
        Self { yaml: None, value }
    }

    /// What it says.
    pub fn as_value(&self) -> &Value {
        &self.value
    }

    /// The workflow, or everything that is wrong with it.
    pub fn read(&self) -> Result<Workflow, Vec<Problem>> {
        let problems = Problems::default();
        let workflow = workflow(&self.value, &problems);
        if let Some(workflow) = &workflow
            && problems.is_empty()
        {
            check::check(workflow, &problems);
        }
        let found = problems.into_found();
        match workflow {
            Some(workflow) if found.is_empty() => Ok(workflow),
            _ => {
                let placed = found.into_iter().map(|found| self.place(found));
                let mut problems: Vec<Problem> = placed.collect();
                problems.sort_by_key(|problem| (problem.line, problem.column));
                Err(problems)
            }
        }
    }

    fn place(&self, found: Found) -> Problem {
        let step_name = self.step_around(&found.path);
        let problem = match &self.yaml {
            None => Problem {
                message: found.message,
                path: found.path,
                step_name: None,
                line: None,
                column: None,
                snippet: None,
            },
            Some(yaml) if found.is_key => problem(yaml.error_at_key(&found.path, found.message)),
            Some(yaml) => problem(yaml.error_at(&found.path, found.message)),
        };
        Problem {
            step_name,
            ..problem
        }
    }

    /// The name of the smallest step around a part.
    fn step_around(&self, path: &str) -> Option<String> {
        let mut name = None;
        let mut value = &self.value;
        for segment in path.split(['.', '[']) {
            value = match segment.strip_suffix(']') {
                Some(index) => value.get(index.parse::<usize>().ok()?),
                None => value.get(segment),
            }
            .unwrap_or(&Value::Null);
            if value.get("type").is_some()
                && let Some(said) = value.get("name").and_then(Value::as_str)
            {
                name = Some(said.to_owned());
            }
        }
        name
    }
}

fn problem(error: YamlError) -> Problem {
    let (line, column) = error.line_and_column.unzip();
    Problem {
        message: error.message,
        path: error.path,
        step_name: None,
        line,
        column,
        snippet: error.snippet,
    }
}

fn workflow(value: &Value, problems: &Problems) -> Option<Workflow> {
    let fields = Fields::of(value, "", problems)?;
    let name = fields.needed_text("name");
    let description = fields.text("description");
    let inputs = inputs(&fields, problems);
    let env = fields.env();
    let cwd = fields.template("cwd");
    let billing_mode = limits::billing_mode(&fields);
    let timeout = limits::duration(&fields, "timeout");
    let steps = match fields.need("steps") {
        Some(_) => step::list(&fields, "steps", problems),
        None => Vec::new(),
    };
    let on_error = step::list(&fields, "on_error", problems);
    let finally = step::list(&fields, "finally", problems);
    let outputs = fields.template_map("outputs");
    // Some write down which version of a workflow it is, or its id.
    for ignored in ["version", "id", "$schema"] {
        fields.get(ignored);
    }
    fields.finish("a workflow");
    Some(Workflow {
        name: name?,
        description,
        inputs,
        env,
        cwd,
        billing_mode,
        timeout,
        steps,
        on_error,
        finally,
        outputs,
    })
}

fn inputs(fields: &Fields<'_>, problems: &Problems) -> Option<Vec<Input>> {
    fields.get("inputs")?;
    let entries = fields.map("inputs").into_iter();
    Some(
        entries
            .filter_map(|(name, part)| input(name, &part, problems))
            .collect(),
    )
}

fn input(name: String, part: &Part<'_>, problems: &Problems) -> Option<Input> {
    if !limits::is_variable(&name) {
        let message = format!(
            "`{name}` cannot name an input: letters, digits and `_`, and none of `steps`, `item`, \
             `index`, `inputs`, `error`, `execution`"
        );
        problems.add_at_key(&part.path, message);
    }
    let fields = Fields::of(part.value, &part.path, problems)?;
    let kinds = ["string", "number", "boolean", "list"];
    let kind = match fields.one_of("type", &kinds) {
        Some("number") => InputKind::Number,
        Some("boolean") => InputKind::Boolean,
        Some("list") => InputKind::List,
        _ => InputKind::String,
    };
    let default = fields.get("default");
    if let Some(default) = &default
        && kind.take(default.value.clone()).is_none()
    {
        fields.wrong::<()>(&default.path, kind.wanted());
    }
    let is_required = match fields.get("required") {
        Some(_) => fields.flag("required"),
        None => default.is_none(),
    };
    let description = fields.text("description");
    let default = default.and_then(|default| kind.take(default.value.clone()));
    fields.finish("an input");
    Some(Input {
        name,
        kind,
        description,
        default,
        is_required,
    })
}
