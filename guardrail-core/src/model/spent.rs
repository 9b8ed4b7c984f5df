//! What work costs a thread, however busy the machine is: for tests that hold it against a bound.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// What this costs a processor; what other programs take meanwhile does not count.
pub(crate) fn spent<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let before = of_this_thread();
    let done = work();
    (done, of_this_thread().saturating_sub(before))
}

fn of_this_thread() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}
