//! Waking those who wait for a stream, or the whole log, to move.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

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
        self.until(id, |_| moved().then_some(())).await;
    }

    /// Returns what `moved` says of the stream, once it says something; looks again whenever the stream is woken.
    pub(crate) fn until<T, F: Fn(RequestId) -> Option<T>>(
        &self,
        id: RequestId,
        moved: F,
    ) -> Until<'_, F> {
        Until { waiters: self, id, moved, woken: None }
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

    fn enter(&self, id: RequestId) -> Arc<Notify> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(streams.entry(id).or_default())
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

pin_project! {
    /// Waits for one stream. Written out because thousands wait at a time: an `async fn` would keep
    /// some of it twice.
    pub(crate) struct Until<'w, F> {
        waiters: &'w Waiters,
        id: RequestId,
        moved: F,
        // Enlisted, with a handle on the entry.
        #[pin]
        woken: Option<OwnedNotified>,
    }

    impl<F> PinnedDrop for Until<'_, F> {
        fn drop(this: Pin<&mut Self>) {
            this.leave();
        }
    }
}

impl<T, F: Fn(RequestId) -> Option<T>> Future for Until<'_, F> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        loop {
            let mut this = self.as_mut().project();
            if this.woken.is_none() {
                let notify = this.waiters.enter(*this.id);
                this.woken.set(Some(notify.notified_owned()));
                if let Some(mut woken) = this.woken.as_mut().as_pin_mut() {
                    // Enlisted before looking: an append between the two is not missed.
                    woken.as_mut().enable();
                }
                if let Some(said) = (this.moved)(*this.id) {
                    return Poll::Ready(said);
                }
            }
            if let Some(woken) = this.woken.as_pin_mut() {
                ready!(woken.poll(cx));
            }
            self.as_mut().leave();
        }
    }
}

impl<F> Until<'_, F> {
    /// Gives the entry up, and takes it away where nobody else waits.
    fn leave(self: Pin<&mut Self>) {
        let mut this = self.project();
        if this.woken.is_none() {
            return;
        }
        let mut streams = this.waiters.streams.lock().unwrap_or_else(PoisonError::into_inner);
        // Ours is given back under the lock: of two that leave at once the second is the last. What
        // the map holds may be another's: a wake takes the entry away, and others enter anew.
        this.woken.set(None);
        // The map's own handle: nobody waits.
        if streams.get(this.id).is_some_and(|notify| Arc::strong_count(notify) == 1) {
            streams.remove(this.id);
        }
    }
}
