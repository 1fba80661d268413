use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{ActivityState, Channel, EventSource, Exit, ExitReason, SessionId};
use codepiper_store::{StoreError, events, sessions};
use codepiper_tmux::{End, PaneExit};
use rustix::process::Signal;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::activity::{Observed, Signs};
use super::launch::{FAILURE_FILE, PROMPT_FILE, SPEC_FILE};
use super::sight::Sight;
use super::{Live, SessionManager};
use crate::process::{end_tree, signal_tree};
use crate::{EngineError, codex};

/// The least time between two readings of a screen that keeps changing: twenty a second are more
/// than a person sees, and cost nothing.
const READING_PAUSE: Duration = Duration::from_millis(50);

/// A session that works without any sign of it for this long may do anything.
const SILENCE_MAX: Duration = Duration::from_mins(10);

/// A screen that shows nothing known for this long is no redrawing any more: a person opened one
/// of the agent's views, or it shows something new.
const UNREADABLE_MAX: Duration = Duration::from_secs(3);

/// How long it takes until something is tried again that could not be stored.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Screens that are kept per session.
const SCREENS_KEPT: usize = 20;

impl SessionManager {
    /// Watches over a session until it ends or the daemon does.
    pub(super) fn supervise(&self, live: Arc<Live>) {
        let manager = self.clone();
        let stop = self.parts.stop.clone();
        let watched = Arc::clone(&live);
        if live.subject.channel == Channel::AppServer {
            // Whoever follows app-servers may only have begun, or have left already.
            drop(self.parts.app_servers.send(Arc::clone(&live)));
        }
        self.parts.tasks.spawn(async move {
            tokio::select! {
                () = manager.watch(watched) => {}
                () = stop.cancelled() => {}
            }
        });
        let manager = self.clone();
        let stop = self.parts.stop.clone();
        let served = Arc::clone(&live);
        self.parts.tasks.spawn(async move {
            tokio::select! {
                () = manager.serve_prompts(served) => {}
                () = stop.cancelled() => {}
            }
        });
        if self
            .parts
            .config
            .session_dir(live.id)
            .join(PROMPT_FILE)
            .exists()
        {
            let manager = self.clone();
            let stop = self.parts.stop.clone();
            self.parts.tasks.spawn(async move {
                tokio::select! {
                    () = manager.type_first_prompt(live) => {}
                    () = stop.cancelled() => {}
                }
            });
        }
    }

    async fn watch(&self, live: Arc<Live>) {
        let mut changes = live.pane.changes();
        let mut hooks = live.hook.subscribe();
        let mut server = live.server.subscribe();
        let mut approvals = self.parts.approvals.changes();
        let mut end = live.pane.end();
        let mut last_sign = Instant::now();
        let mut sight = Sight::new();
        loop {
            let seen = *changes.borrow_and_update();
            hooks.borrow_and_update();
            server.borrow_and_update();
            let approvals_seen = *approvals.borrow_and_update();
            let mut look_again = self.look(&live, &mut sight).await;
            if let Err(error) = self.observe(&live, &sight).await {
                tracing::error!(session = %live.id, %error, "cannot store what a session does");
                look_again = Some(Instant::now() + STORE_PAUSE);
            }
            let undecided = sight.signs().undecided_until();
            live.observed.send_replace(seen);
            live.approvals_seen.send_replace(approvals_seen);
            let (state, is_hooked) = (live.activity.borrow().state, sight.hook.is_some());
            let unreadable = sight.unreadable_since().filter(|_| {
                // What a hook said stays true while a person looks at one of the agent's menus.
                state != ActivityState::Unknown && !is_hooked
            });
            tokio::select! {
                // An end is not waited for until the next reading.
                biased;
                found = ended(&mut end) => return self.finish(&live, found).await,
                changed = changes.changed() => {
                    if changed.is_err() {
                        return self.finish(&live, End::ServerLost).await;
                    }
                    last_sign = Instant::now();
                }
                Ok(()) = hooks.changed() => last_sign = Instant::now(),
                Ok(()) = server.changed() => last_sign = Instant::now(),
                Ok(()) = approvals.changed() => {}
                () = at(undecided) => {}
                () = at(look_again) => {}
                () = sleep_until(last_sign + SILENCE_MAX), if live.is_working() => {
                    self.note_unknown(&live, "silence").await;
                    live.hook.send_replace(None);
                    sight.hook = None;
                    last_sign = Instant::now();
                }
                () = at(unreadable.map(|since| since + UNREADABLE_MAX)) => {
                    self.note_unknown(&live, "unreadable_screen").await;
                }
            }
            sleep(READING_PAUSE).await;
        }
    }

