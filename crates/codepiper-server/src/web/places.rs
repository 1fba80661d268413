use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// So many connections at the same time. With all places taken, who has not signed in makes room
/// for who comes; if all have, others wait in the system's queue.
pub(super) struct Places {
    free: Arc<Semaphore>,
    /// The oldest first.
    taken: Mutex<Vec<Arc<Place>>>,
}

/// The place of a connection.
#[derive(Debug)]
pub(super) struct Place {
    address: IpAddr,
    is_known: AtomicBool,
    may_pause: AtomicBool,
    /// Cancelled when somebody else gets it.
    pub(super) given_away: CancellationToken,
}

/// A place that is free again when this is dropped.
pub(super) struct Taken {
    pub(super) place: Arc<Place>,
    places: Arc<Places>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// Whoever has it is signed in, and keeps it.
    pub(super) fn know(&self) {
        self.is_known.store(true, Ordering::Relaxed);
    }

    /// Whether what is sent there may stand still, as what is shown live may.
    pub(super) fn may_pause(&self) -> bool {
        self.may_pause.load(Ordering::Relaxed)
    }

    /// Says so of the answer that is sent next.
    pub(super) fn let_pause(&self, may: bool) {
        self.may_pause.store(may, Ordering::Relaxed);
    }
}

impl Places {
    pub(super) fn new(count: usize) -> Arc<Self> {
        Arc::new(Self {
            free: Arc::new(Semaphore::new(count)),
            taken: Mutex::default(),
        })
    }

    /// Waits for a place.
    pub(super) async fn take(self: &Arc<Self>, address: IpAddr) -> Taken {
        let permit = if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            Some(permit)
        } else {
            self.make_room();
            // They are never closed.
            Arc::clone(&self.free).acquire_owned().await.ok()
        };
        let place = Arc::new(Place {
            address,
            is_known: AtomicBool::new(false),
            may_pause: AtomicBool::new(false),
            given_away: CancellationToken::new(),
        });
        self.taken().push(Arc::clone(&place));
        Taken {
            place,
            places: Arc::clone(self),
            _permit: permit,
        }
    }

    /// Gives the oldest place away of the address that has most of those who have not signed in: a
    /// crowd from one address does not drive out the others.
    fn make_room(&self) {
        let taken = self.taken();
        let strangers = || {
            taken
                .iter()
                .filter(|it| !it.is_known.load(Ordering::Relaxed))
        };
        let crowd = |place: &Arc<Place>| {
            let others = strangers().filter(|it| it.address == place.address);
            others.count()
        };
        // Of those that have equally many the last one is found: so from the newest on.
        let oldest = strangers().rev().max_by_key(|place| crowd(place));
        if let Some(place) = oldest {
            place.given_away.cancel();
        }
    }

    fn taken(&self) -> MutexGuard<'_, Vec<Arc<Place>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.retain(|place| !Arc::ptr_eq(place, &self.place));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_oldest_stranger_of_the_largest_crowd_makes_room() {
        let places = Places::new(5);
        let [many, few] = ["10.0.0.1", "10.0.0.2"].map(|ip| ip.parse().unwrap());
        let mut taken = Vec::new();
        for address in [few, many, many, many, many] {
            taken.push(places.take(address).await);
        }
        taken[1].place.know();
        let next = tokio::spawn(async move { places.take(few).await });
        let oldest = taken.remove(2);
        oldest.place.given_away.cancelled().await;
        assert!(taken.iter().all(|it| !it.place.given_away.is_cancelled()));
        drop(oldest);
        next.await.unwrap();
    }
}
