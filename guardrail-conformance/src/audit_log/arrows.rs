//! The table of legal arrows holds in every log.

use guardrail_core::audit::Error;
use guardrail_core::model::{AuditEvent, RequestId, State};

use super::AuditLogFactory;
use super::bed::{Bed, Broken, ensure};
use crate::events::{of_requests, of_the_log};

/// In every state a log takes the events that may follow, and no other.
pub(super) async fn only_legal_arrows_are_taken<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for state in State::ALL {
        for event in of_requests()?.into_iter().chain(of_the_log()) {
            let id = bed.request(state).await?;
            let version = bed.stream(id).await?.len();
            let name = event.name().to_owned();
            let legal = event.step(state).is_some();
            let done = bed.append(id, version as u64, vec![event]).await;
            let right = match &done {
                Ok(_) => legal,
                Err(Error::Illegal { .. }) => !legal,
                Err(_) => false,
            };
            ensure!(right, "`{name}` in state {state} gave {done:?}");
            let grown = bed.stream(id).await?.len() - version;
            ensure!(grown == usize::from(legal), "`{name}` in state {state} wrote {grown} records");
        }
    }
    Ok(())
}

/// The log's own stream takes the log's events and nothing of a request.
pub(super) async fn the_logs_own_stream_takes_only_its_own<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for event in of_the_log() {
        let at = bed.stream(RequestId::LOG).await?.len() as u64;
        bed.append(RequestId::LOG, at, vec![event]).await?;
    }
    for event in of_requests()? {
        let at = bed.stream(RequestId::LOG).await?.len() as u64;
        let name = event.name().to_owned();
        let done = bed.append(RequestId::LOG, at, vec![event]).await;
        ensure!(matches!(done, Err(Error::Illegal { .. })), "`{name}` of the log gave {done:?}");
    }
    Ok(())
}

/// An event of a later version can be read and verified, but not written.
pub(super) async fn an_unknown_event_is_not_written<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for state in [State::New, State::Pending, State::Started, State::Completed] {
        let id = bed.request(state).await?;
        let version = bed.stream(id).await?.len();
        let event = AuditEvent::Other { name: "teleported".into() };
        let done = bed.append(id, version as u64, vec![event]).await;
        ensure!(matches!(done, Err(Error::Illegal { .. })), "in state {state} it gave {done:?}");
        ensure!(bed.stream(id).await?.len() == version, "in state {state} it was written");
    }
    Ok(())
}
