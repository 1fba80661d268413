use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use codepiper_model::{Activity, ActivityState, Exit, ExitReason, ProviderId, SessionId, Trouble};
use codepiper_policy::TypedLine;
use codepiper_providers::{Claim, ModelSwitch, Provider, Reading, ScreenText, provider};
use codepiper_tmux::Pane;
use tokio::sync::watch;
use tokio::time::timeout;

use super::activity::{HookSign, ServerSign};
use super::subject::Subject;
use super::terminal::Sizing;
use crate::codex::AppServer;

/// A session whose terminal we hold.
pub(crate) struct Live {
    pub(crate) id: SessionId,
    pub(crate) provider: ProviderId,
    pub(crate) pane: Pane,
    /// What its hooks' reports are about.
    pub(crate) subject: Arc<Subject>,
    /// What is known of its app-server, where it has one.
    pub(crate) app_server: AppServer,
    /// The last thing that a hook said of what the agent does.
    pub(crate) hook: watch::Sender<Option<HookSign>>,
    /// Whether a hook has ever reported.
    pub(crate) is_hooked: watch::Sender<bool>,
    /// Whether that was missed: a turn was seen before.
    pub(crate) is_unhooked: watch::Sender<bool>,
    /// The last thing that its app-server said of what the agent does.
    pub(crate) server: watch::Sender<Option<ServerSign>>,
    /// Why what is believed is believed.
    pub(crate) because: watch::Sender<&'static str>,
    /// What the agent is doing; changes after the event that says so is stored.
    pub(crate) activity: watch::Sender<Activity>,
    /// The end, after it is stored.
    pub(crate) exit: watch::Sender<Option<Exit>>,
    /// Whether there is an end that finds no room to be stored.
    pub(crate) unstored: watch::Sender<bool>,
    /// Whether the agent has shown a sign of life, after that is stored.
    pub(crate) running: watch::Sender<bool>,
    /// How often the screen had changed when it was last read.
    pub(crate) observed: watch::Sender<u64>,
    /// How often something that was sent has come further.
    pub(crate) prompts: watch::Sender<u64>,
    /// How often approvals had changed when that was last taken in.
    pub(crate) approvals_seen: watch::Sender<u64>,
    /// The end that somebody asked for.
    asked: Mutex<Option<ExitReason>>,
    /// What was typed into the prompt through our interface.
    typed: Mutex<TypedLine>,
    /// The beginning of an escape sequence with which a viewer's terminal ended what it sent.
    cut: Mutex<String>,
    /// Who decides how large the terminal is.
    sizing: Mutex<Sizing>,
}

impl Live {
    pub(crate) fn new(
        id: SessionId,
        subject: Subject,
        pane: Pane,
        activity: Activity,
        running: bool,
    ) -> Self {
        Self {
            id,
            provider: subject.provider,
            pane,
            subject: Arc::new(subject),
            app_server: AppServer::default(),
            hook: watch::Sender::new(None),
            is_hooked: watch::Sender::new(false),
            is_unhooked: watch::Sender::new(false),
            server: watch::Sender::new(None),
            because: watch::Sender::new("nothing was seen yet"),
            activity: watch::Sender::new(activity),
            exit: watch::Sender::new(None),
            unstored: watch::Sender::new(false),
            running: watch::Sender::new(running),
            observed: watch::Sender::new(0),
            prompts: watch::Sender::new(0),
            approvals_seen: watch::Sender::new(0),
            asked: Mutex::new(None),
            // Nobody could type before an agent ran that we have just started.
            typed: Mutex::new(if running {
                TypedLine::unknown()
            } else {
                TypedLine::empty()
            }),
            cut: Mutex::default(),
            sizing: Mutex::default(),
        }
    }

    /// What the agent is doing.
    pub(crate) fn activity(&self) -> Activity {
        self.activity.borrow().clone()
    }

    /// Where the agent writes the conversation down.
    pub(crate) fn transcript(&self) -> Option<PathBuf> {
        self.subject.transcript()
    }

    /// What its screen says at this moment.
    pub(crate) fn read_screen(&self) -> Reading {
        self.on_screen(|provider, screen| provider.read_screen(screen))
    }

    /// What its screen says that went wrong.
    pub(super) fn read_trouble(&self) -> Option<Claim> {
        let claim = self.on_screen(|provider, screen| provider.read_trouble(screen))?;
        Some(Claim {
            trouble: self.clean(claim.trouble),
            ..claim
        })
    }

    /// A trouble without secrets in its words.
    pub(super) fn clean(&self, trouble: Trouble) -> Trouble {
        let redact = |words: String| self.subject.redactor.redact_text(&words);
        Trouble {
            detail: trouble.detail.map(redact),
            ..trouble
        }
    }

