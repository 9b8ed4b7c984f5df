//! Waiting for a request to move, or for its time to be over.

#![expect(clippy::manual_async_fn, reason = "an `async fn` keeps what it is given twice")]

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Timeout;

use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::desk::error::Error;
use crate::model::{ApprovalRequest, State};

impl Desk {
    /// Waits until at least one event follows what is known, and returns the request with it.
    /// Where its time is over first, that is put on record, and is the event.
    ///
    /// Safe to drop at any await. Thousands of requests wait at a time: so what is done but once it
    /// has waited is boxed, and all of this is one future.
    pub(in crate::desk) fn next(
        self: Arc<Self>,
        known: ApprovalRequest,
    ) -> impl Future<Output = Result<ApprovalRequest, Error>> {
        async move {
            loop {
                let moved = self.log.changed(known.id(), known.version());
                let is_late = match deadline(&known) {
                    // The log's clock decides, not the timer.
                    Some(deadline) => {
                        let left = deadline.since(self.log.now());
                        let timed = timed(left, moved).ok_or(Error::NoRuntime)?;
                        match timed.await {
                            Ok(moved) => moved.map(|()| false)?,
                            Err(_) => true,
                        }
                    }
                    None => moved.await.map(|()| false)?,
                };
                if is_late {
                    let overdue = Box::pin(self.overdue(known.clone())).await?;
                    if overdue.version() > known.version() {
                        return Ok(overdue);
                    }
                }
                if let Some(request) = Box::pin(self.caught_up(&known)).await? {
                    return Ok(request);
                }
            }
        }
    }

    /// The request as it stands now, where more is on record than is known.
    async fn caught_up(&self, known: &ApprovalRequest) -> Result<Option<ApprovalRequest>, Error> {
        let mut request = Some(known.clone());
        self.catch_up(known.id(), &mut request).await?;
        Ok(request.filter(|request| request.version() > known.version()))
    }
}

/// The future, for at most so long; nothing where there is no timer.
fn timed<F: Future>(limit: Duration, future: F) -> Option<Timeout<F>> {
    Handle::try_current().ok()?;
    // A runtime does not say whether it was built with timers; making one panics where it was not.
    std::panic::catch_unwind(AssertUnwindSafe(|| tokio::time::timeout(limit, future))).ok()
}

/// When the wait for people, or the approval, is over.
fn deadline(request: &ApprovalRequest) -> Option<Timestamp> {
    match request.recorded_state() {
        State::Pending => Some(request.expires()),
        _ => request.lapses(),
    }
}
