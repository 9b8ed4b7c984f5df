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
    /// Tries on to put an end on record that failed like this; nothing rests on it. Nobody waits for
    /// it, and it keeps neither the desk nor its log.
    pub(crate) fn end_late(self: &Arc<Self>, ending: Ending, error: &Error) {
        // Whatever else went wrong goes wrong again.
        let runtime = tokio::runtime::Handle::try_current();
        let (true, Ok(runtime)) = (error.is_transient(), runtime) else { return };
        let Ok(place) = Arc::clone(&self.late).try_acquire_owned() else {
            tracing::error!("too many ends wait for the log to come back: one is given up");
            return;
        };
        let desk = Arc::downgrade(self);
        drop(runtime.spawn(async move {
            let _place = place;
            try_on(&desk, &ending).await;
        }));
    }
}

async fn try_on(desk: &Weak<Desk>, ending: &Ending) {
    let (mut tried, mut pause) = (Duration::ZERO, Duration::from_secs(1));
    while tried < TRIED {
        tokio::time::sleep(pause).await;
        tried = tried.saturating_add(pause);
        pause = pause.saturating_mul(2).min(PAUSE);
        let Some(desk) = desk.upgrade() else { return };
        match desk.insist(ending).await {
            Ok(()) => return tracing::info!("an end is on record that the log had not taken"),
            Err(error) if error.is_transient() => {}
            Err(error) => return tracing::error!(%error, "an end is not on record"),
        }
    }
    tracing::error!("an end is not on record: the log has not come back in time");
}
