//! The calls of the log, none of which is waited for without end.

#![expect(clippy::manual_async_fn, reason = "an `async fn` keeps what it is given twice")]

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use crate::audit::{self, Append, Appended, AuditRecord};
use crate::desk::Desk;
use crate::model::{RequestId, Sequence, Version};

/// How long the log may take for one answer. A log that hangs is out of order like one that fails.
const PATIENCE: Duration = Duration::from_secs(10);

impl Desk {
    pub(in crate::desk) fn append<'l>(
        &'l self,
        append: &'l Append,
    ) -> impl Future<Output = Result<Appended, audit::Error>> {
        answered("append", self.log.append(append))
    }

    pub(in crate::desk) fn stream(
        &self,
        id: RequestId,
        after: Version,
    ) -> impl Future<Output = Result<Vec<Arc<AuditRecord>>, audit::Error>> {
        answered("read a request", self.log.stream(id, after))
    }

    pub(in crate::desk) fn page(
        &self,
        after: Sequence,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Arc<AuditRecord>>, audit::Error>> {
        answered("read", self.log.read(after, limit))
    }

    pub(in crate::desk) fn open_requests(
        &self,
        after: Option<RequestId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<RequestId>, audit::Error>> {
        answered("list open requests", self.log.open(after, limit))
    }

    pub(in crate::desk) fn left_alone(
        &self,
        after: Option<RequestId>,
        limit: usize,
    ) -> impl Future<Output = Result<Option<Vec<(RequestId, Version)>>, audit::Error>> {
        answered("list unattended requests", self.log.unattended(after, limit))
    }

    pub(in crate::desk) fn orphaned(
        &self,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(RequestId, Version)>, audit::Error>> {
        answered("list orphaned requests", self.log.orphaned(limit))
    }
}

/// A call of the log.
type Asked<'l, T> = Pin<Box<dyn Future<Output = Result<T, audit::Error>> + Send + 'l>>;

fn answered<'l, T>(
    doing: &'static str,
    mut call: Asked<'l, T>,
) -> impl Future<Output = Result<T, audit::Error>> {
    let late = move || audit::Error::storage("audit log", doing, "no answer within 10 seconds");
    async move { within(PATIENCE, call.as_mut()).await.unwrap_or_else(|| Err(late())) }
}

/// The future's answer; nothing where it takes longer than `limit`. One that answers at once costs
/// no timer.
pub(in crate::desk) fn within<F>(
    limit: Duration,
    mut future: Pin<&mut F>,
) -> impl Future<Output = Option<F::Output>>
where
    F: Future + ?Sized,
{
    async move {
        if let Poll::Ready(answer) = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await {
            return Some(answer);
        }
        // Without a runtime there is no timer; guarded calls are refused there before they come
        // here.
        if tokio::runtime::Handle::try_current().is_err() {
            return Some(future.await);
        }
        // Boxed: whatever asks the log would hold room for a timer it seldom needs.
        Box::pin(tokio::time::timeout(limit, future)).await.ok()
    }
}
