//! A log whose appends happen a while later, whoever still waits for them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use guardrail::audit::{Append, Appended, AuditRecord, Error};
use guardrail::model::LogId;
use guardrail::{AuditLog, MemoryLog, RequestId, Sequence, Timestamp, Version};

/// A log in memory that writes in tasks of its own, as logs with a writer thread do.
#[derive(Debug)]
pub(crate) struct LateLog {
    inner: Arc<MemoryLog>,
    by: Duration,
}

impl LateLog {
    pub(crate) fn new(by: Duration) -> Self {
        Self { inner: Arc::new(MemoryLog::new()), by }
    }
}

#[async_trait]
impl AuditLog for LateLog {
    fn id(&self) -> LogId {
        self.inner.id()
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        let (inner, append, by) = (Arc::clone(&self.inner), append.clone(), self.by);
        let written = tokio::spawn(async move {
            // Time is paused in the tests that use it.
            tokio::time::sleep(by).await;
            inner.append(&append).await
        });
        written.await.unwrap()
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.inner.stream(id, after).await
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