    /// What became of `/model NAME` that was typed there.
    pub(super) fn model_switch(&self, name: &str) -> Option<ModelSwitch> {
        self.on_screen(|provider, screen| provider.model_switch(screen, name))
    }

    /// The window's title.
    pub(super) fn title(&self) -> String {
        self.on_screen(|_, screen| screen.title.to_owned())
    }

    /// What stands in its prompt box at this moment.
    pub(super) fn shown_text(&self) -> Option<String> {
        self.on_screen(|provider, screen| provider.typed_text(screen))
    }

    /// What Enter may make of what stands there.
    pub(super) fn completions(&self) -> Vec<String> {
        self.on_screen(|provider, screen| provider.completions(screen))
    }

    fn on_screen<T>(&self, read: impl FnOnce(&dyn Provider, ScreenText<'_>) -> T) -> T {
        let view = self.pane.view();
        let screen = ScreenText {
            lines: &view.lines,
            title: &view.title,
            cursor: view.cursor,
            cursor_visible: view.cursor_visible,
            cols: view.size.0,
        };
        read(provider(self.provider), screen)
    }

    /// What was typed into the prompt through our interface.
    pub(super) fn typed(&self) -> MutexGuard<'_, TypedLine> {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The beginning of an escape sequence with which a viewer's terminal ended what it sent.
    pub(super) fn cut(&self) -> MutexGuard<'_, String> {
        self.cut.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who decides how large the terminal is.
    pub(super) fn sizing(&self) -> MutexGuard<'_, Sizing> {
        self.sizing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits, but never long, until the screen has stopped changing.
    pub(super) async fn quiet(&self) {
        const QUIET: Duration = Duration::from_millis(100);
        const LONGEST: Duration = Duration::from_secs(1);
        let mut changes = self.pane.changes();
        let changing = async { while let Ok(Ok(())) = timeout(QUIET, changes.changed()).await {} };
        drop(timeout(LONGEST, changing).await);
    }

    /// Waits, but never long, until what the agent drew since `before` (a value of the pane's
    /// counter of changes) has been read: whoever typed something and then looks at the activity
    /// should not be told of the time before.
    pub(crate) async fn settle(&self, before: u64) {
        const ECHO: Duration = Duration::from_millis(200);
        let mut changes = self.pane.changes();
        let mut observed = self.observed.subscribe();
        let settled = async {
            let drawn = changes.wait_for(|n| *n > before).await.ok().map(|n| *n)?;
            observed.wait_for(|n| *n >= drawn).await.ok().map(drop)
        };
        drop(timeout(ECHO, settled).await);
    }

    /// Waits, but never long, until the agent asks no more what it asked: a key has answered it.
    /// The agent acts on that before it draws again, and what it draws counts after a moment.
    pub(crate) async fn answered(&self, asked: &Activity) {
        const ANSWERED: Duration = Duration::from_millis(1500);
        let mut activity = self.activity.subscribe();
        let is_over = activity
            .wait_for(|now| !now.state.needs_person() || now.approval_id != asked.approval_id);
        drop(timeout(ANSWERED, is_over).await);
    }

    /// Waits, but never long, until it is stored that the agent does this.
    pub(crate) async fn known_as(&self, state: ActivityState) {
        const NOTED: Duration = Duration::from_millis(500);
        let mut activity = self.activity.subscribe();
        drop(timeout(NOTED, activity.wait_for(|now| now.state == state)).await);
    }

    /// Waits, but never long, until it is stored that the turn is over.
    pub(crate) async fn past_working(&self) {
        const NOTED: Duration = Duration::from_secs(1);
        let mut activity = self.activity.subscribe();
        let is_over = activity.wait_for(|now| now.state != ActivityState::Working);
        drop(timeout(NOTED, is_over).await);
    }

    /// Notes that somebody asked for the end; a harder request replaces a softer one.
    pub(crate) fn ask_to_end(&self, reason: ExitReason) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    /// The end that somebody asked for.
    pub(crate) fn asked_to_end(&self) -> Option<ExitReason> {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once the agent is gone, whether or not there was room to store that.
    pub(crate) async fn gone(&self) {
        let mut unstored = self.unstored.subscribe();
        tokio::select! {
            _ = self.ended() => {}
            _ = unstored.wait_for(|unstored| *unstored) => {}
        }
    }

    /// Returns once the session's end is stored.
    pub(crate) async fn ended(&self) -> Option<Exit> {
        let mut exit = self.exit.subscribe();
        exit.wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|exit| exit.clone())
    }
}
