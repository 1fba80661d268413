use std::sync::{Arc, PoisonError, RwLock};

use codepiper_model::{
    Actor, Clock, Matched, Risk, Scope, SessionId, Timestamp, ToolCall, Verdict,
};
use codepiper_policy::{
    CompiledPolicy, Context, Evaluation, Policy, Rule, Scoped, evaluate, explain, risk,
};
use codepiper_store::policies::{self, StoredPolicy};
use codepiper_store::{Store, sessions};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{EngineError, Settings, audit};

/// Keeps the policies and asks them.
///
/// Those that are asked are held in memory, compiled; a change is stored first.
#[derive(Clone)]
pub struct PolicyEngine {
    store: Store,
    clock: Arc<dyn Clock>,
    settings: Settings,
    current: Arc<RwLock<Arc<Vec<CompiledPolicy>>>>,
    /// Held while the policies change, so that what is in memory is what was stored last.
    changing: Arc<Mutex<()>>,
}

/// A policy, as it is shown.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyView {
    /// What it says.
    #[serde(flatten)]
    pub policy: Policy,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A policy that is to be made.
#[derive(Clone, Debug)]
pub struct NewPolicy {
    /// Its id; one is found when there is none.
    pub id: Option<String>,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it counts.
    pub enabled: bool,
    /// Where it stands in lists.
    pub priority: i64,
    /// The only session it is for.
    pub session_id: Option<SessionId>,
    /// What it says, as JSON.
    pub rules: Value,
}

/// A change of a policy; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct PolicyChange {
    /// What people call it.
    pub name: Option<String>,
    /// What it is for; null takes that away.
    pub description: Option<Option<String>>,
    /// Whether it counts.
    pub enabled: Option<bool>,
    /// Where it stands in lists.
    pub priority: Option<i64>,
    /// What it says, as JSON.
    pub rules: Option<Value>,
}

/// What the rules say of a tool call, and whether a rule said it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// What would become of it where the agent itself would ask.
    pub verdict: Verdict,
    /// `rule` or `default`.
    pub source: &'static str,
    /// The rule that decides.
    pub decided_by: Option<DecidedBy>,
    /// Every rule that matched, strictest first.
    pub matched: Vec<Matched>,
    /// The simple commands of a shell line, where it is one that can be read.
    pub commands: Vec<CheckedCommand>,
    /// What the call could do at worst.
    pub risk: Risk,
}

/// The rule that decides.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DecidedBy {
    /// Its policy.
    pub policy_id: String,
    /// Its name.
    pub rule_id: String,
}

/// One simple command of a shell line.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedCommand {
    /// Its words.
    pub argv: Vec<String>,
    /// What the rules say of it, or else the default action.
    pub verdict: Verdict,
}

