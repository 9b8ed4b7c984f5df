//! One order of everything, which never changes.

use std::sync::Arc;

use guardrail_core::audit::{Append, AuditLog, AuditRecord};
use guardrail_core::model::{AuditEvent, RequestId, Sequence, State, Version};
use tokio::task::JoinSet;

use super::AuditLogFactory;
use super::bed::{Bed, Broken, ensure, lines};
use crate::events::{asked, commented};

/// Tasks that write, and what each has written.
type Crowd = JoinSet<Result<Vec<Arc<AuditRecord>>, Broken>>;

/// Lets many tasks write requests of two records each.
fn crowd<F: AuditLogFactory>(
    bed: &Bed<'_, F>,
    tasks: usize,
    requests: usize,
) -> Result<Crowd, Broken> {
    let mut crowd = JoinSet::new();
    for _ in 0..tasks {
        let log = Arc::clone(&bed.log);
        let ids = (0..requests).map(|_| bed.id()).collect::<Result<Vec<_>, _>>()?;
        crowd.spawn(async move {
            let mut written = Vec::new();
            for id in ids {
                let events = vec![asked()?, commented("and more")];
                let append = Append::new(id, Version::START, events);
                written.extend(log.append(&append).await?.records);
                // Others look in between, even where an append never waits.
                tokio::task::yield_now().await;
                let end = vec![AuditEvent::Expired];
                let append = Append::new(id, Version::new(2), end);
                written.extend(log.append(&append).await?.records);
            }
            Ok(written)
        });
    }
    Ok(crowd)
}

/// Whoever writes at once: records count 1, 2, 3 and on, and so do those of each stream.
pub(super) async fn the_sequence_has_no_gap<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let mut crowd = crowd(&bed, 8, 20)?;
    let mut written = 0;
    while let Some(done) = crowd.join_next().await {
        written += done??.len();
    }
    let all = bed.whole().await?;
    for (number, record) in (1..).zip(&all) {
        ensure!(
            record.sequence() == Sequence::new(number),
            "record {number} carries sequence {}",
            record.sequence()
        );
    }
    let ours = all.iter().filter(|record| record.id() != RequestId::LOG);
    ensure!(ours.count() == written, "not every record that was written is in the log");
    guardrail_core::audit::verify(&*bed.log).await?;
    Ok(())
}

/// The log at an earlier time is a prefix of the log at a later one (invariant 20).
pub(super) async fn what_was_read_once_never_changes<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let mut crowd = crowd(&bed, 4, 20)?;
    let mut snapshots = vec![bed.whole().await?];
    while !crowd.is_empty() {
        // A log that never waits would let nobody else run.
        tokio::task::yield_now().await;
        while let Some(done) = crowd.try_join_next() {
            done??;
        }
        let seen = bed.whole().await?;
        if snapshots.last().is_none_or(|last| last.len() < seen.len()) {
            snapshots.push(seen);
        }
    }
    let last = bed.whole().await?;
    for (earlier, later) in snapshots.iter().zip(snapshots.iter().skip(1).chain([&last])) {
        let front = later.get(..earlier.len()).unwrap_or_default();
        ensure!(lines(front) == lines(earlier), "what was read before is not the beginning now");
    }
    Ok(())
}

/// Whatever the size of a page: the pages behind one another are the whole log, none is larger,
/// and only the one behind the end is empty.
pub(super) async fn pages_make_up_the_whole<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for _ in 0..10 {
        bed.request(State::Completed).await?;
    }
    let all = bed.whole().await?;
    for limit in [1, 2, 3, 7, 30, 1000, usize::MAX] {
        for start in 0..=all.len() {
            let mut after = Sequence::new(start as u64);
            let mut read = Vec::new();
            loop {
                let page = bed.log.read(after, limit).await?;
                ensure!(page.len() <= limit, "a page of {limit} holds {}", page.len());
                let Some(last) = page.last() else { break };
                after = last.sequence();
                read.extend(page);
            }
            let rest = all.get(start..).unwrap_or_default();
            ensure!(
                lines(&read) == lines(rest),
                "pages of {limit} from {start} on are not the log"
            );
        }
    }
    ensure!(bed.log.read(Sequence::START, 0).await?.is_empty(), "a page of 0 holds records");
    let beyond = bed.log.read(Sequence::new(u64::MAX), 10).await?;
    ensure!(beyond.is_empty(), "there are records behind the last one there can be");
    Ok(())
}

/// A stream is what the log holds of it, from any version on; of an unknown id that is nothing.
pub(super) async fn a_stream_is_its_part_of_the_log<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let mut ids = vec![RequestId::LOG];
    for state in State::ALL {
        ids.push(bed.request(state).await?);
    }
    let all = bed.whole().await?;
    for id in ids {
        let ours: Vec<_> = all.iter().filter(|record| record.id() == id).cloned().collect();
        for after in 0..=ours.len() + 1 {
            let stream = bed.log.stream(id, Version::new(after as u64)).await?;
            let rest = ours.get(after..).unwrap_or_default();
            ensure!(lines(&stream) == lines(rest), "the stream behind {after} is another");
        }
        for (version, record) in (1..).zip(&ours) {
            ensure!(record.version() == Version::new(version), "a version is out of order");
        }
    }
    ensure!(bed.stream(bed.id()?).await?.is_empty(), "an unknown id has records");
    Ok(())
}

/// The records an append returns are the ones everybody reads.
pub(super) async fn what_was_appended_is_what_is_read<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let id = bed.id()?;
    let mut written = bed.append(id, 0, vec![asked()?, commented("first")]).await?.records;
    written.extend(bed.append(id, 2, vec![commented("second")]).await?.records);
    let read = bed.stream(id).await?;
    ensure!(lines(&written) == lines(&read), "the stream is not what was written");
    let names: Vec<&str> = read.iter().map(|record| record.event().name()).collect();
    ensure!(names == ["requested", "commented", "commented"], "the stream holds {names:?}");
    Ok(())
}
