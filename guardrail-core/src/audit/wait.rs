//! Waking those who wait for a stream, or the whole log, to move.

use std::collections::hash_map::Entry;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::sync::Notify;

use crate::model::{ById, RequestId};

/// Who waits. An entry exists only while somebody waits, so waiting is what it costs.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    streams: Mutex<ById<Waiting>>,
    log: Notify,
}

impl Waiters {
    /// Returns when `moved` says so; looks again whenever the stream is woken.
    pub(crate) async fn stream(&self, id: RequestId, moved: impl Fn() -> bool) {
        self.until(id, |_| moved().then_some(())).await;
    }

    /// Returns what `moved` says of the stream, once it says something; looks again whenever the stream is woken.
    pub(crate) const fn until<T, F: Fn(RequestId) -> Option<T>>(
        &self,
        id: RequestId,
        moved: F,
    ) -> Until<'_, F> {
        Until { waiters: self, id, moved, place: None }
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
        let streams = self.streams();
        let waiting = if streams.is_empty() { None } else { streams.get(&id) };
        let (one, more) = waiting.map_or((None, Vec::new()), Waiting::wakers);
        // Not under the lock: a waker may drop who waits.
        drop(streams);
        one.into_iter().chain(more).for_each(Waker::wake);
        self.log.notify_waiters();
    }

    /// Wakes everybody.
    pub(crate) fn wake_all(&self) {
        let all: Vec<_> = self.streams().values().map(Waiting::wakers).collect();
        all.into_iter().flat_map(|(one, more)| one.into_iter().chain(more)).for_each(Waker::wake);
        self.log.notify_waiters();
    }

    fn streams(&self) -> MutexGuard<'_, ById<Waiting>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place.
    fn enter(&self, id: RequestId, waker: &Waker) -> Place {
        match self.streams().entry(id) {
            Entry::Occupied(mut waiting) => waiting.get_mut().enter(waker.clone()),
            Entry::Vacant(free) => {
                free.insert(Waiting::One(waker.clone()));
                FIRST
            }
        }
    }

    /// Has this waker woken in a place that was taken.
    fn register(&self, id: RequestId, place: Place, waker: &Waker) {
        let mut streams = self.streams();
        let mine = streams.get_mut(&id).and_then(|waiting| waiting.at(place));
        let other = mine.filter(|mine| !mine.will_wake(waker));
        let before = other.map(|mine| std::mem::replace(mine, waker.clone()));
        // Not under the lock, like all that is dropped here.
        drop(streams);
        drop(before);
    }

    /// Gives a place up, and takes the entry away where nobody else waits.
    fn leave(&self, id: RequestId, place: Place) {
        let mut streams = self.streams();
        let Entry::Occupied(mut waiting) = streams.entry(id) else { return };
        let (is_over, mine) = waiting.get_mut().leave(place);
        let over = is_over.then(|| waiting.remove());
        drop(streams);
        drop((mine, over));
    }
}

/// Who waits for one stream. Thousands are waited for at a time, nearly each by one.
#[derive(Debug)]
enum Waiting {
    /// In the first place.
    One(Waker),
    More(Box<Places>),
}

/// Those who wait for one stream, each in its place.
#[derive(Debug)]
struct Places(Vec<Option<Waker>>);

/// A place among those who wait for one stream, from 1.
type Place = NonZeroUsize;

const FIRST: Place = Place::MIN;

impl Waiting {
    /// Takes a place.
    fn enter(&mut self, waker: Waker) -> Place {
        let places = match self {
            Self::One(first) => {
                let places = vec![Some(first.clone()), Some(waker)];
                *self = Self::More(Box::new(Places(places)));
                return FIRST.saturating_add(1);
            }
            Self::More(places) => &mut places.0,
        };
        let free = places.iter().position(Option::is_none).unwrap_or(places.len());
        match places.get_mut(free) {
            Some(place) => *place = Some(waker),
            None => places.push(Some(waker)),
        }
        FIRST.saturating_add(free)
    }

    fn at(&mut self, place: Place) -> Option<&mut Waker> {
        match self {
            Self::One(waker) => (place == FIRST).then_some(waker),
            Self::More(places) => places.0.get_mut(place.get() - 1)?.as_mut(),
        }
    }

    /// Gives a place up. Returns whether nobody else waits, and who was woken there unless that is
    /// still in it.
    fn leave(&mut self, place: Place) -> (bool, Option<Waker>) {
        match self {
            Self::One(_) => (true, None),
            Self::More(places) => {
                let mine = places.0.get_mut(place.get() - 1).and_then(Option::take);
                (places.0.iter().all(Option::is_none), mine)
            }
        }
    }

    /// Where it is one, nothing is allocated.
    fn wakers(&self) -> (Option<Waker>, Vec<Waker>) {
        match self {
            Self::One(waker) => (Some(waker.clone()), Vec::new()),
            Self::More(places) => (None, places.0.iter().flatten().cloned().collect()),
        }
    }
}

/// Waits for one stream. Written out because thousands wait at a time: an `async fn` would keep
/// some of it twice.
pub(crate) struct Until<'w, F> {
    waiters: &'w Waiters,
    id: RequestId,
    moved: F,
    place: Option<Place>,
}

