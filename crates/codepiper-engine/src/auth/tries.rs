//! Wrong tries, counted before they are known to be wrong: so those that come at the same time
//! count one after the other.

use codepiper_auth::{Limit, Tries};
use codepiper_store::{Connection, StoreError, Transaction, sign_ins};

use super::{AuthError, AuthService};

/// Where all tries together are counted.
const EVERYWHERE: &str = "*";

impl AuthService {
    /// Counts a try from there, or says how long it has to wait.
    pub(super) async fn charge(&self, source: &str) -> Result<(), AuthError> {
        let (source, now) = (source.to_owned(), self.clock.now().as_millis());
        let forgotten = now - millis(Limit::SOURCE.forgotten.max(Limit::OVERALL.forgotten));
        let wait = self.store.write(move |tx| {
            sign_ins::forget_tries(tx, forgotten)?;
            let (here, all) = (tries(tx, &source)?, tries(tx, EVERYWHERE)?);
            let wait = Limit::SOURCE
                .wait(here, now)
                .max(Limit::OVERALL.wait(all, now));
            if wait.is_none() {
                set(tx, &source, Limit::SOURCE.one_more(here, now))?;
                set(tx, EVERYWHERE, Limit::OVERALL.one_more(all, now))?;
            }
            Ok(wait)
        });
        match wait.await? {
            Some(wait) => Err(AuthError::TooManyTries(wait)),
            None => Ok(()),
        }
    }
}

/// Forgets the tries from there: the last one was right.
pub(super) fn refund(tx: &Transaction<'_>, source: &str) -> Result<(), StoreError> {
    let mut all = tries(tx, EVERYWHERE)?;
    all.failures = all.failures.saturating_sub(1);
    set(tx, EVERYWHERE, all)?;
    set(tx, source, Tries::default())
}

fn tries(db: &Connection, source: &str) -> Result<Tries, StoreError> {
    let found = sign_ins::tries(db, source)?;
    Ok(found.map_or_else(Tries::default, |(failures, last)| Tries { failures, last }))
}

fn set(db: &Connection, source: &str, tries: Tries) -> Result<(), StoreError> {
    sign_ins::set_tries(db, source, tries.failures, tries.last)
}

fn millis(time: std::time::Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