impl PolicyEngine {
    pub(crate) async fn load(
        store: Store,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Result<Self, EngineError> {
        let stored = store.read(policies::all).await?;
        Ok(Self {
            store,
            clock,
            settings,
            current: Arc::new(RwLock::new(Arc::new(compiled(stored)))),
            changing: Arc::default(),
        })
    }

    /// The policies, highest priority first.
    pub async fn list(&self) -> Result<Vec<PolicyView>, EngineError> {
        let stored = self.store.read(policies::all).await?;
        stored.iter().map(view).collect()
    }

    /// One policy.
    pub async fn get(&self, id: &str) -> Result<PolicyView, EngineError> {
        let name = id.to_owned();
        let found = self.store.read(move |db| policies::get(db, &name)).await?;
        view(&found.ok_or_else(|| no_policy(id))?)
    }

    /// Makes a policy.
    pub async fn create(&self, new: NewPolicy, by: Actor) -> Result<PolicyView, EngineError> {
        let engine = self.clone();
        whole(async move { engine.create_whole(new, by).await }).await
    }

    async fn create_whole(&self, new: NewPolicy, by: Actor) -> Result<PolicyView, EngineError> {
        let now = self.clock.now();
        let id = match new.id {
            Some(id) => checked_text("id", &id, 100)?,
            None => uuid::Uuid::now_v7().to_string(),
        };
        let stored = StoredPolicy {
            id,
            name: checked_text("name", &new.name, 200)?,
            description: new.description,
            enabled: new.enabled,
            priority: new.priority,
            session_id: new.session_id,
            rules: new.rules,
            created_at: now,
            updated_at: now,
        };
        let rules = parsed(&stored)?.compile().map_err(wrong)?.source.rules;
        let _guard = self.changing.lock().await;
        let row = StoredPolicy {
            rules: serde_json::to_value(rules).map_err(EngineError::internal)?,
            ..stored
        };
        let (id, session) = (row.id.clone(), row.session_id);
        if let Some(session) = session
            && self
                .store
                .read(move |db| sessions::get(db, session))
                .await?
                .is_none()
        {
            return Err(EngineError::no_session(session));
        }
        let written = row.clone();
        let added = self.store.write(move |tx| {
            let added = policies::insert(tx, &written)?;
            if added {
                let facts = json!({ "by": by.to_string(), "id": written.id, "rules": written.rules,
                    "enabled": written.enabled, "sessionId": written.session_id });
                audit::note(tx, "policy_created", &facts, now)?;
            }
            Ok(added)
        });
        if !added.await? {
            return Err(EngineError::conflict(
                "policy_exists",
                format!("there is a policy `{id}` already"),
            ));
        }
        self.reload().await?;
        view(&row)
    }

    /// Changes a policy.
    pub async fn update(
        &self,
        id: &str,
        change: PolicyChange,
        by: Actor,
    ) -> Result<PolicyView, EngineError> {
        let (engine, id) = (self.clone(), id.to_owned());
        whole(async move { engine.update_whole(&id, change, by).await }).await
    }

    async fn update_whole(
        &self,
        id: &str,
        change: PolicyChange,
        by: Actor,
    ) -> Result<PolicyView, EngineError> {
        let _guard = self.changing.lock().await;
        let name = id.to_owned();
        let found = self.store.read(move |db| policies::get(db, &name)).await?;
        let mut row = found.ok_or_else(|| no_policy(id))?;
        if let Some(name) = change.name {
            row.name = checked_text("name", &name, 200)?;
        }
        row.description = change.description.unwrap_or(row.description);
        row.enabled = change.enabled.unwrap_or(row.enabled);
        row.priority = change.priority.unwrap_or(row.priority);
        if let Some(rules) = change.rules {
            row.rules = rules;
            let rules = parsed(&row)?.compile().map_err(wrong)?.source.rules;
            row.rules = serde_json::to_value(rules).map_err(EngineError::internal)?;
        }
        row.updated_at = self.clock.now();
        let written = row.clone();
        let changed = self.store.write(move |tx| {
            let changed = policies::update(tx, &written)?;
            let facts = json!({ "by": by.to_string(), "id": written.id, "rules": written.rules,
                "enabled": written.enabled });
            audit::note(tx, "policy_updated", &facts, written.updated_at)?;
            Ok(changed)
        });
        if !changed.await? {
            return Err(no_policy(id));
        }
        self.reload().await?;
        view(&row)
    }

    /// Removes a policy. What it decided stays in the audit.
    pub async fn delete(&self, id: &str, by: Actor) -> Result<(), EngineError> {
        let (engine, id) = (self.clone(), id.to_owned());
        whole(async move { engine.delete_whole(&id, by).await }).await
    }

    async fn delete_whole(&self, id: &str, by: Actor) -> Result<(), EngineError> {
        let _guard = self.changing.lock().await;
        let (name, now) = (id.to_owned(), self.clock.now());
        let removed = self.store.write(move |tx| {
            let removed = policies::delete(tx, &name)?;
            if removed {
                let facts = json!({ "by": by.to_string(), "id": name });
                audit::note(tx, "policy_deleted", &facts, now)?;
            }
            Ok(removed)
        });
        if !removed.await? {
            return Err(no_policy(id));
        }
        self.reload().await
    }

    /// Says what would become of a tool call; nothing is recorded. With `rules` only those are
    /// asked, as one policy.
    pub fn check(&self, call: &ToolCall, rules: Option<Value>) -> Result<Checked, EngineError> {
        let evaluation = match rules {
            None => explain(&scoped(&self.current()), call, &Context::default()),
            Some(rules) => {
                let draft = Policy {
                    id: "draft".to_owned(),
                    name: "draft".to_owned(),
                    description: None,
                    enabled: true,
                    priority: 0,
                    session_id: None,
                    rules: parsed_rules(rules)?,
                };
                let draft = [draft.compile().map_err(wrong)?];
                explain(&scoped(&draft), call, &Context::default())
            }
        };
        let decided_by = evaluation.decided_by();
        let verdict = decided_by.map_or_else(|| self.default_action(), |rule| rule.action);
        let commands = evaluation.commands.iter().map(|command| CheckedCommand {
            argv: command.argv.clone(),
            verdict: command.verdict.unwrap_or_else(|| self.default_action()),
        });
        Ok(Checked {
            verdict,
            source: if decided_by.is_some() {
                "rule"
            } else {
                "default"
            },
            decided_by: decided_by.map(|rule| DecidedBy {
                policy_id: rule.policy_id.clone(),
                rule_id: rule.rule_id.clone(),
            }),
            commands: commands.collect(),
            risk: risk(call, &Context::default()),
            matched: evaluation.matched,
        })
    }

    /// Asks every policy.
    pub(crate) fn evaluate(&self, call: &ToolCall) -> Evaluation {
        evaluate(&scoped(&self.current()), call, &Context::default())
    }

    fn current(&self) -> Arc<Vec<CompiledPolicy>> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What becomes of a request that no rule matches, where the agent itself would ask.
    pub(crate) fn default_action(&self) -> Verdict {
        self.settings.get().default_policy_action
    }

    async fn reload(&self) -> Result<(), EngineError> {
        let fresh = Arc::new(compiled(self.store.read(policies::all).await?));
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}

/// Runs to its end even when the caller goes away: what was stored must be what is in memory.
async fn whole<T: Send + 'static>(
    change: impl Future<Output = Result<T, EngineError>> + Send + 'static,
) -> Result<T, EngineError> {
    tokio::spawn(change).await.map_err(EngineError::internal)?
}

fn scoped(policies: &[CompiledPolicy]) -> Vec<Scoped<'_>> {
    let scope = |policy: &CompiledPolicy| match policy.source.session_id {
        Some(_) => Scope::Session,
        None => Scope::Global,
    };
    let scoped = policies.iter().map(|policy| Scoped {
        policy,
        scope: scope(policy),
    });
    scoped.collect()
}

