//! The wall clock as it is now: Slack's signatures are judged by the time of day.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use guardrail_core::clock::{Clock, Timestamp};

/// Reads the wall clock anew each time, and never goes back. A clock that is read once and counts
/// on, as deadlines need it, would refuse every callback after the machine has slept.
#[derive(Debug)]
pub(super) struct WallClock(AtomicI64);

impl WallClock {
    pub(super) const fn new() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        let before = self.0.fetch_max(now, Ordering::Relaxed);
        Timestamp::from_micros(now.max(before))
    }
}
