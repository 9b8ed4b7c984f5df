//! The wall clock as it is now: Slack's signatures are judged by the time of day.

use std::time::{SystemTime, UNIX_EPOCH};

use guardrail_core::clock::{Clock, Timestamp};

/// Reads the wall clock anew each time. A clock that is read once and counts on, as deadlines need
/// it, would refuse every callback after the machine has slept; one that never goes back would do
/// so after the time was wrong for a moment. A callback that comes twice is known by its nonce.
#[derive(Debug)]
pub(super) struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}
