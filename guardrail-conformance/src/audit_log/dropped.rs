//! An append that is dropped happened or not, never half.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use guardrail_core::audit::{Append, AuditLog, Error, verify};
use guardrail_core::model::{State, Verdict, Version};

use super::AuditLogFactory;
use super::bed::{Bed, Broken, ensure};
use crate::events::{asked, commented, requested, started};

/// Polls the append so many times, each time it asks to be, and lets others run so often in
/// between; then drops it. Whether it was done by then.
async fn poll_then_drop(
    log: &dyn AuditLog,
    append: &Append,
    polls: u32,
    yields: u32,
) -> Result<bool, Error> {
    let mut future = pin!(log.append(append));
    let mut left = polls;
    let done = poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    });
    let done = done.await.transpose()?;
    for _ in 0..yields {
        tokio::task::yield_now().await;
    }
    Ok(done.is_some())
}

/// However often an append was polled before it is dropped, and whenever that is: its events stand
/// there all or none, the same append made again happens or conflicts with that, and the log goes
/// on.
pub(super) async fn a_dropped_append_happened_or_not<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for yields in [0, 1, 3, 10, 30, 100, 300, 1000, 3000] {
        for polls in 0..1000 {
            let id = bed.id()?;
            let events = vec![requested(Verdict::Allow)?, started(), commented("done")];
            let append = Append::new(id, Version::START, events);
            let done = poll_then_drop(&*bed.log, &append, polls, yields).await?;
            match bed.log.append(&append).await {
                Ok(_) => ensure!(!done, "it was done, and happened again"),
                Err(Error::Conflict { actual }) => ensure!(
                    actual == Version::new(3),
                    "dropped after {polls} polls {actual} of 3 events were written"
                ),
                Err(error) => ensure!(false, "the one after a dropped append failed: {error}"),
            }
            ensure!(bed.stream(id).await?.len() == 3, "the stream does not hold 3 events");
            if done {
                break;
            }
        }
    }
    // Many, dropped at their first poll, and the log is none the worse.
    for _ in 0..50 {
        let append = Append::new(bed.id()?, Version::START, vec![asked()?]);
        poll_then_drop(&*bed.log, &append, 1, 0).await?;
    }
    bed.request(State::Completed).await?;
    verify(&*bed.log).await?;
    Ok(())
}