/// What was checked when it was saved is checked again: another version may have saved it.
fn compiled(stored: Vec<StoredPolicy>) -> Vec<CompiledPolicy> {
    let compile = |row: StoredPolicy| {
        let compiled = parsed(&row).and_then(|policy| policy.compile().map_err(wrong));
        compiled
            .inspect_err(|error| {
                tracing::error!(policy = %row.id, %error, "a policy cannot be used and says nothing");
            })
            .ok()
    };
    stored.into_iter().filter_map(compile).collect()
}

fn parsed(row: &StoredPolicy) -> Result<Policy, EngineError> {
    Ok(Policy {
        id: row.id.clone(),
        name: row.name.clone(),
        description: row.description.clone(),
        enabled: row.enabled,
        priority: row.priority,
        session_id: row.session_id,
        rules: parsed_rules(row.rules.clone())?,
    })
}

fn parsed_rules(rules: Value) -> Result<Vec<Rule>, EngineError> {
    // A list would pass for a rule, and other things would be refused in the words of a programmer.
    let Some(items) = rules.as_array() else {
        return Err(EngineError::invalid("rules", "`rules` has to be a list"));
    };
    if let Some(i) = items.iter().position(|item| !item.is_object()) {
        let at = format!("rules[{i}]");
        let message = format!("`{at}` has to be an object");
        return Err(EngineError::invalid(at, message));
    }
    serde_path_to_error::deserialize(rules).map_err(|error| {
        let path = error.path().to_string();
        let at = if path.starts_with('[') {
            format!("rules{path}")
        } else {
            "rules".to_owned()
        };
        let message = format!("`{at}`: {}", error.inner());
        EngineError::invalid(at, message)
    })
}

fn view(row: &StoredPolicy) -> Result<PolicyView, EngineError> {
    Ok(PolicyView {
        policy: parsed(row)?,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn wrong(error: codepiper_policy::PolicyError) -> EngineError {
    let message = error.to_string();
    EngineError::invalid(error.path, message)
}

fn no_policy(id: &str) -> EngineError {
    let shown: String = id.chars().take(100).collect();
    EngineError::NotFound {
        code: "policy_not_found",
        message: format!("there is no policy `{shown}`"),
    }
}

fn checked_text(field: &str, text: &str, max: usize) -> Result<String, EngineError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > max || text.chars().any(char::is_control) {
        let message = format!("`{field}` takes 1 to {max} characters in one line");
        return Err(EngineError::invalid(field, message));
    }
    Ok(text.to_owned())
}
