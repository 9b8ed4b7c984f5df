//! Waiting for a request to move, or for its time to be over.

use crate::desk::Desk;
use crate::desk::error::Error;
use crate::model::{ApprovalRequest, State};

impl Desk {
    /// Waits until at least one event follows what is known, and returns the request with it.
    /// Where its time is over first, that is put on record, and is the event.
    ///
    /// Safe to drop at any await.
    pub(crate) async fn next(&self, known: &ApprovalRequest) -> Result<ApprovalRequest, Error> {
        let deadline = match known.recorded_state() {
            State::Pending => Some(known.expires()),
            _ => known.lapses(),
        };
        let mut request = Some(known.clone());
        loop {
            let moved = self.log.changed(known.id(), known.version());
            let left = deadline.map(|deadline| deadline.since(self.log.now()));
            match left {
                Some(left) => match tokio::time::timeout(left, moved).await {
                    Ok(moved) => moved?,
                    // The log's clock decides, not the timer.
                    Err(_) => {
                        let overdue = self.overdue(known.clone()).await?;
                        if overdue.version() > known.version() {
                            return Ok(overdue);
                        }
                    }
                },
                None => moved.await?,
            }
            self.catch_up(known.id(), &mut request).await?;
            if let Some(request) = request.take_if(|r| r.version() > known.version()) {
                return Ok(request);
            }
            request = Some(known.clone());
        }
    }

    /// Waits until the request no longer waits for people.
    pub(crate) async fn settled(&self, known: ApprovalRequest) -> Result<ApprovalRequest, Error> {
        let mut request = known;
        loop {
            if request.state(self.log.now()) != State::Pending {
                return self.overdue(request).await;
            }
            request = self.next(&request).await?;
        }
    }
}
