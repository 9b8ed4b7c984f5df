//! One append is one compare-and-set, whole or not at all.

use std::sync::Arc;

use guardrail_core::audit::{Append, AuditLog, Error};
use guardrail_core::model::{AuditEvent, State, Verdict, Version};
use tokio::task::JoinSet;

use super::AuditLogFactory;
use super::bed::{Bed, Broken, ensure, lines};
use crate::events::{asked, commented, requested, started};

/// An append that expects another version than the stream has is a conflict, tells the version,
/// and writes nothing.
pub(super) async fn a_stale_version_conflicts<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let id = bed.request(State::Pending).await?;
    bed.append(id, 1, vec![commented("hello")]).await?;
    let size = bed.size().await?;
    for stale in [0, 1, 3, u64::MAX] {
        match bed.append(id, stale, vec![commented("again")]).await {
            Err(Error::Conflict { actual }) => ensure!(
                actual == Version::new(2),
                "the stream holds 2 events, but the conflict says {actual}"
            ),
            other => ensure!(false, "expecting {stale} of 2 events gave {other:?}"),
        }
    }
    let unheard = bed.append(bed.id()?, 1, vec![commented("hello")]).await;
    ensure!(
        matches!(unheard, Err(Error::Conflict { actual }) if actual == Version::START),
        "expecting an event of a stream without any gave {unheard:?}"
    );
    ensure!(bed.size().await? == size, "a conflict wrote something");
    Ok(())
}

/// Of any number of appends to the same version of a stream exactly one happens.
pub(super) async fn one_of_many_rivals_wins<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for round in 0..10 {
        let id = bed.id()?;
        let mut rivals = JoinSet::new();
        for rival in 0..16 {
            let log = Arc::clone(&bed.log);
            let events = vec![asked()?, commented(&format!("{rival}"))];
            rivals.spawn(async move { log.append(&Append::new(id, Version::START, events)).await });
        }
        let mut won = Vec::new();
        while let Some(rival) = rivals.join_next().await {
            match rival? {
                Ok(appended) => won.push(appended),
                Err(Error::Conflict { actual }) => ensure!(
                    actual == Version::new(2),
                    "the conflict says {actual} events, but the winner wrote 2"
                ),
                Err(error) => ensure!(false, "a rival failed: {error}"),
            }
        }
        ensure!(won.len() == 1, "round {round}: {} rivals won", won.len());
        let stream = bed.stream(id).await?;
        let written = won.first().map(|winner| lines(&winner.records));
        ensure!(written == Some(lines(&stream)), "the stream is not what the winner wrote");
    }
    Ok(())
}

/// If one event of an append cannot be written, none is.
pub(super) async fn an_append_is_all_or_nothing<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let id = bed.id()?;
    let size = bed.size().await?;
    let half = vec![requested(Verdict::Allow)?, AuditEvent::Completed];
    let refused = bed.append(id, 0, half).await;
    ensure!(matches!(refused, Err(Error::Illegal { .. })), "half an append gave {refused:?}");
    ensure!(bed.stream(id).await?.is_empty(), "half of an append was written");
    ensure!(bed.size().await? == size, "half of an append was written");
    bed.append(id, 0, vec![requested(Verdict::Allow)?, started(), AuditEvent::Completed]).await?;
    let stream = bed.stream(id).await?;
    let more: Vec<u32> = stream.iter().map(|record| record.more()).collect();
    ensure!(more == [2, 1, 0], "three events of one append say that {more:?} more follow");
    Ok(())
}

/// An append without events is refused.
pub(super) async fn an_append_adds_an_event<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let refused = bed.append(bed.id()?, 0, vec![]).await;
    ensure!(matches!(refused, Err(Error::Illegal { .. })), "an empty append gave {refused:?}");
    Ok(())
}

/// Among appends that are made at once, those that are refused take none of the others with them.
pub(super) async fn a_lost_append_fails_alone<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let taken = bed.request(State::Pending).await?;
    let mut set = JoinSet::new();
    for number in 0..60 {
        let log = Arc::clone(&bed.log);
        let (id, event) = match number % 3 {
            0 => (bed.id()?, asked()?),
            1 => (taken, asked()?),
            _ => (bed.id()?, AuditEvent::Completed),
        };
        set.spawn(async move {
            let done = log.append(&Append::new(id, Version::START, vec![event])).await;
            (number, done)
        });
    }
    while let Some(done) = set.join_next().await {
        let (number, done) = done?;
        let right = match number % 3 {
            0 => done.is_ok(),
            1 => matches!(done, Err(Error::Conflict { .. })),
            _ => matches!(done, Err(Error::Illegal { .. })),
        };
        ensure!(right, "append {number} gave {done:?}");
    }
    Ok(())
}

/// Records of any size a desk may write come back whole, on every page and in their stream.
pub(super) async fn large_records_come_back<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let id = bed.request(State::Pending).await?;
    for (version, length) in (1..).zip([1, 1_000, 65_535, 65_536, 300_000, 10]) {
        bed.append(id, version, vec![commented(&"\u{1f600}".repeat(length))]).await?;
    }
    let stream = bed.stream(id).await?;
    let whole = bed.whole().await?;
    let ours: Vec<_> = whole.into_iter().filter(|record| record.id() == id).collect();
    ensure!(lines(&stream) == lines(&ours), "the stream is not its part of the log");
    ensure!(stream.len() == 7, "{} of 7 records came back", stream.len());
    bed.append(id, 7, vec![AuditEvent::Expired]).await?;
    let closed = bed.stream(id).await?;
    let front = closed.get(..7).unwrap_or_default();
    ensure!(lines(front) == lines(&stream), "the stream changed as it was closed");
    Ok(())
}
