use std::collections::BTreeMap;

use codepiper_model::{Actor, EntryKind};
use codepiper_store::{Connection, StoreError, Transaction, sealed_values, settings};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::kinds::KINDS;
use super::{Notifications, endpoint};
use crate::EngineError;
use crate::audit::note;

const KEY: &str = "notifications";

/// What the secret of the web hook is sealed for.
pub(super) const WEBHOOK: &str = "notifications.webhook";

/// How long that secret may be.
const SECRET_MIN: usize = 16;
const SECRET_MAX: usize = 512;

/// A URL that leads nowhere: push services want one, and ours is nobody's to name.
const NO_CONTACT: &str = "https://codepiper.example";

/// What is told, and where.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationSettings {
    /// By kind, where it is told.
    pub kinds: BTreeMap<String, Channels>,
    /// Where the web hook is; null where there is none.
    pub webhook_url: Option<String>,
    /// Whether there is a secret that what goes there is signed with.
    pub has_webhook_secret: bool,
    /// Where push services can complain, a `mailto:` or `https:` URL; null where nobody says.
    pub push_contact: Option<String>,
}

/// Where a kind is told.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(default)]
pub struct Channels {
    /// In the list of what nobody has read.
    pub inbox: bool,
    /// To browsers that are subscribed.
    pub push: bool,
    /// To the web hook.
    pub webhook: bool,
}

/// A change; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct NotificationSettingsChange {
    /// By kind: whether it is told in the inbox, by push, to the web hook.
    pub kinds: BTreeMap<String, [Option<bool>; 3]>,
    /// Where the web hook is; `Some(None)` takes it away, with its secret.
    pub webhook_url: Option<Option<String>>,
    /// What is sent there is signed with.
    pub webhook_secret: Option<String>,
    /// Where push services can complain.
    pub push_contact: Option<Option<String>>,
}

/// The settings as they are kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Kept {
    kinds: BTreeMap<String, Channels>,
    pub(super) webhook_url: Option<String>,
    push_contact: Option<String>,
}

impl Default for Channels {
    fn default() -> Self {
        Self {
            inbox: true,
            push: true,
            webhook: true,
        }
    }
}

impl Kept {
    pub(super) fn read(db: &Connection) -> Result<Self, StoreError> {
        let kept = settings::get(db, KEY)?;
        Ok(kept
            .map(serde_json::from_value)
            .transpose()?
            .unwrap_or_default())
    }

    pub(super) fn channels(&self, kind: &str) -> Channels {
        self.kinds.get(kind).copied().unwrap_or_default()
    }

    pub(super) fn contact(&self) -> &str {
        self.push_contact.as_deref().unwrap_or(NO_CONTACT)
    }

    fn shown(self, has_webhook_secret: bool) -> NotificationSettings {
        let kinds = KINDS.map(|kind| (kind.to_owned(), self.channels(kind)));
        NotificationSettings {
            kinds: kinds.into(),
            webhook_url: self.webhook_url,
            has_webhook_secret,
            push_contact: self.push_contact,
        }
    }

    fn change(&mut self, change: NotificationSettingsChange) {
        for (kind, [inbox, push, webhook]) in change.kinds {
            let channels = self.kinds.entry(kind).or_default();
            let set = |channel: &mut bool, to: Option<bool>| *channel = to.unwrap_or(*channel);
            set(&mut channels.inbox, inbox);
            set(&mut channels.push, push);
            set(&mut channels.webhook, webhook);
        }
        if let Some(url) = change.webhook_url {
            self.webhook_url = url;
        }
        if let Some(contact) = change.push_contact {
            self.push_contact = contact;
        }
    }
}

impl NotificationSettingsChange {
    fn check(&self) -> Result<(), EngineError> {
        if let Some(unknown) = self
            .kinds
            .keys()
            .find(|kind| !KINDS.contains(&kind.as_str()))
        {
            let shown: String = unknown.chars().take(40).collect();
            let message = format!("`kinds` has one of {}, not `{shown}`", KINDS.join(", "));
            return Err(EngineError::invalid("kinds", message));
        }
        if let Some(Some(url)) = &self.webhook_url {
            endpoint::checked("webhookUrl", url)?;
        }
        let fits = |secret: &String| (SECRET_MIN..=SECRET_MAX).contains(&secret.len());
        if !self.webhook_secret.as_ref().is_none_or(fits) {
            let message = format!("`webhookSecret` has {SECRET_MIN} to {SECRET_MAX} bytes");
            return Err(EngineError::invalid("webhookSecret", message));
        }
        let is_plain = |text: &str| text.len() <= 200 && text.bytes().all(|b| b.is_ascii_graphic());
        let is_contact = |contact: &String| {
            is_plain(contact) && (contact.starts_with("mailto:") || contact.starts_with("https://"))
        };
        if !self.push_contact.iter().flatten().all(is_contact) {
            let message = "`pushContact` is a `mailto:` or `https:` URL of at most 200 characters";
            return Err(EngineError::invalid("pushContact", message));
        }
        Ok(())
    }
}

impl Notifications {
    /// What is told, and where.
    pub async fn settings(&self) -> Result<NotificationSettings, EngineError> {
        let read = |db: &Connection| {
            let has_secret = sealed_values::get(db, WEBHOOK)?.is_some();
            Ok(Kept::read(db)?.shown(has_secret))
        };
        Ok(self.store.read(read).await?)
    }

    /// Changes what is told, and where.
    pub async fn change_settings(
        &self,
        change: NotificationSettingsChange,
        by: Actor,
    ) -> Result<NotificationSettings, EngineError> {
        change.check()?;
        let _hold = self.key.hold().await;
        let seal = |secret: &String| self.key.seal(WEBHOOK, secret.as_bytes());
        let sealed = change.webhook_secret.as_ref().map(seal).transpose()?;
        let at = self.clock.now();
        let write = move |tx: &Transaction<'_>| {
            let mut kept = Kept::read(tx)?;
            kept.change(change);
            if let Some(sealed) = &sealed {
                sealed_values::set(tx, WEBHOOK, sealed)?;
            }
            if kept.webhook_url.is_none() {
                sealed_values::remove(tx, WEBHOOK)?;
            }
            let has_secret = sealed_values::get(tx, WEBHOOK)?.is_some();
            if kept.webhook_url.is_some() && !has_secret {
                return Ok(Err(EngineError::invalid(
                    "webhookSecret",
                    "a web hook needs a `webhookSecret`, which what goes there is signed with",
                )));
            }
            settings::set(tx, KEY, &serde_json::to_value(&kept)?)?;
            let target = kept.webhook_url.as_deref();
            let target = target.and_then(|url| endpoint::checked("webhookUrl", url).ok());
            let facts = json!({ "by": by.to_string(), "what": "settings", "webhook": target });
            note(tx, EntryKind::NotificationsChanged, &facts, at)?;
            Ok::<_, StoreError>(Ok(kept.shown(has_secret)))
        };
        self.store.write(write).await?
    }
}
