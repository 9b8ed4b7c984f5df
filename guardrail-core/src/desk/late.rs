//! Ends that the log would not take: tried on behind everybody's back, for when it comes back. Without it
//! a start whose process lives on would stand on record without an end, and on nobody's list.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::desk::Desk;
use crate::desk::end::Ending;
use crate::desk::error::Error;

/// Most ends that are tried on at a time. Those beyond stay as they are until the process has ended.
pub(in crate::desk) const AT_A_TIME: usize = 1024;

/// How long they are tried, and the longest pause between two tries.
const TRIED: Duration = Duration::from_secs(60 * 60);
const PAUSE: Duration = Duration::from_secs(60);

impl Desk {
    /// Tries on to put an end on record that failed like this, and returns whether it is there. It
    /// keeps neither the desk nor its log.
    pub(crate) async fn end_late(self: Arc<Self>, ending: &Ending, error: &Error) -> bool {
        // Whatever else went wrong goes wrong again.
        if !error.is_transient() {
            return false;
        }
        let Ok(_place) = Arc::clone(&self.late).try_acquire_owned() else {
            tracing::error!("too many ends wait for the log to come back: one is given up");
            return false;
        };
        let desk = Arc::downgrade(&self);
        drop(self);
        try_on(&desk, ending).await
    }
}

async fn try_on(desk: &Weak<Desk>, ending: &Ending) -> bool {
    let (mut tried, mut pause) = (Duration::ZERO, Duration::from_secs(1));
    while tried < TRIED {
        tokio::time::sleep(pause).await;
        tried = tried.saturating_add(pause);
        pause = pause.saturating_mul(2).min(PAUSE);
        let Some(desk) = desk.upgrade() else { return false };
        match desk.insist(ending).await {
            Ok(()) => {
                tracing::info!("an end is on record that the log had not taken");
                return true;
            }
            Err(error) if error.is_transient() => {}
            Err(error) => {
                tracing::error!(%error, "an end is not on record");
                return false;
            }
        }
    }
    tracing::error!("an end is not on record: the log has not come back in time");
    false
}
