//! An append that is dropped happened or not, never half.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use guardrail_core::audit::{Append, AuditLog, Error, verify};
use guardrail_core::model::{State, Verdict, Version};

use super::AuditLogFactory;
use super::bed::{Bed, Broken, ensure};
use crate::events::{asked, commented, requested, started};

/// Polls the append so many times and then drops it; whether it was done by then.
async fn poll_then_drop(log: &dyn AuditLog, append: &Append, polls: u32) -> Result<bool, Error> {
    let mut future = pin!(log.append(append));
    for _ in 0..polls {
        let polled = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
        if let Poll::Ready(done) = polled {
            return done.map(|_| true);
        }
        tokio::task::yield_now().await;
    }
    Ok(false)
}

/// However often an append was polled before it is dropped: its events stand there all or none,
/// the same append made again happens or conflicts with that, and the log goes on.
pub(super) async fn a_dropped_append_happened_or_not<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let mut polls = 0;
    loop {
        let id = bed.id()?;
        let events = vec![requested(Verdict::Allow)?, started(), commented("done")];
        let append = Append::new(id, Version::START, events);
        let done = poll_then_drop(&*bed.log, &append, polls).await?;
        match bed.log.append(&append).await {
            Ok(_) => ensure!(!done, "it was done, and happened again"),
            Err(Error::Conflict { actual }) => ensure!(
                actual == Version::new(3),
                "dropped after {polls} polls {actual} of 3 events were written"
            ),
            Err(error) => ensure!(false, "after a dropped append the next one failed: {error}"),
        }
        ensure!(bed.stream(id).await?.len() == 3, "the stream does not hold 3 events");
        if done || polls > 10_000 {
            break;
        }
        polls += 1;
    }
    // Many at once, dropped at their first poll, and the log is none the worse.
    for _ in 0..50 {
        let append = Append::new(bed.id()?, Version::START, vec![asked()?]);
        poll_then_drop(&*bed.log, &append, 1).await?;
    }
    bed.request(State::Completed).await?;
    verify(&*bed.log).await?;
    Ok(())
}
