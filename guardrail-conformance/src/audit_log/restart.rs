//! What a log that outlives its process holds afterwards. One that does not passes.

use std::time::Duration;

use guardrail_core::audit::{AuditLog, Error, verify};
use guardrail_core::clock::Timestamp;
use guardrail_core::model::{AuditEvent, State, Version};

use super::AuditLogFactory;
use super::bed::{Bed, Broken, ensure, lines};
use super::unfinished::pages;
use crate::clock::ManualClock;
use crate::events::{commented, started};

/// After a restart the log is the same and one introduction longer, and knows what is open.
pub(super) async fn nothing_is_lost_by_a_restart<F: AuditLogFactory>(
    mut bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for _ in 0..3 {
        let mut ids = Vec::new();
        for state in State::ALL {
            ids.push(bed.request(state).await?);
        }
        let log = bed.log.id();
        let before = bed.whole().await?;
        let open = pages(&*bed.log, 100).await?;
        let mut streams = Vec::new();
        for id in &ids {
            streams.push(bed.stream(*id).await?);
        }
        let Some(after) = bed.restart(ManualClock::new()).await? else { return Ok(()) };
        bed = after;
        ensure!(bed.log.id() == log, "it is another log");
        let whole = bed.whole().await?;
        let front = whole.get(..before.len()).unwrap_or_default();
        ensure!(lines(front) == lines(&before), "the log is not the beginning of what it was");
        let new = whole.get(before.len()..).unwrap_or_default();
        let names: Vec<_> = new.iter().map(|record| record.event().name()).collect();
        ensure!(names == ["opened"], "an orderly restart wrote {names:?}");
        ensure!(pages(&*bed.log, 100).await? == open, "other requests are open");
        for (id, stream) in ids.iter().zip(&streams) {
            ensure!(lines(&bed.stream(*id).await?) == lines(stream), "a stream is another");
        }
        verify(&*bed.log).await?;
    }
    Ok(())
}

/// After a restart a stream goes on where it stood: the same version, the same state.
pub(super) async fn versions_go_on_after_a_restart<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let id = bed.request(State::Pending).await?;
    bed.append(id, 1, vec![commented("before")]).await?;
    let over = bed.request(State::Denied).await?;
    let Some(bed) = bed.restart(ManualClock::new()).await? else { return Ok(()) };
    let stale = bed.append(id, 1, vec![commented("after")]).await;
    ensure!(
        matches!(stale, Err(Error::Conflict { actual }) if actual == Version::new(2)),
        "a stale version gave {stale:?}"
    );
    let illegal = bed.append(over, 2, vec![started()]).await;
    ensure!(matches!(illegal, Err(Error::Illegal { .. })), "a denied request started: {illegal:?}");
    bed.append(id, 2, vec![commented("after")]).await?;
    let names = bed.stream(id).await?;
    let names: Vec<_> = names.iter().map(|record| record.event().name()).collect();
    ensure!(names == ["requested", "commented", "commented"], "the stream holds {names:?}");
    Ok(())
}

/// After a restart the log's clock is not behind its last record, whatever the machine says, and
/// it does not stand still.
pub(super) async fn the_clock_goes_on_after_a_restart<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    bed.clock.advance(Duration::from_secs(3600));
    bed.request(State::Pending).await?;
    let last = bed.log.now();
    let hour_ago = ManualClock::new();
    let Some(bed) = bed.restart(hour_ago).await? else { return Ok(()) };
    let now = bed.log.now();
    ensure!(now >= last, "the clock went back from {last} to {now}");
    bed.clock.advance(Duration::from_secs(1));
    ensure!(bed.log.now() >= now.after(Duration::from_secs(1)), "the clock stands still");
    let Some(bed) = bed.restart(ManualClock::at(Timestamp::from_micros(0))).await? else {
        return Ok(());
    };
    bed.request(State::Pending).await?;
    verify(&*bed.log).await?;
    Ok(())
}

/// After a restart the requests a former writer started are orphaned, oldest first, until their
/// end is written; those the new one starts are not.
pub(super) async fn what_a_former_writer_started_is_orphaned<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let mut started_before = Vec::new();
    for state in State::ALL.into_iter().chain([State::Started, State::Started]) {
        let id = bed.request(state).await?;
        if state == State::Started {
            started_before.push((id, Version::new(2)));
        }
    }
    let approved = bed.request(State::Approved).await?;
    let Some(bed) = bed.restart(ManualClock::new()).await? else { return Ok(()) };
    bed.append(approved, 1, vec![started()]).await?;
    bed.request(State::Started).await?;
    // The version at which they are orphaned is the one at which they stand.
    if let Some((id, version)) = started_before.last_mut() {
        bed.append(*id, 2, vec![commented("where is it?")]).await?;
        *version = version.next();
    }
    let orphans = bed.log.orphaned(100).await?;
    ensure!(orphans == started_before, "{orphans:?} are orphaned, not {started_before:?}");
    let first: Vec<_> = started_before.iter().copied().take(2).collect();
    ensure!(bed.log.orphaned(2).await? == first, "the limit is not kept, or the order");
    for (over, (id, version)) in (1..).zip(&started_before) {
        bed.append(*id, version.get(), vec![AuditEvent::Unknown { why: "gone".into() }]).await?;
        let left = started_before.get(over..).unwrap_or_default();
        ensure!(bed.log.orphaned(100).await? == left, "one that is over is orphaned");
    }
    Ok(())
}

/// Where processes share a log: after a restart nobody looks after the pending and approved requests
/// a former writer made, oldest first, until one writes that it does; those the new one makes are
/// looked after. A log of one process says that it is one.
pub(super) async fn what_a_former_writer_looked_after_is_unattended<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let mut left = Vec::new();
    for state in State::ALL.into_iter().chain(State::ALL) {
        let id = bed.request(state).await?;
        if matches!(state, State::Pending | State::Approved) {
            left.push((id, Version::new(1)));
        }
    }
    let Some(mut found) = bed.log.unattended(None, 100).await? else { return Ok(()) };
    ensure!(found.is_empty(), "{found:?} are unattended by a writer that is there");
    let Some(bed) = bed.restart(ManualClock::new()).await? else { return Ok(()) };
    bed.request(State::Pending).await?;
    let mut after = None;
    loop {
        let page = bed.log.unattended(after, 3).await?.unwrap_or_default();
        ensure!(page.len() <= 3, "a page of 3 holds {}", page.len());
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        found.extend(page);
    }
    ensure!(found == left, "{found:?} are unattended, not {left:?}");
    while let Some((id, _)) = left.first().copied() {
        bed.append(id, 1, vec![AuditEvent::Attended]).await?;
        left.remove(0);
        let found = bed.log.unattended(None, 100).await?;
        ensure!(found.as_ref() == Some(&left), "{found:?} are unattended, not {left:?}");
    }
    Ok(())
}
