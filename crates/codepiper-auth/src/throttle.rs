use std::time::Duration;

/// Wrong tries of one source, or of all of them together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many, since one succeeded or they were forgotten.
    pub failures: u32,
    /// When the last one was, in milliseconds since 1970.
    pub last: i64,
}

/// How guessing is slowed down.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Tries that cost nothing: people mistype.
    pub free: u32,
    /// How long the next one has to wait. Each further one waits twice as long.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// After how long without a try all is forgotten.
    pub forgotten: Duration,
}

impl Limit {
    /// For one address.
    pub const SOURCE: Self = Self {
        free: 5,
        first: Duration::from_secs(30),
        longest: Duration::from_hours(1),
        forgotten: Duration::from_hours(24),
    };

    /// For all addresses together: whoever has many gets no more than some hundred guesses a day
    /// out of them. The longest wait is short, for it also meets whoever may come in.
    pub const OVERALL: Self = Self {
        free: 50,
        first: Duration::from_secs(5),
        longest: Duration::from_mins(5),
        forgotten: Duration::from_hours(24),
    };

    /// How long the next try has to wait, from `now` on.
    pub fn wait(&self, tries: Tries, now: i64) -> Option<Duration> {
        let tries = self.remembered(tries, now);
        let beyond = tries.failures.checked_sub(self.free)?;
        let factor = 2_u32.saturating_pow(beyond);
        let pause = self.first.saturating_mul(factor).min(self.longest);
        let since = since(tries, now);
        pause.checked_sub(since).filter(|rest| !rest.is_zero())
    }

    /// The tries with one more, which counts as wrong until it proves right.
    pub fn one_more(&self, tries: Tries, now: i64) -> Tries {
        Tries {
            failures: self.remembered(tries, now).failures.saturating_add(1),
            last: now,
        }
    }

    fn remembered(&self, tries: Tries, now: i64) -> Tries {
        if since(tries, now) > self.forgotten {
            Tries::default()
        } else {
            tries
        }
    }
}

/// A clock that was set back makes nobody wait for years.
fn since(tries: Tries, now: i64) -> Duration {
    Duration::from_millis(now.abs_diff(tries.last))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn after(count: u32, now: i64) -> Tries {
        let mut tries = Tries::default();
        for _ in 0..count {
            tries = Limit::SOURCE.one_more(tries, now);
        }
        tries
    }

    #[test]
    fn some_tries_are_free_and_then_each_waits_twice_as_long() {
        let now = 1_000_000 * MINUTE;
        let wait = |count| Limit::SOURCE.wait(after(count, now), now);
        assert_eq!(wait(0), None);
        assert_eq!(wait(4), None);
        assert_eq!(wait(5), Some(Duration::from_secs(30)));
        assert_eq!(wait(6), Some(Duration::from_mins(1)));
        assert_eq!(wait(8), Some(Duration::from_mins(4)));
        assert_eq!(wait(20), Some(Duration::from_hours(1)));
        assert_eq!(wait(4_000_000), Some(Duration::from_hours(1)));
    }

    #[test]
    fn a_wait_passes_and_a_day_forgets() {
        let now = 1_000_000 * MINUTE;
        let tries = after(6, now);
        assert_eq!(
            Limit::SOURCE.wait(tries, now + MINUTE / 2),
            Some(Duration::from_secs(30))
        );
        assert_eq!(Limit::SOURCE.wait(tries, now + MINUTE), None);
        // The next wrong one waits longer yet, until all is forgotten.
        let more = Limit::SOURCE.one_more(tries, now + MINUTE);
        assert_eq!(more.failures, 7);
        let tomorrow = now + 25 * 60 * MINUTE;
        assert_eq!(Limit::SOURCE.one_more(tries, tomorrow).failures, 1);
    }
}
