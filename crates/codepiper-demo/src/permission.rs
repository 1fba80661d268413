//! Leave to do something: standing permissions, and the question to the person.

use crate::agent::{Agent, Exit};
use crate::dialog::Outcome;
use crate::tool::{Call, Scope};

/// What need not be asked about again.
#[derive(Debug, Default)]
pub(crate) struct Permissions {
    /// `--dangerously-skip-permissions`.
    skip: bool,
    granted: Vec<Scope>,
}

impl Permissions {
    pub(crate) fn new(skip: bool) -> Self {
        Self {
            skip,
            granted: Vec::new(),
        }
    }
}

impl Agent {
    /// May this call be made? The one place that decides it.
    pub(crate) fn permit(&mut self, call: &Call) -> Result<bool, Exit> {
        let Some(scope) = &call.scope else {
            return Ok(true);
        };
        if self.permissions.skip || self.permissions.granted.contains(scope) {
            return Ok(true);
        }
        Ok(match self.ask(call.dialog.clone())? {
            Outcome::Chosen(0) => true,
            Outcome::Chosen(1) => {
                self.permissions.granted.push(scope.clone());
                true
            }
            Outcome::Chosen(_) | Outcome::Typed(_) | Outcome::Cancelled => false,
        })
    }
}
