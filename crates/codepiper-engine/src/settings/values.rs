use std::ops::RangeInclusive;
use std::path::{Component, Path};

use codepiper_model::{Channel, Verdict, Zone, is_unseen};
use codepiper_tmux::Key;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::EngineError;
use crate::policies::check_default_action;

/// How long sessions that have ended may be kept: less than a day is a slip, and more than a hundred
/// years is for ever.
const RETENTION_DAYS: RangeInclusive<u32> = 1..=36_500;

/// The longest name of a directory; bytes.
const PATH_MAX: usize = 1024;

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
    /// The directory below which new git worktrees of sessions go, absolute or from `~/`; none: beside
    /// their repositories.
    pub worktree_place: Option<String>,
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
            worktree_place: None,
            time_zone: None,
        }
    }
}

/// A change of some settings; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ChangeSettingsRequest)]
pub struct SettingsChange {
    /// See [`DaemonSettings::preserve_sessions`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preserve_sessions: Option<bool>,
    /// See [`DaemonSettings::restore_after_reboot`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restore_after_reboot: Option<bool>,
    /// See [`DaemonSettings::forward_ssh_auth_sock`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward_ssh_auth_sock: Option<bool>,
    /// See [`DaemonSettings::detach_key`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detach_key: Option<String>,
    /// See [`DaemonSettings::default_policy_action`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_policy_action: Option<Verdict>,
    /// See [`DaemonSettings::retention_days`]; null keeps them for ever.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub retention_days: Option<Option<u32>>,
    /// See [`DaemonSettings::codex_app_server`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codex_app_server: Option<bool>,
    /// See [`DaemonSettings::codex_host_access_profile_enabled`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codex_host_access_profile_enabled: Option<bool>,
    /// See [`DaemonSettings::status_line`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_line: Option<bool>,
    /// See [`DaemonSettings::worktree_place`]; null puts them beside their repositories.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub worktree_place: Option<Option<String>>,
    /// See [`DaemonSettings::time_zone`]; null takes that of the machine.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub time_zone: Option<Option<String>>,
}

/// Tells null from what is absent.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

impl SettingsChange {
    /// Itself, where it makes sense, with names as they are written.
    pub(super) fn checked(mut self) -> Result<Self, EngineError> {
        if let Some(key) = &self.detach_key {
            let parsed = key.parse::<Key>();
            parsed.map_err(|error| EngineError::invalid("detachKey", error.to_string()))?;
            if key.chars().any(is_unseen) {
                let message = "`detachKey` is a key that can be seen, such as `ctrl+]`";
                return Err(EngineError::invalid("detachKey", message));
            }
        }
        check_default_action("defaultPolicyAction", self.default_policy_action)?;
        if matches!(self.retention_days, Some(Some(days)) if !RETENTION_DAYS.contains(&days)) {
            let (least, most) = (RETENTION_DAYS.start(), RETENTION_DAYS.end());
            let message = format!(
                "`retentionDays` is a number from {least} to {most}, or null to keep sessions for ever"
            );
            return Err(EngineError::invalid("retentionDays", message));
        }
        if let Some(Some(place)) = &self.worktree_place {
            let is_whole = place.starts_with('/') || place.starts_with("~/");
            let is_good = is_whole && place.len() <= PATH_MAX && !place.chars().any(is_unseen);
            if !is_good
                || Path::new(place)
                    .components()
                    .any(|part| part == Component::ParentDir)
            {
                let message = "`worktreePlace` is a directory such as `/srv/worktrees` or \
                               `~/worktrees`, without `..`, or null";
                return Err(EngineError::invalid("worktreePlace", message));
            }
        }
        if let Some(Some(name)) = &mut self.time_zone {
            let zone = Zone::named(name).ok_or_else(|| {
                let shown: String = name.chars().take(40).collect();
                let message =
                    format!("there is no time zone `{shown}`; give one such as `Europe/Berlin`");
                EngineError::invalid("timeZone", message)
            })?;
            zone.name().clone_into(name);
        }
        Ok(self)
    }

    /// What it changes, by name.
    pub(super) fn values(&self) -> Map<String, Value> {
        match json!(self) {
            Value::Object(values) => values,
            _ => Map::new(),
        }
    }
}
