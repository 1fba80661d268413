use std::ops::RangeInclusive;
use std::sync::Arc;

use codepiper_model::is_unseen;
use codepiper_model::{Actor, Channel, Clock, EntryKind, Verdict, Zone};
use codepiper_store::{Store, settings};
use codepiper_tmux::Key;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::EngineError;
use crate::audit;
use crate::policies::check_default_action;

const KEY: &str = "daemon";

/// How long sessions that have ended may be kept: less than a day is a slip, and more than a hundred
/// years is for ever.
const RETENTION_DAYS: RangeInclusive<u32> = 1..=36_500;

/// What a person set, in memory and in the database.
#[derive(Clone)]
pub struct Settings {
    store: Store,
    clock: Arc<dyn Clock>,
    current: watch::Sender<DaemonSettings>,
}

/// The settings of the daemon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DaemonSettings {
    /// Whether sessions live on when the daemon stops.
    #[schema(required)]
    pub preserve_sessions: bool,
    /// Whether the sessions that ran come back by themselves after the machine was switched off.
    #[schema(required)]
    pub restore_after_reboot: bool,
    /// Whether agents get the `SSH_AUTH_SOCK` of the daemon.
    #[schema(required)]
    pub forward_ssh_auth_sock: bool,
    /// The key that leaves an attached terminal; every other key reaches the agent.
    #[schema(required)]
    pub detach_key: String,
    /// What becomes of a request that no rule matches, where the agent itself would ask: `ask` a
    /// person or `deny`.
    #[schema(required)]
    pub default_policy_action: Verdict,
    /// After how many days sessions that have ended are removed; none: never.
    pub retention_days: Option<u32>,
    /// Whether Codex gets an app-server, where its version has one; without, hooks have to do.
    #[schema(required)]
    pub codex_app_server: bool,
    /// Whether new sessions of Codex work without a sandbox, where nothing else is asked for.
    #[schema(required)]
    pub codex_host_access_profile_enabled: bool,
    /// Whether Claude Code's status line goes through us in the sessions that start from now on, so
    /// that its context, cost and limits are known; a status line of the person's own is drawn as
    /// before.
    #[schema(required)]
    pub status_line: bool,
    /// The time zone in which the days of sums begin, such as `Europe/Berlin`; none: that of the
    /// machine.
    pub time_zone: Option<String>,
}

impl DaemonSettings {
    /// How an agent is heard and answered that could be over `best`.
    pub(crate) fn channel(&self, best: Channel) -> Channel {
        match best {
            Channel::AppServer if !self.codex_app_server => Channel::Hooks,
            best => best,
        }
    }
}

impl Default for DaemonSettings {
    fn default() -> Self {
        Self {
            preserve_sessions: true,
            restore_after_reboot: false,
            forward_ssh_auth_sock: true,
            detach_key: "ctrl+]".to_owned(),
            default_policy_action: Verdict::Ask,
            retention_days: None,
            codex_app_server: true,
            codex_host_access_profile_enabled: false,
            status_line: false,
            time_zone: None,
        }
    }
}

/// A change of some settings; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ChangeSettingsRequest)]
pub struct SettingsChange {
    /// See [`DaemonSettings::preserve_sessions`].
    pub preserve_sessions: Option<bool>,
    /// See [`DaemonSettings::restore_after_reboot`].
    pub restore_after_reboot: Option<bool>,
    /// See [`DaemonSettings::forward_ssh_auth_sock`].
    pub forward_ssh_auth_sock: Option<bool>,
    /// See [`DaemonSettings::detach_key`].
    pub detach_key: Option<String>,
    /// See [`DaemonSettings::default_policy_action`].
    pub default_policy_action: Option<Verdict>,
    /// See [`DaemonSettings::retention_days`]; null keeps them for ever.
    #[serde(default, deserialize_with = "given")]
    pub retention_days: Option<Option<u32>>,
    /// See [`DaemonSettings::codex_app_server`].
    pub codex_app_server: Option<bool>,
    /// See [`DaemonSettings::codex_host_access_profile_enabled`].
    pub codex_host_access_profile_enabled: Option<bool>,
    /// See [`DaemonSettings::status_line`].
    pub status_line: Option<bool>,
    /// See [`DaemonSettings::time_zone`]; null takes that of the machine.
    #[serde(default, deserialize_with = "given")]
    pub time_zone: Option<Option<String>>,
}

