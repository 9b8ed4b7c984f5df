//! A log in which a test does something whenever somebody who waits for a request is polled.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use guardrail::audit::{Append, Appended, AuditRecord, Error};
use guardrail::model::LogId;
use guardrail::{AuditLog, MemoryLog, RequestId, Sequence, Timestamp, Version};

/// A log in memory that does this when somebody who waits for a request is polled, and counts who
/// waits.
pub(crate) struct SteppingLog {
    inner: MemoryLog,
    step: Box<dyn Fn() + Send + Sync>,
    waiting: AtomicUsize,
}

impl SteppingLog {
    pub(crate) fn new(step: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        let waiting = AtomicUsize::new(0);
        Arc::new(Self { inner: MemoryLog::new(), step: Box::new(step), waiting })
    }

    /// How many wait for a request.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }
}

impl fmt::Debug for SteppingLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SteppingLog").finish_non_exhaustive()
    }
}

/// Somebody who waits.
struct Waits<'l>(&'l AtomicUsize);

impl<'l> Waits<'l> {
    fn new(count: &'l AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl AuditLog for SteppingLog {
    fn id(&self) -> LogId {
        self.inner.id()
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        self.inner.append(append).await
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.inner.stream(id, after).await
    }

    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.inner.read(after, limit).await
    }

    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
        let _waits = Waits::new(&self.waiting);
        let mut moved = pin!(self.inner.changed(id, seen));
        poll_fn(|cx| {
            (self.step)();
            moved.as_mut().poll(cx)
        })
        .await
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