/// Nothing of it is pinned.
impl<F> Unpin for Until<'_, F> {}

impl<T, F: Fn(RequestId) -> Option<T>> Future for Until<'_, F> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let this = self.get_mut();
        // Before looking: an append between the two is not missed.
        match this.place {
            Some(place) => this.waiters.register(this.id, place, cx.waker()),
            None => this.place = Some(this.waiters.enter(this.id, cx.waker())),
        }
        let Some(said) = (this.moved)(this.id) else { return Poll::Pending };
        this.leave();
        Poll::Ready(said)
    }
}

impl<F> Until<'_, F> {
    fn leave(&mut self) {
        if let Some(place) = self.place.take() {
            self.waiters.leave(self.id, place);
        }
    }
}

impl<F> Drop for Until<'_, F> {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what must not happen")]

    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;
    use crate::clock::{SystemEntropy, Timestamp};

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Somebody who waits for a stream that has not moved, and how often they were woken.
    struct Someone<'w> {
        until: Pin<Box<dyn Future<Output = ()> + 'w>>,
        woken: Arc<Woken>,
    }

    impl<'w> Someone<'w> {
        fn waits(waiters: &'w Waiters, id: RequestId) -> Self {
            let until = Box::pin(waiters.until(id, |_| None));
            let mut someone = Self { until, woken: Arc::default() };
            someone.is_polled();
            someone
        }

        fn is_polled(&mut self) {
            let waker = Waker::from(Arc::clone(&self.woken));
            assert!(self.until.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        }

        fn woken(&self) -> usize {
            self.woken.0.load(Ordering::SeqCst)
        }
    }

    fn id() -> RequestId {
        RequestId::random(Timestamp::from_micros(0), &SystemEntropy).unwrap()
    }

    #[test]
    fn all_who_wait_for_a_stream_are_woken_and_nobody_else() {
        let (waiters, one, other) = (Waiters::default(), id(), id());
        let here: Vec<_> = (0..3).map(|_| Someone::waits(&waiters, one)).collect();
        let there = Someone::waits(&waiters, other);
        waiters.wake(one);
        assert!(here.iter().all(|someone| someone.woken() == 1));
        assert_eq!(there.woken(), 0);
        waiters.wake_all();
        assert!(here.iter().all(|someone| someone.woken() == 2));
        assert_eq!(there.woken(), 1);
    }

    #[test]
    fn who_leaves_takes_no_other_place_along() {
        let (waiters, id) = (Waiters::default(), id());
        for leaves in 0..3 {
            let mut here: Vec<_> = (0..3).map(|_| Someone::waits(&waiters, id)).collect();
            drop(here.remove(leaves));
            here.push(Someone::waits(&waiters, id));
            waiters.wake(id);
            assert!(here.iter().all(|someone| someone.woken() == 1), "{leaves} of 3");
            drop(here);
            assert!(waiters.streams().is_empty(), "{leaves} of 3");
        }
    }

    #[test]
    fn one_alone_leaves_nothing_behind() {
        let (waiters, id) = (Waiters::default(), id());
        drop(Someone::waits(&waiters, id));
        assert!(waiters.streams().is_empty());
    }

    #[test]
    fn who_was_polled_last_is_woken() {
        for others in [0, 1] {
            let (waiters, id) = (Waiters::default(), id());
            let mut someone = Someone::waits(&waiters, id);
            let _others: Vec<_> = (0..others).map(|_| Someone::waits(&waiters, id)).collect();
            let before = std::mem::take(&mut someone.woken);
            someone.is_polled();
            waiters.wake(id);
            assert_eq!((before.0.load(Ordering::SeqCst), someone.woken()), (0, 1));
        }
    }

    /// One who waits for what never comes.
    type Idle = Until<'static, fn(RequestId) -> Option<()>>;

    /// A waker that drops who waits, as a task that is aborted meanwhile may.
    struct Drops(Mutex<Option<Idle>>);

    impl Wake for Drops {
        fn wake(self: Arc<Self>) {
            drop(self.0.lock().unwrap().take());
        }
    }

    #[test]
    fn a_waker_may_drop_who_waits() {
        let (waiters, id): (&'static Waiters, _) = (Box::leak(Box::default()), id());
        let drops = Arc::new(Drops(Mutex::new(None)));
        let mut until = waiters.until(id, (|_| None) as fn(RequestId) -> Option<()>);
        let waker = Waker::from(Arc::clone(&drops));
        assert!(Pin::new(&mut until).poll(&mut Context::from_waker(&waker)).is_pending());
        *drops.0.lock().unwrap() = Some(until);
        waiters.wake(id);
        assert!(waiters.streams().is_empty());
    }

    #[test]
    fn who_is_polled_looks_again() {
        let (waiters, id, moved) = (Waiters::default(), id(), AtomicBool::new(false));
        let mut until = waiters.until(id, |_| moved.swap(true, Ordering::SeqCst).then_some(7));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut until).poll(&mut cx).is_pending());
        assert_eq!(Pin::new(&mut until).poll(&mut cx), Poll::Ready(7));
        assert!(waiters.streams().is_empty());
    }
}
