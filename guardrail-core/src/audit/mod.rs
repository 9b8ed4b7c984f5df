//! The append-only audit log: the one source of truth, sealed line by line.
//!
//! # Contract
//! Whoever implements [`AuditLog`] promises:
//! - `append` is one compare-and-set on one request's stream: all events or none, and durable when
//!   it returns. Dropped half-way it has happened or not, never half.
//! - It refuses what is not legal: every event must lead somewhere by
//!   [`AuditEvent::step`](crate::model::AuditEvent::step).
//! - Records carry a gap-free sequence over the whole log, and are sealed by
//!   [`Sealer`](seal::Sealer): the bytes stored are the bytes hashed.
//! - `changed` and `grown` may wake early, never late, and are safe to drop at any await.
//! - `now` never goes back, and is never behind the last record.
//!
//! Whoever calls promises: to treat every error as "it may have happened", and to look again.
//! The crate `guardrail-conformance` holds the suite every implementation passes.

mod append;
mod error;
pub mod file;
mod index;
mod json;
mod line;
mod memory;
mod open_streams;
pub mod proof;
mod record;
pub mod seal;
pub mod sidecar;
mod standing;
mod tenure;
mod tree;
mod verify;
mod wait;

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

pub use append::{Append, Appended};
pub use error::Error;
pub use file::FileLog;
pub use memory::MemoryLog;
pub(crate) use record::plain;
pub use record::{AuditRecord, RecordError};
pub use standing::Standing;
pub use tenure::Tenure;
pub use tree::Tree;
pub use verify::{
    Fault, Inspector, NotAllowed, Report, Verified, Verifier, VerifyError, inspect, verify,
};

use crate::clock::Timestamp;
use crate::model::{AuditEvent, LogId, RequestId, Sequence, Version};

/// An append-only log of audit events. See the [module](self) for the contract.
#[async_trait]
pub trait AuditLog: Debug + Send + Sync + 'static {
    /// The id of this log, the same for as long as it lives and for all who share it.
    fn id(&self) -> LogId;

    /// One compare-and-set on one request's stream: all or nothing, durable when it returns.
    ///
    /// # Errors
    /// `Conflict`: the stream had moved. `Late`: the log's clock had reached `before` at commit.
    /// `Illegal`: an event cannot follow. Else the storage failed, and nobody knows whether it
    /// happened.
    ///
    /// # Cancel safety
    /// Dropped: it happened or not, never half.
    async fn append(&self, append: &Append) -> Result<Appended, Error>;

    /// The records of one request's stream behind `after`, oldest first; none for an unknown id.
    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error>;

    /// At most `limit` records of the whole log behind `after`, in sequence. It may be fewer where
    /// records are large; none at all means the end.
    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error>;

    /// Returns when the stream is past `seen`, at once if it already is. May wake early, never late.
    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error>;

    /// The same for the whole log: for projections and live views.
    async fn grown(&self, seen: Sequence) -> Result<(), Error>;

    /// At most `limit` requests in no final state (pending, approved, started), oldest first,
    /// behind `after`.
    async fn open(&self, after: Option<RequestId>, limit: usize) -> Result<Vec<RequestId>, Error>;

    /// At most `limit` started requests whose writer is gone, oldest first, each with the version at
    /// which that was so: whoever acts on it writes behind that version or not at all.
    async fn orphaned(&self, limit: usize) -> Result<Vec<(RequestId, Version)>, Error>;

    /// Where several processes share the log: at most `limit` requests that are pending or approved
    /// and that nobody looks after any more, oldest first, behind `after`, each with the version at
    /// which that was so. Whoever made a request looks after it, until another writes `Attended`.
    ///
    /// `None`, which is the default, where one process has the log for itself and looks after all.
    async fn unattended(
        &self,
        after: Option<RequestId>,
        limit: usize,
    ) -> Result<Option<Vec<(RequestId, Version)>>, Error> {
        let _ = (after, limit);
        Ok(None)
    }

    /// Where several processes share the log: since when none of the others can have taken this one for
    /// gone, so that what it has started is still its own; `None` where one may by now. Asked just
    /// before every body begins, so it is answered from what this process knows.
    ///
    /// [`Tenure::SOLE`], which is the default, where nobody else takes up what this process starts. A
    /// log around another one passes it on.
    fn tenure(&self) -> Option<Tenure> {
        Some(Tenure::SOLE)
    }

    /// Wall time at start plus monotonic time since, never behind the last record. Every deadline
    /// is judged by it.
    fn now(&self) -> Timestamp;
}

const _: Option<&dyn AuditLog> = None;

#[async_trait]
impl<L: AuditLog + ?Sized> AuditLog for Arc<L> {
    fn id(&self) -> LogId {
        (**self).id()
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        (**self).append(append).await
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        (**self).stream(id, after).await
    }

    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        (**self).read(after, limit).await
    }

    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
        (**self).changed(id, seen).await
    }

    async fn grown(&self, seen: Sequence) -> Result<(), Error> {
        (**self).grown(seen).await
    }

    async fn open(&self, after: Option<RequestId>, limit: usize) -> Result<Vec<RequestId>, Error> {
        (**self).open(after, limit).await
    }

    async fn orphaned(&self, limit: usize) -> Result<Vec<(RequestId, Version)>, Error> {
        (**self).orphaned(limit).await
    }

    async fn unattended(
        &self,
        after: Option<RequestId>,
        limit: usize,
    ) -> Result<Option<Vec<(RequestId, Version)>>, Error> {
        (**self).unattended(after, limit).await
    }

    fn tenure(&self) -> Option<Tenure> {
        (**self).tenure()
    }

    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// How a writer introduces itself: the first event of every process in a log.
#[must_use]
pub fn opened() -> AuditEvent {
    let read = |path| std::fs::read_to_string(path).ok();
    let name = |text: String| Some(text.trim().chars().take(128).collect::<String>().into());
    AuditEvent::Opened {
        host: host_name().into(),
        pid: std::process::id(),
        boot: read("/proc/sys/kernel/random/boot_id").and_then(name),
        version: env!("CARGO_PKG_VERSION").into(),
    }
}

/// The machine's name, as far as it can be known without asking anyone.
pub(crate) fn host_name() -> String {
    let read = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| std::fs::read_to_string("/etc/hostname"))
        .ok()
        .or_else(|| std::env::var("HOSTNAME").ok())
        .unwrap_or_default();
    let name: String = read.trim().chars().filter(|c| c.is_ascii_graphic()).take(128).collect();
    if name.is_empty() { "unknown".to_owned() } else { name }
}
