//! Whoever waits is woken: perhaps early, never late.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use guardrail_core::audit::{Append, AuditLog};
use guardrail_core::model::{RequestId, Sequence, State, Version};
use tokio::task::JoinSet;

use super::AuditLogFactory;
use super::bed::{Bed, Broken, ensure};
use crate::events::{asked, commented};

/// Whoever has seen less than there is does not wait.
pub(super) async fn a_stream_that_has_moved_is_told_at_once<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let id = bed.request(State::Completed).await?;
    for seen in 0..3 {
        bed.log.changed(id, Version::new(seen)).await?;
    }
    let size = bed.size().await? as u64;
    for seen in 0..size {
        bed.log.grown(Sequence::new(seen)).await?;
    }
    Ok(())
}

/// Everybody who waits for a stream returns when it moves, be it from nothing; nobody is left.
pub(super) async fn a_stream_that_moves_wakes_everybody<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let id = bed.id()?;
    for (version, event) in (0..).zip([asked()?, commented("1"), commented("2")]) {
        let mut waiting = JoinSet::new();
        for _ in 0..20 {
            let log = Arc::clone(&bed.log);
            waiting.spawn(async move {
                let seen = Version::new(version);
                // It may wake early; then it looks and waits again.
                while log.stream(id, seen).await?.is_empty() {
                    log.changed(id, seen).await?;
                }
                Ok::<_, Broken>(())
            });
        }
        tokio::task::yield_now().await;
        bed.append(id, version, vec![event]).await?;
        while let Some(woken) = waiting.join_next().await {
            woken??;
        }
    }
    Ok(())
}

/// Everybody who waits for the log returns when it grows.
pub(super) async fn a_log_that_grows_wakes_everybody<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for _ in 0..5 {
        let seen = Sequence::new(bed.size().await? as u64);
        let mut waiting = JoinSet::new();
        for _ in 0..20 {
            let log = Arc::clone(&bed.log);
            waiting.spawn(async move {
                while log.read(seen, 1).await?.is_empty() {
                    log.grown(seen).await?;
                }
                Ok::<_, Broken>(())
            });
        }
        tokio::task::yield_now().await;
        bed.request(State::Pending).await?;
        while let Some(woken) = waiting.join_next().await {
            woken??;
        }
    }
    Ok(())
}

/// A wait that is dropped after any number of polls takes nobody's wake-up away.
pub(super) async fn a_wait_can_be_dropped<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let id = bed.request(State::Pending).await?;
    for (polls, version) in (1..).take(5).enumerate() {
        let seen = Version::new(version);
        let size = Sequence::new(bed.size().await? as u64);
        let mut kept = pin!(bed.log.changed(id, seen));
        let mut kept_too = pin!(bed.log.grown(size));
        let mut context = Context::from_waker(Waker::noop());
        let early = kept.as_mut().poll(&mut context);
        ensure!(!matches!(early, Poll::Ready(Err(_))), "a wait failed");
        let early_too = kept_too.as_mut().poll(&mut context);
        {
            let mut dropped = pin!(bed.log.changed(id, seen));
            let mut dropped_too = pin!(bed.log.grown(size));
            for _ in 0..polls {
                if dropped.as_mut().poll(&mut context).is_ready() {
                    break;
                }
                if dropped_too.as_mut().poll(&mut context).is_ready() {
                    break;
                }
            }
        }
        bed.append(id, version, vec![commented("move")]).await?;
        if early.is_pending() {
            kept.await?;
        }
        if early_too.is_pending() {
            kept_too.await?;
        }
    }
    Ok(())
}

/// A reader that only ever waits and reads sees every record while another writes.
pub(super) async fn no_move_is_missed<F: AuditLogFactory>(bed: Bed<'_, F>) -> Result<(), Broken> {
    const NOTES: u64 = 200;
    let id = bed.id()?;
    let mut tasks = JoinSet::new();
    for _ in 0..3 {
        let log = Arc::clone(&bed.log);
        tasks.spawn(async move { follow(&*log, id, NOTES + 1).await });
    }
    let log = Arc::clone(&bed.log);
    tasks.spawn(async move {
        let mut seen = Sequence::START;
        let mut count = 0;
        while count <= NOTES {
            log.grown(seen).await?;
            for record in log.read(seen, 7).await? {
                seen = record.sequence();
                count += u64::from(record.id() == id);
            }
        }
        Ok(())
    });
    let log = Arc::clone(&bed.log);
    tasks.spawn(async move {
        log.append(&Append::new(id, Version::START, vec![asked()?])).await?;
        for version in 1..=NOTES {
            let events = vec![commented("note")];
            log.append(&Append::new(id, Version::new(version), events)).await?;
            // A log that appends without waiting lets nobody in between: the readers would see it
            // all at once, or not move. Not after each, so that they miss some wake-ups as well.
            if version % 3 == 0 {
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    });
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

async fn follow(log: &dyn AuditLog, id: RequestId, until: u64) -> Result<(), Broken> {
    let mut seen = Version::START;
    while seen < Version::new(until) {
        log.changed(id, seen).await?;
        for record in log.stream(id, seen).await? {
            ensure!(record.version() == seen.next(), "version {} came next", record.version());
            seen = record.version();
        }
    }
    Ok(())
}
