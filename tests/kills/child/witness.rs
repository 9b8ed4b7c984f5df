//! A log that notes every append that has returned, and may be the last thing the process does.

use std::sync::Arc;

use async_trait::async_trait;
use guardrail::audit::{Append, Appended, Error, Tenure};
use guardrail::model::LogId;
use guardrail::{AuditLog, AuditRecord, RequestId, Sequence, Timestamp, Version};

use crate::child::doom::Path;
use crate::nest::Pen;

#[derive(Debug)]
pub(crate) struct Witness<L> {
    log: L,
    acks: Pen,
    path: Path,
}

impl<L> Witness<L> {
    pub(crate) const fn new(log: L, acks: Pen, path: Path) -> Self {
        Self { log, acks, path }
    }
}

#[async_trait]
impl<L: AuditLog> AuditLog for Witness<L> {
    fn id(&self) -> LogId {
        self.log.id()
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        let event = append.events.last().map_or("", |event| event.name());
        self.path.pass(&format!("before {event}"));
        let appended = self.log.append(append).await?;
        self.path.pass(&format!("behind {event}"));
        let line = |r: &Arc<AuditRecord>| format!("{} {}", r.sequence(), r.leaf());
        self.acks.write(&appended.records.iter().map(line).collect::<Vec<_>>().join("\n"));
        Ok(appended)
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.log.stream(id, after).await
    }

    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.log.read(after, limit).await
    }

    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
        self.log.changed(id, seen).await
    }

    async fn grown(&self, seen: Sequence) -> Result<(), Error> {
        self.log.grown(seen).await
    }

    async fn open(&self, after: Option<RequestId>, limit: usize) -> Result<Vec<RequestId>, Error> {
        self.log.open(after, limit).await
    }

    async fn orphaned(&self, limit: usize) -> Result<Vec<(RequestId, Version)>, Error> {
        self.log.orphaned(limit).await
    }

    async fn unattended(
        &self,
        after: Option<RequestId>,
        limit: usize,
    ) -> Result<Option<Vec<(RequestId, Version)>>, Error> {
        self.log.unattended(after, limit).await
    }

    fn tenure(&self) -> Option<Tenure> {
        self.log.tenure()
    }

    fn now(&self) -> Timestamp {
        self.log.now()
    }
}
