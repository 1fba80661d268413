use codepiper_model::ProviderId;
use serde_json::Value;

use super::{step, turn};
use crate::condition::Condition;
use crate::definition::{
    CommandStep, Item, Items, Kind, Run, SendStep, SessionStep, Step, WaitFor, Worktree,
};
use crate::fields::{Fields, parts};
use crate::limits::{self, ITEMS_MAX};
use crate::problem::Problems;

/// What a step of this kind does; nothing where that cannot be told.
pub(super) fn kind(kind: &str, fields: &Fields<'_>, problems: &Problems) -> Option<Kind> {
    Some(match kind {
        "session" => Kind::Session(Box::new(session(fields, problems)?)),
        "send" => {
            let session = fields.needed_text("session");
            fields.need("prompt");
            let turn = turn::turn(fields, problems);
            Kind::Send(Box::new(SendStep {
                session: session?,
                turn: turn?,
            }))
        }
        "command" => Kind::Command(Box::new(command(fields, problems)?)),
        "approve" => Kind::Approve {
            message: fields.needed_template("message")?,
        },
        "if" => {
            let condition = condition(fields, problems);
            let then = step::needed(fields, "then", problems);
            let otherwise = step::list(fields, "else", problems);
            Kind::If {
                condition: condition?,
                then,
                otherwise,
            }
        }
        "parallel" => parallel(fields, problems),
        "foreach" => {
            let items = items(fields, problems);
            let steps = body(fields, problems);
            let max_concurrent = concurrency(fields).unwrap_or(1);
            Kind::Foreach {
                items: items?,
                steps,
                max_concurrent,
            }
        }
        "until" => {
            let condition = condition(fields, problems);
            let steps = body(fields, problems);
            fields.need("limit");
            let limit = fields.whole("limit", 1, 100);
            Kind::Until {
                condition: condition?,
                steps,
                limit: u32::try_from(limit?).ok()?,
            }
        }
        _ => Kind::Log {
            message: fields.needed_template("message")?,
        },
    })
}

fn session(fields: &Fields<'_>, problems: &Problems) -> Option<SessionStep> {
    let provider = fields.needed_template("provider");
    // Another one is known when the workflow is given its inputs.
    if let Some(provider) = &provider
        && let Some(Err(error)) = provider.as_plain().map(str::parse::<ProviderId>)
    {
        problems.add(provider.path(), error.to_string());
    }
    let cwd = fields.template("cwd");
    let args = fields.templates("args");
    let env = fields.env();
    let model = fields.template("model");
    let billing_mode = limits::billing_mode(fields);
    let policy_sets = names(fields, "policy_set");
    let env_sets = names(fields, "env_set");
    let worktree = worktree(fields, problems);
    let dangerous = fields.flag("dangerous_mode");
    let keep = fields.flag("keep");
    let turn = if fields.get("prompt").is_some() {
        Some(turn::turn(fields, problems)?)
    } else {
        turn::none(fields, problems);
        None
    };
    Some(SessionStep {
        provider: provider?,
        cwd,
        args,
        env,
        model,
        billing_mode,
        policy_sets,
        env_sets,
        worktree,
        dangerous,
        keep,
        turn,
    })
}

/// One name, or several.
fn names(fields: &Fields<'_>, name: &'static str) -> Vec<String> {
    match fields.get(name) {
        Some(part) if part.value.is_string() => fields.fixed_text(name).into_iter().collect(),
        Some(_) => fields.fixed_texts(name),
        None => Vec::new(),
    }
}

/// `true`, or the branch.
fn worktree(fields: &Fields<'_>, problems: &Problems) -> Option<Worktree> {
    let from = fields.template("worktree_from");
    let branch = match fields.get("worktree").map(|part| part.value) {
        Some(Value::String(_)) => fields.template("worktree"),
        Some(_) if fields.flag("worktree") => None,
        _ => {
            if let Some(from) = from {
                let message = "`worktree_from` says where a branch begins: `worktree` is missing";
                problems.add(from.path(), message);
            }
            return None;
        }
    };
    Some(Worktree { branch, from })
}

fn command(fields: &Fields<'_>, problems: &Problems) -> Option<CommandStep> {
    let run = fields.need("run").and_then(|part| {
        let Value::Array(values) = part.value else {
            return fields.needed_template("run").map(Run::Shell);
        };
        if values.is_empty() {
            problems.add(&part.path, format!("`{}` names no program", part.path));
        }
        let parts = parts(values, &part.path).into_iter();
        let words = parts.filter_map(|part| fields.read_template(&part));
        Some(Run::Program(words.collect()))
    });
    let cwd = fields.template("cwd");
    let env = fields.env();
    let allow_failure = fields.flag("allow_failure");
    let extract = turn::extracts(fields, true, problems);
    Some(CommandStep {
        run: run?,
        cwd,
        env,
        allow_failure,
        extract,
    })
}

fn parallel(fields: &Fields<'_>, problems: &Problems) -> Kind {
    let steps = step::needed(fields, "steps", problems);
    let wait_for = match fields.one_of("wait_for", &["all", "any", "none"]) {
        Some("any") => WaitFor::Any,
        Some("none") => WaitFor::None,
        _ => WaitFor::All,
    };
    Kind::Parallel {
        steps,
        wait_for,
        max_concurrent: concurrency(fields),
    }
}

/// What is repeated: one step, or several.
fn body(fields: &Fields<'_>, problems: &Problems) -> Vec<Step> {
    match (fields.get("step"), fields.get("steps")) {
        (Some(part), None) => step::step(&part, problems).into_iter().collect(),
        (None, Some(_)) => step::list(fields, "steps", problems),
        (Some(one), Some(_)) => {
            problems.add_at_key(&one.path, "`step` and `steps` say the same: keep one");
            Vec::new()
        }
        (None, None) => {
            problems.add(fields.path(), "`steps` is missing: what is repeated");
            Vec::new()
        }
    }
}

fn items(fields: &Fields<'_>, problems: &Problems) -> Option<Items> {
    let part = fields.need("items")?;
    match part.value {
        Value::String(_) => fields.needed_template("items").map(Items::Text),
        Value::Array(values) if values.is_empty() || values.len() > ITEMS_MAX => {
            let message = format!("a loop has 1 to {ITEMS_MAX} items, not {}", values.len());
            problems.add(&part.path, message);
            None
        }
        Value::Array(values) => {
            let parts = parts(values, &part.path).into_iter();
            let items = parts.map(|part| match part.value {
                Value::String(_) => fields.read_template(&part).map(Item::Text),
                value => Some(Item::Value(value.clone())),
            });
            items.collect::<Option<_>>().map(Items::List)
        }
        _ => fields.wrong(&part.path, "a list, or a text such as `${files}` or `a, b`"),
    }
}

fn concurrency(fields: &Fields<'_>) -> Option<usize> {
    let most = fields.whole("max_concurrent", 1, 100)?;
    usize::try_from(most).ok()
}

fn condition(fields: &Fields<'_>, problems: &Problems) -> Option<Condition> {
    let part = fields.need("condition")?;
    let text = fields.needed_text("condition")?;
    match Condition::parse(&text) {
        Ok(condition) => Some(condition.at(&part.path)),
        Err(why) => {
            problems.add(&part.path, why);
            None
        }
    }
}
