use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Addresses that are counted at the same time. With one more, all are forgotten: whoever has
/// that many is not held back by counting them.
const ADDRESSES_MAX: usize = 10_000;

/// Counts the calls of each address, in stretches of time.
pub(super) struct Calls {
    most: u32,
    stretch: Duration,
    counted: Mutex<Counted>,
}

struct Counted {
    since: Instant,
    calls: HashMap<IpAddr, u32>,
}

impl Calls {
    pub(super) fn new((most, stretch): (u32, Duration)) -> Self {
        let counted = Counted {
            since: Instant::now(),
            calls: HashMap::new(),
        };
        Self {
            most,
            stretch,
            counted: Mutex::new(counted),
        }
    }

    /// Counts a call, or says how long that address has to wait.
    pub(super) fn take(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if now - counted.since >= self.stretch || counted.calls.len() >= ADDRESSES_MAX {
            counted.since = now;
            counted.calls.clear();
        }
        let rest = self.stretch.saturating_sub(now - counted.since);
        let count = counted.calls.entry(address).or_default();
        if *count >= self.most {
            return Err(rest);
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_count_and_a_new_one_in_time() {
        let calls = Calls::new((2, Duration::from_secs(10)));
        let [one, other] = ["1.2.3.4", "1.2.3.5"].map(|ip| ip.parse().unwrap());
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        assert!(calls.take(one, at(0)).is_ok() && calls.take(one, at(3)).is_ok());
        assert!(calls.take(one, at(4)).unwrap_err() <= Duration::from_secs(6));
        assert!(calls.take(other, at(4)).is_ok());
        assert!(calls.take(one, at(11)).is_ok());
    }
}
