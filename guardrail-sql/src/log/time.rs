//! The clock of a log: the database's, or this process's; never behind what was seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use guardrail_core::clock::{Clock, Timestamp};

use crate::log::engine::Head;

/// The clock of a log. Where the database has one, all processes are judged by that inside the
/// transaction, and this is how far this process knows it.
#[derive(Debug)]
pub(crate) struct LogTime {
    clock: Arc<dyn Clock>,
    /// Microseconds this process's clock is behind the log's.
    shift: AtomicI64,
    /// The latest time that was told or seen.
    seen: AtomicI64,
}

impl LogTime {
    /// As the head says, by this clock.
    pub(crate) fn new(clock: Arc<dyn Clock>, head: &Head) -> Self {
        let here = clock.now().as_micros();
        // A clock that is behind the last record goes on from there: deadlines still come nearer.
        let there = head.clock.unwrap_or(here).max(head.time);
        Self {
            clock,
            shift: AtomicI64::new(there.saturating_sub(here)),
            seen: AtomicI64::new(head.time),
        }
    }

    /// The time now, never earlier than one it told before.
    pub(crate) fn now(&self) -> Timestamp {
        let here = self.clock.now().as_micros();
        let there = here.saturating_add(self.shift.load(Ordering::Relaxed));
        Timestamp::from_micros(self.told(here, there, self.seen.load(Ordering::Relaxed)))
    }

    /// The time by which a transaction that has this head is judged, never before its last record.
    pub(crate) fn judge(&self, head: &Head) -> Timestamp {
        let here = self.clock.now().as_micros();
        let told = match head.clock {
            Some(there) => self.told(here, there, head.time),
            None => self.told(here, here, head.time.max(self.seen.load(Ordering::Relaxed))),
        };
        Timestamp::from_micros(told)
    }

    /// Something carries this time: it is not in the future.
    pub(crate) fn see(&self, time: i64) {
        self.seen.fetch_max(time, Ordering::Relaxed);
    }

    /// The log's clock says `there`, but it is `floor` at least. One that is behind does not stand
    /// still until it is not: it goes on from the floor.
    fn told(&self, here: i64, there: i64, floor: i64) -> i64 {
        let told = if there >= floor {
            there
        } else {
            here.saturating_add(self.shift.load(Ordering::Relaxed)).max(floor)
        };
        self.shift.store(told.saturating_sub(here), Ordering::Relaxed);
        self.see(told);
        told
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use guardrail_conformance::ManualClock;
    use guardrail_core::clock::{Clock as _, Timestamp};

    use super::LogTime;
    use crate::log::engine::Head;

    fn head(time: i64, clock: Option<i64>) -> Head {
        Head { last: 1, leaf: String::new(), time, clock, wall: 0, silent: None }
    }

    /// A record from the future does not stop the time: neither of the database nor of a process.
    #[test]
    fn time_goes_on_behind_a_record_of_the_future() {
        const HOUR: i64 = 3_600_000_000;
        for own in [true, false] {
            let clock = Arc::new(ManualClock::new());
            let start = clock.now().as_micros();
            let there = |clock: &ManualClock| (!own).then(|| clock.now().as_micros());
            let time = LogTime::new(clock.clone(), &head(start, there(&clock)));
            let future = start + HOUR;
            assert_eq!(time.judge(&head(future, there(&clock))), Timestamp::from_micros(future));
            clock.advance(Duration::from_secs(60));
            let later = Timestamp::from_micros(future + 60_000_000);
            assert_eq!(time.judge(&head(future, there(&clock))), later, "own: {own}");
            assert_eq!(time.now(), later, "own: {own}");
        }
    }

    /// The database's clock is believed again once it is past the last record.
    #[test]
    fn the_clock_of_the_database_rules() {
        let clock = Arc::new(ManualClock::new());
        let start = clock.now().as_micros();
        let time = LogTime::new(clock, &head(start, Some(start)));
        for there in [start + 500, start + 100] {
            let judged = time.judge(&head(start, Some(there)));
            assert_eq!(judged, Timestamp::from_micros(there));
        }
        assert_eq!(time.now(), Timestamp::from_micros(start + 500), "what was told was told");
    }
}
