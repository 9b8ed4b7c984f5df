//! The calls of the log, none of which is waited for without end.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use crate::audit::{self, Append, Appended, AuditRecord};
use crate::desk::Desk;
use crate::model::{RequestId, Version};

/// How long the log may take for one answer. A log that hangs is out of order like one that fails.
const PATIENCE: Duration = Duration::from_secs(10);

impl Desk {
    pub(in crate::desk) async fn append(&self, append: &Append) -> Result<Appended, audit::Error> {
        answered("append", self.log.append(append)).await
    }

    pub(in crate::desk) async fn stream(
        &self,
        id: RequestId,
        after: Version,
    ) -> Result<Vec<Arc<AuditRecord>>, audit::Error> {
        answered("read a request", self.log.stream(id, after)).await
    }

    pub(in crate::desk) async fn open_requests(
        &self,
        after: Option<RequestId>,
        limit: usize,
    ) -> Result<Vec<RequestId>, audit::Error> {
        answered("list open requests", self.log.open(after, limit)).await
    }

    pub(in crate::desk) async fn orphaned(
        &self,
        limit: usize,
    ) -> Result<Vec<RequestId>, audit::Error> {
        answered("list orphaned requests", self.log.orphaned(limit)).await
    }
}

async fn answered<T>(
    doing: &'static str,
    call: impl Future<Output = Result<T, audit::Error>>,
) -> Result<T, audit::Error> {
    let late = || audit::Error::storage("audit log", doing, "no answer within 10 seconds");
    within(PATIENCE, call).await.unwrap_or_else(|| Err(late()))
}

/// The future's answer; nothing where it takes longer than `limit`. One that answers at once costs
/// no timer.
pub(in crate::desk) async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    if let Poll::Ready(answer) = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await {
        return Some(answer);
    }
    // Without a runtime there is no timer; guarded calls are refused there before they come here.
    if tokio::runtime::Handle::try_current().is_err() {
        return Some(future.await);
    }
    tokio::time::timeout(limit, future).await.ok()
}
