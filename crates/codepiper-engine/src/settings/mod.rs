//! What a person set: one table of everything that can be, with where each value comes from.

mod file;
mod table;
mod values;

use std::sync::Arc;

use codepiper_model::{Actor, Clock, EntryKind};
use codepiper_store::{Store, StoreError, settings as stored};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::{Config, EngineError, audit};

pub use file::SettingsFile;
pub use table::TakesEffect;
use table::{Described, SETTINGS, described};
pub use values::{DaemonSettings, SettingsChange};

const KEY: &str = "daemon";

/// The settings, in memory and in the database.
#[derive(Clone)]
pub struct Settings {
    store: Store,
    clock: Arc<dyn Clock>,
    current: watch::Sender<DaemonSettings>,
    file: Arc<SettingsFile>,
    config: Arc<Config>,
}

/// A setting.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Setting)]
pub struct SettingView {
    /// Its name.
    pub name: &'static str,
    /// What it is; null where it is absent.
    pub value: Value,
    /// What it is where nobody says anything.
    pub default: Value,
    /// `boolean`, `number`, `text` or `choice`.
    pub kind: &'static str,
    /// What it may be, where that are a few words.
    pub choices: &'static [&'static str],
    /// What is counted.
    pub unit: Option<&'static str>,
    /// What it is for.
    pub description: &'static str,
    /// Who said so.
    pub source: Source,
    /// When a change counts.
    pub takes_effect: TakesEffect,
    /// Whether it can be changed here; others are set where the daemon is started.
    pub changeable: bool,
    /// The variable that sets it.
    pub variable: Option<&'static str>,
    /// The flag of the daemon that sets it.
    pub flag: Option<&'static str>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Nobody said anything.
    Default,
    /// `config.toml`.
    File,
    /// The daemon's environment.
    Environment,
    /// The daemon's command line.
    CommandLine,
    /// It was changed while the daemon ran: on the dashboard or with `codepiper settings set`.
    Dashboard,
}

impl Settings {
    pub(crate) async fn load(
        store: Store,
        clock: Arc<dyn Clock>,
        config: Arc<Config>,
    ) -> Result<Self, EngineError> {
        let file = SettingsFile::read(&config);
        for problem in &file.problems {
            tracing::warn!(%problem, "a setting in the file is left out");
        }
        let kept = store.read(said).await?;
        Ok(Self {
            current: watch::Sender::new(effective(&file, &kept)),
            store,
            clock,
            file: Arc::new(file),
            config,
        })
    }

    /// The settings as they are.
    pub fn get(&self) -> DaemonSettings {
        self.current.borrow().clone()
    }

    /// Changes with every change of them.
    pub(crate) fn changes(&self) -> watch::Receiver<DaemonSettings> {
        self.current.subscribe()
    }

    /// What of `config.toml` does not make sense.
    pub fn problems(&self) -> &[String] {
        &self.file.problems
    }

    /// Every setting, with what is known of it.
    pub async fn list(&self) -> Result<Vec<SettingView>, EngineError> {
        let kept = self.store.read(said).await?;
        Ok(SETTINGS
            .iter()
            .map(|setting| self.view(setting, &kept))
            .collect())
    }

    /// Changes some of them. They are stored before they apply.
    pub async fn change(
        &self,
        change: SettingsChange,
        by: Actor,
    ) -> Result<DaemonSettings, EngineError> {
        let changed = change.checked()?.values();
        self.write(by, move |kept| kept.extend(changed)).await
    }

    /// Takes back what was said of a setting.
    pub async fn unset(&self, name: &str, by: Actor) -> Result<DaemonSettings, EngineError> {
        let shown: String = name.chars().take(64).collect();
        let setting = described(name).ok_or_else(|| EngineError::NotFound {
            code: "setting_not_found",
            message: format!("there is no setting `{shown}`"),
        })?;
        if !setting.is_stored() {
            return Err(not_here(setting));
        }
        self.write(by, |kept| drop(kept.remove(setting.name))).await
    }

    async fn write(
        &self,
        by: Actor,
        change: impl FnOnce(&mut Map<String, Value>) + Send + 'static,
    ) -> Result<DaemonSettings, EngineError> {
        let (file, at) = (Arc::clone(&self.file), self.clock.now());
        let write = self.store.write(move |tx| {
            let mut kept = said(tx)?;
            let before = effective(&file, &kept).default_policy_action;
            let said_before = kept.get("defaultPolicyAction").cloned();
            change(&mut kept);
            let now = effective(&file, &kept);
            let is_said = kept.get("defaultPolicyAction") != said_before.as_ref();
            if is_said || now.default_policy_action != before {
                let action = now.default_policy_action;
                let facts = json!({ "action": action, "by": by.to_string(), "sessionId": null });
                audit::note(tx, EntryKind::DefaultActionChanged, &facts, at)?;
            }
            stored::set(tx, KEY, &Value::Object(kept))?;
            Ok::<_, StoreError>(now)
        });
        let now = write.await?;
        self.current.send_replace(now.clone());
        Ok(now)
    }

    fn view(&self, setting: &'static Described, kept: &Map<String, Value>) -> SettingView {
        let default = setting.default();
        let (value, source) = if let Some(variable) = setting.variable {
            let is_flag = self.config.flags.contains_key(setting.name);
            let value = match self.config.flags.get(setting.name) {
                Some(flag) => Some(flag.clone()),
                None => self.config.var(variable).filter(|value| !value.is_empty()),
            };
            let source = match &value {
                _ if is_flag => Source::CommandLine,
                None => Source::Default,
                Some(_) if self.config.filled.contains(variable) => Source::File,
                Some(_) => Source::Environment,
            };
            (value.map_or_else(|| default.clone(), Value::String), source)
        } else if let Some(value) = kept.get(setting.name) {
            (value.clone(), Source::Dashboard)
        } else if let Some(value) = self.file.stored.get(setting.name) {
            (value.clone(), Source::File)
        } else {
            (default.clone(), Source::Default)
        };
        SettingView {
            name: setting.name,
            value,
            default,
            kind: setting.kind,
            choices: setting.choices,
            unit: setting.unit,
            description: setting.description,
            source,
            takes_effect: setting.takes_effect,
            changeable: setting.is_stored(),
            variable: setting.variable,
            flag: setting.flag,
        }
    }
}

/// What was said of settings while the daemon ran. Earlier versions wrote all of them down: what is as
/// nobody would say it was not said.
fn said(db: &codepiper_store::Connection) -> Result<Map<String, Value>, StoreError> {
    let kept = stored::get(db, KEY)?;
    let mut kept = match kept {
        Some(Value::Object(kept)) => kept,
        _ => Map::new(),
    };
    if kept.len() == SETTINGS.iter().filter(|s| s.is_stored()).count() {
        kept.retain(|name, value| described(name).is_some_and(|s| s.default() != *value));
    }
    Ok(kept)
}

fn effective(file: &SettingsFile, kept: &Map<String, Value>) -> DaemonSettings {
    let mut all = json!(DaemonSettings::default());
    if let Some(all) = all.as_object_mut() {
        all.extend(file.stored.clone());
        all.extend(kept.clone());
    }
    serde_json::from_value(all).unwrap_or_default()
}

fn not_here(setting: &Described) -> EngineError {
    let message = format!(
        "`{}` is set where the daemon is started: in `config.toml`, or as {}",
        setting.name,
        setting.variable.unwrap_or_default()
    );
    EngineError::invalid(setting.name, message)
}