    /// Looks at the screen and at what waits for a person; settles what was answered on the screen.
    /// Returns when to look again, though nothing has changed.
    async fn look(&self, live: &Live, sight: &mut Sight) -> Option<Instant> {
        let approvals = &self.parts.approvals;
        sight.look(live, approvals);
        let ask_again = sight.ask_transcript(live).await;
        if !approvals.has_open(live.id) {
            return ask_again;
        }
        let lines = live.pane.view().lines;
        let again = approvals.see(live.id, sight.seen(&lines)).await;
        // What was just seen may have settled something, or ended somebody's waiting.
        sight.look(live, approvals);
        again
    }

    async fn note_unknown(&self, live: &Live, kind: &'static str) {
        let mut sight = Sight::new();
        sight.screen = Observed {
            state: ActivityState::Unknown,
            kind,
            claim: None,
        };
        if let Err(error) = self.note_activity(live, &sight.signs()).await {
            tracing::error!(session = %live.id, %error, "cannot store an activity");
        }
    }

    /// Stores what is new in what was seen.
    async fn observe(&self, live: &Live, sight: &Sight) -> Result<(), EngineError> {
        if !*live.running.borrow() && live.pane.has_shown() {
            let (id, pid, at) = (live.id, live.pane.pid(), self.parts.clock.now());
            let payload = json!({ "pid": pid });
            let write = move |tx: &codepiper_store::Transaction<'_>, _| {
                sessions::set_running(tx, id, pid, at)
            };
            let events = &self.parts.events;
            events
                .emit_with(id, EventSource::Daemon, "SessionRunning", payload, write)
                .await?;
            live.running.send_replace(true);
        }
        if *live.running.borrow() {
            self.note_activity(live, &sight.signs()).await?;
        }
        if sight.has_seen_turn {
            self.warn_of_silence(live).await?;
        }
        Ok(())
    }

    /// Stores a change of activity, and the screen when a turn ended with it.
    async fn note_activity(&self, live: &Live, signs: &Signs<'_>) -> Result<(), EngineError> {
        let (before, at) = (live.activity(), self.parts.clock.now());
        live.because.send_replace(signs.believed(at).because);
        let Some(mut after) = super::activity::next(&before, signs, at) else {
            return Ok(());
        };
        let is_news = before.state != after.state || before.trouble() != after.trouble();
        if is_news || before.evidence.is_none() {
            let evidence = after.evidence.as_ref();
            let kind = evidence.map(|evidence| &evidence.kind);
            let source = evidence.map(|evidence| evidence.source);
            let detail = evidence.and_then(|evidence| evidence.detail.as_ref());
            let payload = json!({ "from": before.state, "to": after.state, "evidence": kind,
                "source": source, "detail": detail, "approvalId": after.approval_id });
            let events = &self.parts.events;
            let seq = events
                .emit(live.id, EventSource::Daemon, "Activity", payload)
                .await?;
            if let Some(evidence) = &mut after.evidence {
                evidence.event_id.get_or_insert(seq);
            }
            let ends = before.state != ActivityState::Unknown && before.state != after.state;
            if after.state == ActivityState::Idle && ends {
                self.keep_screen(live, "turn_end").await?;
            }
        }
        live.activity.send_replace(after);
        self.has_changed(live.id);
        Ok(())
    }

    /// Stores what the screen shows; the latest twenty stay.
    async fn keep_screen(&self, live: &Live, why: &str) -> Result<(), EngineError> {
        let (cols, rows) = live.pane.size();
        let text = live.subject.redactor.redact_text(&live.pane.ansi());
        let payload = json!({ "why": why, "cols": cols, "rows": rows, "text": text });
        let id = live.id;
        let prune = move |tx: &codepiper_store::Transaction<'_>, _| {
            events::keep_latest(tx, id, EventSource::Pty, "Screen", SCREENS_KEPT)
        };
        let events = &self.parts.events;
        events
            .emit_with(id, EventSource::Pty, "Screen", payload, prune)
            .await
            .map(drop)
    }

    /// Stores the end, clears up what is left, and lets go.
    async fn finish(&self, live: &Live, end: End) {
        let asked = live.asked_to_end();
        let mut exit = Exit {
            reason: asked.unwrap_or(ExitReason::Exited),
            code: None,
            signal: None,
            detail: None,
            at: self.parts.clock.now(),
        };
        match end {
            End::Exited(PaneExit::Code(code)) => exit.code = Some(code),
            End::Exited(PaneExit::Signal(signal)) => exit.signal = Some(signal),
            End::Exited(PaneExit::Unknown) => exit.detail = Some("exit status unknown".into()),
            End::ServerLost if asked.is_none() => exit.reason = ExitReason::TmuxLost,
            End::ServerLost => {}
        }
        let dir = self.parts.config.session_dir(live.id);
        if let Ok(failure) = fs_err::read_to_string(dir.join(FAILURE_FILE)) {
            exit.reason = ExitReason::LaunchFailed;
            exit.detail = Some(failure);
        }
        while let Err(error) = self.store_exit(live.id, &exit, Some(live)).await {
            tracing::error!(session = %live.id, %error, "cannot store the end of a session");
            if error != EngineError::DiskFull {
                break;
            }
            live.unstored.send_replace(true);
            sleep(STORE_PAUSE).await;
        }
        self.parts.approvals.session_ended(live.id).await;
        self.clear_up(live.id, live.pane.pid(), live.pane.server_pid())
            .await;
        live.pane.kill_server().await;
        // From here on its agent may be started again.
        self.live_map().remove(&live.id);
        live.exit.send_replace(Some(exit));
        self.has_changed(live.id);
    }

    /// Ends what the session's agent left running and removes the files of its launch.
    pub(super) async fn clear_up(&self, id: SessionId, root: Option<i32>, server: Option<i32>) {
        let left = signal_tree(id, root, server, Signal::TERM).await;
        if left > 0 {
            // They had their warning; a second is enough to close a file.
            let deadline = Instant::now() + Duration::from_secs(1);
            while Instant::now() < deadline && signal_tree(id, root, server, Signal::CONT).await > 0
            {
                sleep(Duration::from_millis(50)).await;
            }
        }
        // What is there when the tmux server goes becomes init's, and nothing tells it from the
        // person's any more. One look may miss what moves.
        let left = end_tree(id, root, server).await;
        if left > 0 {
            tracing::error!(session = %id, left, "cannot end what a session left running");
        }
        let dir = self.parts.config.session_dir(id);
        for name in [SPEC_FILE, FAILURE_FILE, PROMPT_FILE] {
            drop(fs_err::remove_file(dir.join(name)));
        }
        codex::remove_files(&dir);
        drop(fs_err::remove_file(self.parts.config.app_server_socket(id)));
    }

    /// Stores how a session ended, with its last screen. The first end counts.
    pub(super) async fn store_exit(
        &self,
        id: SessionId,
        exit: &Exit,
        live: Option<&Live>,
    ) -> Result<bool, EngineError> {
        if let Some(live) = live {
            self.keep_screen(live, "exit").await?;
        }
        let payload = json!({ "exit": exit });
        let exit = exit.clone();
        let write = move |tx: &codepiper_store::Transaction<'_>, _| {
            // An error takes the event back: a session ends once.
            let is_first = sessions::set_exit(tx, id, &exit)?;
            if is_first {
                Ok(())
            } else {
                Err(StoreError::NotFound)
            }
        };
        let events = &self.parts.events;
        let stored = events.emit_with(id, EventSource::Daemon, "SessionEnded", payload, write);
        match stored.await {
            Ok(_) => Ok(true),
            Err(error) => {
                let read = move |db: &codepiper_store::Connection| sessions::get(db, id);
                let row = self.parts.store.read(read).await?;
                let has_ended = row.is_some_and(|row| !row.session.status.is_live());
                if has_ended { Ok(false) } else { Err(error) }
            }
        }
    }
}

async fn ended(end: &mut watch::Receiver<Option<End>>) -> End {
    let found = end.wait_for(Option::is_some).await;
    found.ok().and_then(|end| *end).unwrap_or(End::ServerLost)
}

impl Live {
    fn is_working(&self) -> bool {
        self.activity.borrow().state == ActivityState::Working
    }
}

/// Sleeps until a moment, or for ever where there is none.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
