use serde::Deserialize;
use serde_json::{Value, json};

use super::Context;
use crate::cli::{Settings, SettingsCommand};
use crate::error::CliError;
use crate::output;

const PATH: &str = "/settings/daemon";

#[derive(Deserialize)]
struct All {
    settings: Vec<Setting>,
    problems: Vec<String>,
}

/// A setting, as the daemon shows it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Setting {
    name: String,
    value: Value,
    default: Value,
    kind: String,
    choices: Vec<String>,
    unit: Option<String>,
    description: String,
    source: String,
    takes_effect: String,
    changeable: bool,
    variable: Option<String>,
    flag: Option<String>,
}

pub(super) async fn run(context: &Context, args: Settings) -> Result<(), CliError> {
    let command = args.command.unwrap_or(match (args.name, args.value) {
        (Some(name), Some(value)) => SettingsCommand::Set { name, value },
        (Some(name), None) => SettingsCommand::Get { name },
        (None, _) => SettingsCommand::List,
    });
    match command {
        SettingsCommand::List => list(context).await,
        SettingsCommand::Get { name } => {
            let setting = one(context, &name).await?;
            if context.json {
                return output::json(&json!({ &name: setting.value }));
            }
            output::line(words(&setting.value))
        }
        SettingsCommand::Set { name, value } => {
            let setting = one(context, &name).await?;
            setting.must_be_changeable()?;
            let change = json!({ &name: value_of(value) });
            let answer = context.client.put(PATH, &change).await?;
            told(context, &answer, &setting)
        }
        SettingsCommand::Unset { name } => {
            let setting = one(context, &name).await?;
            setting.must_be_changeable()?;
            let path = format!("/settings/{name}");
            let answer = context.client.delete(&path).await?;
            told(context, &answer, &setting)
        }
        SettingsCommand::Explain { name } => explain(context, name.as_deref()).await,
    }
}

async fn list(context: &Context) -> Result<(), CliError> {
    let answer = context.client.get("/settings").await?;
    if context.json {
        return output::json(&answer);
    }
    let All { settings, problems } = serde_json::from_value(answer)?;
    let row = |setting: &Setting| {
        [
            setting.name.clone(),
            words(&setting.value),
            setting.source.replace('_', " "),
        ]
    };
    let rows: Vec<_> = settings.iter().map(row).collect();
    output::table(["SETTING", "VALUE", "FROM"], &rows)?;
    for problem in problems {
        output::note(format!("left out: {problem}"));
    }
    Ok(())
}

async fn explain(context: &Context, name: Option<&str>) -> Result<(), CliError> {
    let settings = match name {
        Some(name) => vec![one(context, name).await?],
        None => all(context).await?.settings,
    };
    for (i, setting) in settings.iter().enumerate() {
        if i > 0 {
            output::line("")?;
        }
        setting.explain()?;
    }
    Ok(())
}

async fn all(context: &Context) -> Result<All, CliError> {
    Ok(serde_json::from_value(
        context.client.get("/settings").await?,
    )?)
}

async fn one(context: &Context, name: &str) -> Result<Setting, CliError> {
    let mut settings = all(context).await?.settings;
    let found = settings.iter().position(|setting| setting.name == name);
    if let Some(found) = found {
        return Ok(settings.swap_remove(found));
    }
    let names: Vec<&str> = settings.iter().map(|s| s.name.as_str()).collect();
    Err(CliError::usage(format!(
        "there is no setting `{name}`; there are {}",
        names.join(", ")
    )))
}

fn told(context: &Context, answer: &Value, setting: &Setting) -> Result<(), CliError> {
    if context.json {
        return output::json(answer);
    }
    output::line(words(&answer["settings"][&setting.name]))?;
    match setting.when() {
        Some(when) => {
            output::note(format!("it counts {when}"));
            Ok(())
        }
        None => Ok(()),
    }
}

impl Setting {
    fn explain(&self) -> Result<(), CliError> {
        let unit = self
            .unit
            .as_deref()
            .map_or_else(String::new, |unit| format!(" ({unit})"));
        output::line(format!("{} = {}", self.name, words(&self.value)))?;
        output::line(format!("  {}", self.description))?;
        let kind = match self.choices.as_slice() {
            [] => format!("{}{unit}", self.kind),
            choices => choices.join(" or "),
        };
        output::line(format!("  {kind}; default: {}", words(&self.default)))?;
        let when = self.when().unwrap_or("at once");
        let source = self.source.replace('_', " ");
        output::line(format!("  from: {source}; a change counts {when}"))?;
        let mut ways = vec!["config.toml".to_owned()];
        if self.changeable {
            ways.insert(0, "`codepiper settings set`".to_owned());
        }
        ways.extend(self.variable.clone());
        ways.extend(self.flag.clone());
        output::line(format!("  set with: {}", ways.join(", ")))
    }

    /// When a change counts, where that is not at once.
    fn when(&self) -> Option<&'static str> {
        match self.takes_effect.as_str() {
            "new_sessions" => Some("in the sessions that start from now on"),
            "restart" => Some("when the daemon starts again"),
            _ => None,
        }
    }

    fn must_be_changeable(&self) -> Result<(), CliError> {
        let Some(variable) = self.variable.as_ref().filter(|_| !self.changeable) else {
            return Ok(());
        };
        Err(CliError::usage(format!(
            "`{}` is set where the daemon is started: in `config.toml` beside the database, or as \
             {variable}",
            self.name
        )))
    }
}

/// As it stands in JSON, or else a text.
fn value_of(text: String) -> Value {
    match serde_json::from_str(&text) {
        Ok(value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => value,
        _ => Value::String(text),
    }
}

fn words(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
