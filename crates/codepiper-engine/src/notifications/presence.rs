use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use codepiper_model::SessionId;

/// Who looks at which session, as far as open pages say. A daemon that starts knows of nobody until
/// they are connected again.
#[derive(Clone, Default)]
pub(super) struct Presence(Arc<Mutex<HashMap<SessionId, usize>>>);

/// Somebody who looks at a session, for as long as this lives.
pub struct Looking {
    at: SessionId,
    presence: Presence,
}

impl Presence {
    pub(super) fn look(&self, at: SessionId) -> Looking {
        *self.held().entry(at).or_default() += 1;
        let presence = self.clone();
        Looking { at, presence }
    }

    pub(super) fn is_looked_at(&self, id: SessionId) -> bool {
        self.held().contains_key(&id)
    }

    fn held(&self) -> MutexGuard<'_, HashMap<SessionId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        let mut held = self.presence.held();
        if let Some(count) = held.get_mut(&self.at) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.at);
            }
        }
    }
}
