//! The clock of a log: the database's, or this process's; never behind what was seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use guardrail_core::clock::{Clock, SystemClock, Timestamp};

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
    /// As the head says; by `clock`, where one is given.
    pub(crate) fn new(clock: Option<Arc<dyn Clock>>, head: &Head) -> Self {
        let clock = clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let here = clock.now().as_micros();
        // A clock that is behind the last record goes on from there: deadlines still come nearer.
        let there = head.clock.unwrap_or_else(|| here.max(head.time));
        Self {
            clock,
            shift: AtomicI64::new(there.saturating_sub(here)),
            seen: AtomicI64::new(head.time),
        }
    }

    /// The time now, never earlier than one it told before.
    pub(crate) fn now(&self) -> Timestamp {
        let shift = self.shift.load(Ordering::Relaxed);
        self.at_least(self.clock.now().as_micros().saturating_add(shift))
    }

    /// The time by which a transaction that has this head is judged, never before its last record.
    pub(crate) fn judge(&self, head: &Head) -> Timestamp {
        self.see(head.time);
        match head.clock {
            Some(there) => {
                let here = self.clock.now().as_micros();
                self.shift.store(there.saturating_sub(here), Ordering::Relaxed);
                self.see(there);
                Timestamp::from_micros(there.max(head.time))
            }
            None => self.now(),
        }
    }

    /// Something carries this time: it is not in the future.
    pub(crate) fn see(&self, time: i64) {
        self.seen.fetch_max(time, Ordering::Relaxed);
    }

    fn at_least(&self, micros: i64) -> Timestamp {
        let seen = self.seen.fetch_max(micros, Ordering::Relaxed);
        Timestamp::from_micros(seen.max(micros))
    }
}
