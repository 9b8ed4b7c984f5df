//! A log whose readers are shown other lines than were written.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use guardrail::audit::{Append, Appended, AuditRecord, Error};
use guardrail::model::LogId;
use guardrail::{AuditLog, MemoryLog, RequestId, Sequence, Timestamp, Version};

type Forge = fn(&str) -> String;

/// A log in memory of which `stream` shows forged lines. `read` shows the true ones.
pub(crate) struct ForgingLog {
    inner: MemoryLog,
    forge: Forge,
}

impl ForgingLog {
    /// Every line is shown as `forge` makes it.
    pub(crate) fn new(forge: Forge) -> Self {
        Self { inner: MemoryLog::new(), forge }
    }

    fn forged(&self, records: Vec<Arc<AuditRecord>>) -> Vec<Arc<AuditRecord>> {
        let forged = |record: &Arc<AuditRecord>| {
            let line = (self.forge)(record.line());
            if line == record.line() {
                return Arc::clone(record);
            }
            Arc::new(AuditRecord::parse(&line).unwrap())
        };
        records.iter().map(forged).collect()
    }
}

impl fmt::Debug for ForgingLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForgingLog").finish_non_exhaustive()
    }
}

#[async_trait]
impl AuditLog for ForgingLog {
    fn id(&self) -> LogId {
        self.inner.id()
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        let appended = self.inner.append(append).await?;
        Ok(Appended { records: self.forged(appended.records) })
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        Ok(self.forged(self.inner.stream(id, after).await?))
    }

    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.inner.read(after, limit).await
    }

    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
        self.inner.changed(id, seen).await
    }

    async fn grown(&self, seen: Sequence) -> Result<(), Error> {
        self.inner.grown(seen).await
    }

    async fn open(&self, after: Option<RequestId>, limit: usize) -> Result<Vec<RequestId>, Error> {
        self.inner.open(after, limit).await
    }

    async fn orphaned(&self, limit: usize) -> Result<Vec<(RequestId, Version)>, Error> {
        self.inner.orphaned(limit).await
    }

    fn now(&self) -> Timestamp {
        self.inner.now()
    }
}
