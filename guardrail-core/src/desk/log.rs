//! The calls of the log, none of which is waited for without end.

use std::sync::Arc;
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
    // Without a runtime there is no timer; guarded calls are refused there before they come here.
    if tokio::runtime::Handle::try_current().is_err() {
        return call.await;
    }
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(answer) => answer,
        Err(_) => Err(audit::Error::storage("audit log", doing, "no answer within 10 seconds")),
    }
}
