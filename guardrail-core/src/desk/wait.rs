//! Waiting for a request to move, or for its time to be over.
//!
//! Thousands of calls wait at a time. So what a wait does but once it has waited is boxed, and these
//! functions are no `async fn`s: those keep what they are given twice.

#![expect(clippy::manual_async_fn, reason = "an `async fn` keeps what it is given twice")]

use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::desk::error::Error;
use crate::model::{ApprovalRequest, State};

impl Desk {
    /// Waits until at least one event follows what is known, and returns the request with it.
    /// Where its time is over first, that is put on record, and is the event.
    ///
    /// Safe to drop at any await.
    pub(crate) fn next(
        &self,
        known: &ApprovalRequest,
    ) -> impl Future<Output = Result<ApprovalRequest, Error>> {
        async move {
            loop {
                if self.waited(known).await? {
                    let overdue = Box::pin(self.overdue(known.clone())).await?;
                    if overdue.version() > known.version() {
                        return Ok(overdue);
                    }
                }
                let mut request = Some(known.clone());
                Box::pin(self.catch_up(known.id(), &mut request)).await?;
                if let Some(request) = request.filter(|r| r.version() > known.version()) {
                    return Ok(request);
                }
            }
        }
    }

    /// Waits until the request no longer waits for people.
    pub(crate) fn settled(
        &self,
        known: &ApprovalRequest,
    ) -> impl Future<Output = Result<ApprovalRequest, Error>> {
        async move {
            let mut request = known.clone();
            loop {
                if request.state(self.log.now()) != State::Pending {
                    return Box::pin(self.overdue(request)).await;
                }
                request = self.next(&request).await?;
            }
        }
    }

    /// Waits for the stream to move; says whether its time was over first.
    fn waited(&self, known: &ApprovalRequest) -> impl Future<Output = Result<bool, Error>> {
        let moved = self.log.changed(known.id(), known.version());
        // The log's clock decides, not the timer.
        let left = deadline(known).map(|deadline| deadline.since(self.log.now()));
        async move {
            match left {
                Some(left) => match tokio::time::timeout(left, moved).await {
                    Ok(moved) => moved.map(|()| false).map_err(Error::from),
                    Err(_) => Ok(true),
                },
                None => moved.await.map(|()| false).map_err(Error::from),
            }
        }
    }
}

/// When the wait for people, or the approval, is over.
fn deadline(request: &ApprovalRequest) -> Option<Timestamp> {
    match request.recorded_state() {
        State::Pending => Some(request.expires()),
        _ => request.lapses(),
    }
}
