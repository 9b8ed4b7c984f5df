//! The ticket of a call: what puts its end on record, whatever becomes of it.

use std::pin::Pin;
use std::sync::Arc;

use crate::gate::error::Error;
use crate::gate::track::Track;

/// What records an outcome.
pub(crate) type Recording = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// The end of a guarded call. Dropped before an outcome is on record, it spawns what puts the legal
/// end there; nothing rests on that.
#[derive(Debug)]
#[must_use = "a guarded call ends with its ticket"]
pub(crate) struct Ticket {
    track: Arc<Track>,
}

impl Ticket {
    pub(crate) fn new(track: Arc<Track>) -> Self {
        Self { track }
    }

    /// Puts the outcome of the body on record. It is stored before this returns: what comes back may
    /// be dropped, before the ticket, and the ticket records it all the same, as far as that is
    /// possible.
    ///
    /// Fails when the body has acted and its outcome could not be recorded for 5 seconds.
    pub(crate) fn record(&self, well: bool) -> Recording {
        self.track.end_body(well);
        let track = Arc::clone(&self.track);
        Box::pin(async move { track.record_outcome().await })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.track.abandon();
    }
}
