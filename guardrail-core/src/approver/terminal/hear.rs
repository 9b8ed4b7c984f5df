//! Hearing what becomes of a request, through troubles of the log.

use std::time::Duration;

use crate::approver::{Error, Review};
use crate::model::{ApprovalRequest, State};

/// How long a log that fails is left alone.
const AGAIN: Duration = Duration::from_secs(1);

/// Waits for the next change. A log that fails is asked again until the request's time is over:
/// then nothing more can be learnt from it.
pub(super) async fn changed(review: &mut Review) -> Result<ApprovalRequest, Error> {
    loop {
        let error = match review.changed().await {
            Ok(_) => return Ok(review.request().clone()),
            Err(error) => error,
        };
        if review.now() >= review.request().expires() {
            return Err(error);
        }
        tracing::warn!(%error, "a request could not be watched");
        tokio::time::sleep(AGAIN).await;
    }
}

/// Waits until the request no longer waits for people.
pub(super) async fn settled(review: &mut Review) -> Result<ApprovalRequest, Error> {
    while review.request().recorded_state() == State::Pending {
        changed(review).await?;
    }
    Ok(review.request().clone())
}
