//! The hooks under way: those that somebody waits for, and those that nobody listens to any more
//! but that still want to be read and reaped.

use std::time::{Duration, Instant};

use rustix::event::PollFd;

use crate::hook::{Hook, Reply};
use crate::hooks::Handler;

/// Every hook that has not ended.
#[derive(Default)]
pub(crate) struct Underway {
    hooks: Vec<Hook>,
    replies: Vec<Reply>,
}

impl Underway {
    pub(crate) fn start(&mut self, handler: &Handler, payload: String) {
        // A hook that cannot be started has no opinion.
        self.hooks.extend(Hook::spawn(handler, payload));
    }

    /// Is there a hook whose reply is waited for?
    pub(crate) fn is_awaited(&self) -> bool {
        self.hooks.iter().any(|hook| hook.awaited)
    }

    pub(crate) fn watch(&self) -> Vec<PollFd<'_>> {
        self.hooks.iter().flat_map(Hook::watch).collect()
    }

    /// When the next one is to be given up.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.hooks.iter().filter_map(|hook| hook.ends).min()
    }

    /// Moves what can be moved, reaps what ended, gives up what is overdue. Answers whether one
    /// that is waited for is not any more.
    pub(crate) fn poll(&mut self) -> bool {
        let awaited = self.count();
        let now = Instant::now();
        let replies = &mut self.replies;
        self.hooks.retain_mut(|hook| {
            let Some(reply) = hook.poll() else {
                if hook.ends.is_some_and(|at| at <= now) {
                    give_up(hook);
                }
                return true;
            };
            if hook.awaited {
                replies.push(reply);
            }
            false
        });
        self.count() < awaited
    }

    fn count(&self) -> usize {
        self.hooks.iter().filter(|hook| hook.awaited).count()
    }

    /// What the hooks said that ended since.
    pub(crate) fn replies(&mut self) -> Vec<Reply> {
        std::mem::take(&mut self.replies)
    }

    /// Listens to none any more, and leaves them running.
    pub(crate) fn ignore(&mut self) {
        self.replies.clear();
        for hook in &mut self.hooks {
            hook.awaited = false;
        }
    }

    /// Ends those that are waited for.
    pub(crate) fn interrupt(&mut self) {
        self.replies.clear();
        let awaited = self.hooks.iter_mut().filter(|hook| hook.awaited);
        awaited.for_each(give_up);
    }

    /// Ends all of them.
    pub(crate) fn end(&mut self) {
        self.replies.clear();
        self.hooks.iter_mut().for_each(give_up);
    }

    /// Lets none take longer than that from now.
    pub(crate) fn limit(&mut self, time: Duration) {
        let end = Instant::now() + time;
        for hook in self.hooks.iter_mut().filter(|hook| hook.awaited) {
            hook.ends = Some(hook.ends.map_or(end, |ends| ends.min(end)));
        }
    }
}

/// It stays here until it is reaped.
fn give_up(hook: &mut Hook) {
    hook.terminate();
    hook.awaited = false;
    hook.ends = None;
}