/// Tells null from what is absent.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

impl Settings {
    pub(crate) async fn load(store: Store, clock: Arc<dyn Clock>) -> Result<Self, EngineError> {
        let stored = store.read(|db| settings::get(db, KEY)).await?;
        let current = stored
            .and_then(|value| serde_json::from_value(value).ok())
            .unwrap_or_default();
        Ok(Self {
            store,
            clock,
            current: watch::Sender::new(current),
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

    /// Changes some of them. They are stored before they apply.
    pub async fn change(
        &self,
        mut change: SettingsChange,
        by: Actor,
    ) -> Result<DaemonSettings, EngineError> {
        if let Some(key) = &change.detach_key {
            let parsed = key.parse::<Key>();
            parsed.map_err(|error| EngineError::invalid("detachKey", error.to_string()))?;
            if key.chars().any(is_unseen) {
                let message = "`detachKey` is a key that can be seen, such as `ctrl+]`";
                return Err(EngineError::invalid("detachKey", message));
            }
        }
        check_default_action("defaultPolicyAction", change.default_policy_action)?;
        if matches!(change.retention_days, Some(Some(days)) if !RETENTION_DAYS.contains(&days)) {
            let (least, most) = (RETENTION_DAYS.start(), RETENTION_DAYS.end());
            let message = format!(
                "`retentionDays` is a number from {least} to {most}, or null to keep sessions for ever"
            );
            return Err(EngineError::invalid("retentionDays", message));
        }
        if let Some(Some(name)) = &mut change.time_zone {
            let zone = Zone::named(name).ok_or_else(|| {
                let shown: String = name.chars().take(40).collect();
                let message =
                    format!("there is no time zone `{shown}`; give one such as `Europe/Berlin`");
                EngineError::invalid("timeZone", message)
            })?;
            zone.name().clone_into(name);
        }
        let at = self.clock.now();
        let stored = self.store.write(move |tx| {
            let mut now: DaemonSettings = settings::get(tx, KEY)?
                .and_then(|value| serde_json::from_value(value).ok())
                .unwrap_or_default();
            now.preserve_sessions = change.preserve_sessions.unwrap_or(now.preserve_sessions);
            now.restore_after_reboot = change
                .restore_after_reboot
                .unwrap_or(now.restore_after_reboot);
            now.forward_ssh_auth_sock = change
                .forward_ssh_auth_sock
                .unwrap_or(now.forward_ssh_auth_sock);
            now.detach_key = change.detach_key.unwrap_or(now.detach_key);
            now.default_policy_action = change
                .default_policy_action
                .unwrap_or(now.default_policy_action);
            now.retention_days = change.retention_days.unwrap_or(now.retention_days);
            now.codex_app_server = change.codex_app_server.unwrap_or(now.codex_app_server);
            now.codex_host_access_profile_enabled = change
                .codex_host_access_profile_enabled
                .unwrap_or(now.codex_host_access_profile_enabled);
            now.status_line = change.status_line.unwrap_or(now.status_line);
            now.time_zone = change.time_zone.unwrap_or(now.time_zone);
            if let Some(action) = change.default_policy_action {
                let facts = json!({ "action": action, "by": by.to_string(), "sessionId": null });
                audit::note(tx, EntryKind::DefaultActionChanged, &facts, at)?;
            }
            settings::set(tx, KEY, &serde_json::to_value(&now)?)?;
            Ok(now)
        });
        let now = stored.await?;
        self.current.send_replace(now.clone());
        Ok(now)
    }
}
