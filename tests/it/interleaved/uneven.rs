//! A log that takes a little while for everything, each time another.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use guardrail::audit::{Append, Appended, AuditRecord, Error};
use guardrail::model::LogId;
use guardrail::{AuditLog, MemoryLog, RequestId, Sequence, Timestamp, Version};

use super::turns;

/// A log in memory whose answers let others go first as often as these numbers say, in turn. It
/// writes in tasks of its own, as logs with a writer thread do.
#[derive(Debug)]
pub(super) struct UnevenLog {
    inner: Arc<MemoryLog>,
    turns: Vec<u8>,
    next: AtomicUsize,
}

impl UnevenLog {
    pub(super) fn new(turns: Vec<u8>) -> Self {
        Self { inner: Arc::new(MemoryLog::new()), turns, next: AtomicUsize::new(0) }
    }

    fn turn(&self) -> impl Future<Output = ()> + Send + use<> {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        let times = self.turns.get(next % self.turns.len().max(1)).copied().unwrap_or(0);
        turns(times)
    }
}

#[async_trait]
impl AuditLog for UnevenLog {
    fn id(&self) -> LogId {
        self.inner.id()
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        let (before, after) = (self.turn(), self.turn());
        let (inner, append) = (Arc::clone(&self.inner), append.clone());
        let written = tokio::spawn(async move {
            before.await;
            inner.append(&append).await
        });
        let appended = written.await.unwrap();
        after.await;
        appended
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.turn().await;
        let read = self.inner.stream(id, after).await;
        self.turn().await;
        read
    }

    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.inner.read(after, limit).await
    }

    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
        let changed = self.inner.changed(id, seen).await;
        self.turn().await;
        changed
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
