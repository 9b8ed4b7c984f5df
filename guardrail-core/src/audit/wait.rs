//! Waking those who wait for a stream, or the whole log, to move.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::model::RequestId;

/// Who waits. An entry exists only while somebody waits, so waiting is what it costs.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    streams: Mutex<HashMap<RequestId, Arc<Notify>>>,
    log: Notify,
}

impl Waiters {
    /// Returns when `moved` says so; looks again whenever the stream is woken.
    pub(crate) async fn stream(&self, id: RequestId, moved: impl Fn() -> bool) {
        loop {
            let entry = Entry::new(self, id);
            let mut woken = std::pin::pin!(entry.notify.notified());
            // Enlisted before looking: an append between the two is not missed.
            woken.as_mut().enable();
            if moved() {
                return;
            }
            woken.await;
        }
    }

    /// The same for the whole log.
    pub(crate) async fn log(&self, moved: impl Fn() -> bool) {
        loop {
            let mut woken = std::pin::pin!(self.log.notified());
            woken.as_mut().enable();
            if moved() {
                return;
            }
            woken.await;
        }
    }

    /// Wakes whoever waits for this stream or for the log.
    pub(crate) fn wake(&self, id: RequestId) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = if streams.is_empty() { None } else { streams.remove(&id) };
        drop(streams);
        if let Some(notify) = entry {
            notify.notify_waiters();
        }
        self.log.notify_waiters();
    }

    /// Wakes everybody.
    pub(crate) fn wake_all(&self) {
        let streams =
            std::mem::take(&mut *self.streams.lock().unwrap_or_else(PoisonError::into_inner));
        for notify in streams.values() {
            notify.notify_waiters();
        }
        self.log.notify_waiters();
    }
}

struct Entry<'w> {
    waiters: &'w Waiters,
    id: RequestId,
    notify: Arc<Notify>,
}

impl<'w> Entry<'w> {
    fn new(waiters: &'w Waiters, id: RequestId) -> Self {
        let mut streams = waiters.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let notify = Arc::clone(streams.entry(id).or_default());
        Self { waiters, id, notify }
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        let mut streams = self.waiters.streams.lock().unwrap_or_else(PoisonError::into_inner);
        // Ours is given back under the lock: of two that leave at once the second is the last.
        let ours = std::mem::take(&mut self.notify);
        // The map's handle and ours: nobody else waits.
        let last = streams
            .get(&self.id)
            .is_some_and(|n| Arc::ptr_eq(n, &ours) && Arc::strong_count(n) == 2);
        if last {
            streams.remove(&self.id);
        }
        drop(ours);
    }
}
