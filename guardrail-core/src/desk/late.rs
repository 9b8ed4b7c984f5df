//! Ends that are tried on behind everybody's back: that the log would not take, for when it comes back, and
//! of what comes on record when its call has long gone. Without it a start whose process lives on would
//! stand on record without an end, and on nobody's list.

use std::sync::Arc;
use std::time::Duration;

use crate::desk::Desk;
use crate::desk::end::Ending;
use crate::desk::error::Error;

/// Most ends that are tried on at a time. Those beyond stay as they are until the process has ended.
pub(in crate::desk) const AT_A_TIME: usize = 1024;

/// How long they are tried, and the longest pause between two tries.
const TRIED: Duration = Duration::from_secs(60 * 60);
const PAUSE: Duration = Duration::from_secs(60);

/// How long it is looked out for a request that may be under way to the log.
const LOOKED_OUT: Duration = Duration::from_secs(60);

impl Desk {
    /// Tries on to put an end on record, of which this has come so far, and returns whether it is
    /// there. It keeps neither the desk nor its log.
    pub(crate) async fn end_late(
        self: Arc<Self>,
        ending: &Ending,
        recorded: Result<(), Error>,
    ) -> bool {
        let mut so_far = match recorded {
            Ok(()) if ending.may_be_under_way() => self.look_out(ending).await,
            recorded => recorded.map(|()| true),
        };
        if let Ok(true) = so_far {
            return true;
        }
        let Ok(_place) = Arc::clone(&self.late).try_acquire_owned() else {
            tracing::error!("too many ends are tried to be put on record: one is given up");
            return false;
        };
        let desk = Arc::downgrade(&self);
        drop(self);
        let (mut tried, mut pause) = (Duration::ZERO, Duration::from_secs(1));
        loop {
            let limit = match &so_far {
                Ok(true) => {
                    tracing::info!("an end is on record that the log had not taken");
                    return true;
                }
                Ok(false) => LOOKED_OUT,
                // Whatever else went wrong goes wrong again.
                Err(error) if error.is_transient() => TRIED,
                Err(error) => {
                    tracing::error!(%error, "an end is not on record");
                    return false;
                }
            };
            if tried >= limit {
                if so_far.is_err() {
                    tracing::error!("an end is not on record: the log has not come back in time");
                }
                return false;
            }
            tokio::time::sleep(pause).await;
            tried = tried.saturating_add(pause);
            pause = pause.saturating_mul(2).min(PAUSE);
            so_far = match desk.upgrade() {
                Some(desk) => desk.look_out(ending).await,
                None => return false,
            };
        }
    }

    /// Puts an end on record. Returns whether there is one: of a call that went away while its request
    /// was under way to the log, nothing may be there yet.
    async fn look_out(&self, ending: &Ending) -> Result<bool, Error> {
        // Looked at first: what comes behind the look is ended the next time.
        let is_there = match ending {
            Ending::Gone(gone) if ending.may_be_under_way() => match self.read(gone.id).await {
                Err(Error::NotFound) => false,
                read => read.map(|_| true)?,
            },
            _ => true,
        };
        self.insist(ending).await.map(|()| is_there)
    }
}
