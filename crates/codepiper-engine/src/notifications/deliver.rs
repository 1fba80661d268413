use std::collections::HashMap;
use std::time::Duration;

use codepiper_model::Timestamp;
use codepiper_store::notification_deliveries::{self as deliveries, StoredDelivery};
use codepiper_store::{Connection, Transaction, push_subscriptions};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Notifications;
use super::message::{Prepared, prepare};
use super::post::{AT_ONCE, Outcome};
use crate::{EngineError, faults};

/// How long something is tried, and the waits between: each twice as long as the one before.
const GIVE_UP: Duration = Duration::from_hours(24);
const WAIT_MIN: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_hours(1);

/// How long is waited where nothing could be stored.
const PAUSE: Duration = Duration::from_secs(5);

/// Delivers whatever is written down, until `stop`. To each place goes one at a time, so that one that
/// does not answer holds up nobody else.
pub(crate) async fn deliver(notifications: Notifications, stop: CancellationToken) {
    let mut going = JoinSet::new();
    let mut busy: HashMap<tokio::task::Id, (String, i64)> = HashMap::new();
    loop {
        let mut rest = WAIT_MAX;
        match notifications.store.read(deliveries::next).await {
            Ok(next) => {
                let now = notifications.clock.now();
                for delivery in next {
                    let place = (delivery.channel.clone(), delivery.subscription_id);
                    if busy.len() >= AT_ONCE || busy.values().any(|other| *other == place) {
                        continue;
                    }
                    let wait = delivery.next_at.map_or(0, |at| at.millis_since(now));
                    if let Ok(wait @ 1..) = u64::try_from(wait) {
                        rest = rest.min(Duration::from_millis(wait));
                        continue;
                    }
                    let notifications = notifications.clone();
                    let trying = going.spawn(async move {
                        if let Err(error) = notifications.attempt(delivery).await {
                            tracing::error!(%error, "cannot note what became of a delivery");
                            sleep(PAUSE).await;
                        }
                    });
                    busy.insert(trying.id(), place);
                }
            }
            Err(error) => {
                tracing::error!(%error, "cannot read what is to be delivered");
                rest = PAUSE;
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = notifications.wake.notified() => {}
            () = sleep(rest) => {}
            Some(done) = going.join_next_with_id() => {
                busy.remove(&done.map_or_else(|error| error.id(), |(id, ())| id));
            }
        }
    }
}

impl Notifications {
    async fn attempt(self, delivery: StoredDelivery) -> Result<(), EngineError> {
        let (keyring, now, of) = (self.key.clone(), self.clock.now(), delivery.clone());
        let read = move |db: &Connection| prepare(db, &of, &keyring, now);
        let outcome = match self.store.read(read).await? {
            Prepared::Post(post) => Ok(self.poster.post(post).await),
            Prepared::Drop(why) => Err(why),
        };
        faults::point("delivered");
        let now = self.clock.now();
        let write = move |tx: &Transaction<'_>| {
            let id = delivery.id;
            let drop = |why: &str| deliveries::finish(tx, id, Some(why), true, now);
            match outcome {
                Err(why) => deliveries::finish(tx, id, Some(why), false, now),
                Ok(Outcome::Delivered) => deliveries::finish(tx, id, None, true, now),
                Ok(Outcome::Gone(why)) => {
                    if let Some(gone) = push_subscriptions::get(tx, delivery.subscription_id)? {
                        push_subscriptions::remove(tx, &gone.wanted.endpoint)?;
                    }
                    drop(&why)
                }
                Ok(Outcome::Refused(why)) => drop(&why),
                Ok(Outcome::Later(why, after)) => match next_try(&delivery, now, after) {
                    Some(at) => deliveries::put_off(tx, id, at, &why),
                    None => drop(&format!("given up after a day: {why}")),
                },
            }
        };
        Ok(self.store.write(write).await?)
    }
}

/// When it is tried again; never, once a day has passed.
fn next_try(
    delivery: &StoredDelivery,
    now: Timestamp,
    after: Option<Duration>,
) -> Option<Timestamp> {
    let doubled = WAIT_MIN.saturating_mul(1 << delivery.attempts.min(12));
    let wait = spread(doubled.min(WAIT_MAX)).max(after.unwrap_or_default());
    let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    let at = Timestamp::from_millis(now.as_millis().saturating_add(wait));
    let age = u128::try_from(at.millis_since(delivery.created_at)).unwrap_or(0);
    (age < GIVE_UP.as_millis()).then_some(at)
}

/// Half of it up to one and a half, so that those who were refused together do not come back together.
fn spread(wait: Duration) -> Duration {
    let chance = getrandom::u32().unwrap_or(u32::MAX / 2);
    wait.mul_f64(0.5 + f64::from(chance) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(attempts: u32) -> StoredDelivery {
        StoredDelivery {
            id: 1,
            notification_id: 1,
            channel: "push".to_owned(),
            subscription_id: 1,
            target: "https://push.example".to_owned(),
            state: "waiting".to_owned(),
            attempts,
            created_at: Timestamp::from_millis(0),
            next_at: None,
            finished_at: None,
            last_error: None,
        }
    }

    #[test]
    fn waits_double_up_to_an_hour_and_end_after_a_day() {
        let day = Timestamp::from_millis(24 * 60 * 60 * 1000);
        let now = Timestamp::from_millis(0);
        for (attempts, seconds) in [(0, 1), (1, 2), (5, 32), (12, 3600), (400, 3600)] {
            let at = next_try(&tried(attempts), now, None).unwrap().as_millis();
            let around = seconds * 500..=seconds * 1500;
            assert!(around.contains(&at), "{attempts}: {at}");
        }
        let asked = Some(Duration::from_mins(2));
        assert_eq!(
            next_try(&tried(0), now, asked),
            Some(Timestamp::from_millis(120_000))
        );
        assert_eq!(next_try(&tried(20), day, None), None);
        let late = Some(Duration::from_secs(u64::MAX));
        assert_eq!(next_try(&tried(0), now, late), None);
    }
}
