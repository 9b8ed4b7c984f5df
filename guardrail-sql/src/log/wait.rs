//! Who waits for a stream, or for the whole log, to move.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guardrail_core::model::RequestId;
use tokio::sync::Notify;

/// Who waits. An entry exists only while somebody waits, so waiting is what it costs.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    streams: Mutex<HashMap<RequestId, Arc<Notify>>>,
    /// Under [`RequestId::LOG`] in `streams` stand those who wait for the log.
    come: Notify,
}

/// One who waits for a stream. Dropped, it does not.
#[derive(Debug)]
pub(crate) struct Waiter<'w> {
    waiters: &'w Waiters,
    id: RequestId,
    notify: Arc<Notify>,
}

impl Waiters {
    /// Enlists; [`RequestId::LOG`] stands for the whole log. Whoever enlists looks, and then waits.
    pub(crate) fn enlist(&self, id: RequestId) -> Waiter<'_> {
        let notify = Arc::clone(self.lock().entry(id).or_default());
        self.come.notify_one();
        Waiter { waiters: self, id, notify }
    }

    /// Returns once somebody waits.
    pub(crate) async fn any(&self) {
        loop {
            let mut come = std::pin::pin!(self.come.notified());
            come.as_mut().enable();
            if !self.lock().is_empty() {
                return;
            }
            come.await;
        }
    }

    /// Wakes those who wait for these streams, and those who wait for the log.
    pub(crate) fn wake(&self, ids: impl IntoIterator<Item = RequestId>) {
        let streams = self.lock();
        if streams.is_empty() {
            return;
        }
        for id in ids.into_iter().chain([RequestId::LOG]) {
            if let Some(notify) = streams.get(&id) {
                notify.notify_waiters();
            }
        }
    }

    /// Wakes everybody.
    pub(crate) fn wake_all(&self) {
        for notify in self.lock().values() {
            notify.notify_waiters();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RequestId, Arc<Notify>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter<'_> {
    /// What wakes it; enlisted from its first poll or `enable` on.
    pub(crate) fn notify(&self) -> &Notify {
        &self.notify
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut streams = self.waiters.lock();
        // Ours is given back under the lock: of two that leave at once the second is the last.
        let ours = std::mem::take(&mut self.notify);
        let last = streams
            .get(&self.id)
            .is_some_and(|n| Arc::ptr_eq(n, &ours) && Arc::strong_count(n) == 2);
        if last {
            streams.remove(&self.id);
        }
        drop(ours);
    }
}
