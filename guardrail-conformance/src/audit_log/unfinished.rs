//! The requests that are not over.

use guardrail_core::audit::AuditLog;
use guardrail_core::model::{AuditEvent, RequestId, State};

use super::AuditLogFactory;
use super::bed::{Bed, Broken, ensure};

/// All open requests, in pages of this size.
pub(super) async fn pages(log: &dyn AuditLog, limit: usize) -> Result<Vec<RequestId>, Broken> {
    let mut all: Vec<RequestId> = Vec::new();
    loop {
        let page = log.open(all.last().copied(), limit).await?;
        ensure!(page.len() <= limit, "a page of {limit} holds {}", page.len());
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// Open are the pending, the approved and the started, oldest first, whatever the size of a page;
/// not the log's own stream.
pub(super) async fn open_lists_the_unfinished_oldest_first<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    ensure!(pages(&*bed.log, 10).await?.is_empty(), "a fresh log has open requests");
    let mut open = Vec::new();
    for state in State::ALL.into_iter().chain(State::ALL) {
        let id = bed.request(state).await?;
        if !state.is_final() && state != State::New {
            open.push(id);
        }
    }
    for limit in [1, 2, 4, 6, 100, usize::MAX] {
        let listed = pages(&*bed.log, limit).await?;
        ensure!(listed == open, "in pages of {limit}, {listed:?} are open, not {open:?}");
    }
    ensure!(bed.log.open(None, 0).await?.is_empty(), "a page of 0 holds requests");
    Ok(())
}

/// The page behind a request is the same where that request is over by now.
pub(super) async fn open_goes_on_behind_what_was_closed<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(bed.request(State::Pending).await?);
    }
    let mut open = ids.clone();
    for close in [2, 4, 0, 5, 1, 3] {
        let Some(id) = ids.get(close) else { break };
        bed.append(*id, 1, vec![AuditEvent::Expired]).await?;
        open.retain(|other| other != id);
        ensure!(pages(&*bed.log, 100).await? == open, "a closed request is open");
        let behind = ids.iter().skip(close + 1).filter(|id| open.contains(id));
        let behind: Vec<RequestId> = behind.copied().collect();
        let page = bed.log.open(Some(*id), 100).await?;
        ensure!(page == behind, "behind a closed request {page:?} are open, not {behind:?}");
    }
    Ok(())
}

/// What the present writer started is no orphan.
pub(super) async fn what_this_writer_started_is_no_orphan<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for state in State::ALL {
        bed.request(state).await?;
    }
    let orphans = bed.log.orphaned(100).await?;
    ensure!(orphans.is_empty(), "{orphans:?} are orphans of a writer that is there");
    Ok(())
}
