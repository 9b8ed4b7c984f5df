//! The one wait for a request that everybody shares who waits for it here: the call, the tasks of
//! its approvers, and their reviews. Thousands of requests wait at a time, and each has one place
//! at the log and one timer instead of one for each of them.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context, Poll, Wake, Waker, ready};

use tokio::runtime::{self, Handle};

use crate::desk::Desk;
use crate::desk::error::Error;
use crate::model::{ApprovalRequest, State, Version};

/// The wait for one request, and the freshest that anybody who shares it knows.
///
/// Nobody in particular is in charge of it: whoever is polled moves it on, and its waker wakes all.
/// So it goes on whoever of them goes away.
pub(crate) struct Watch {
    desk: Arc<Desk>,
    /// Whose timer it uses. In another runtime one waits for oneself: this one's may be gone.
    runtime: Option<runtime::Id>,
    latest: Mutex<ApprovalRequest>,
    places: Mutex<Vec<Option<Waker>>>,
    /// There while somebody waits.
    step: Mutex<Option<Step>>,
}

/// Waits for the next event of a request.
type Step = Pin<Box<dyn Future<Output = Result<ApprovalRequest, Error>> + Send>>;

impl Watch {
    /// The wait for this request, for tasks of the present runtime.
    pub(crate) fn new(desk: Arc<Desk>, request: ApprovalRequest) -> Arc<Self> {
        Arc::new(Self {
            desk,
            runtime: present(),
            latest: Mutex::new(request),
            places: Mutex::default(),
            step: Mutex::default(),
        })
    }

    pub(crate) const fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// The freshest that is known here.
    pub(crate) fn latest(&self) -> ApprovalRequest {
        held(&self.latest).clone()
    }

    /// Takes what somebody has come to know, and wakes who waits for it.
    pub(crate) fn learn(&self, request: &ApprovalRequest) {
        let mut latest = held(&self.latest);
        if request.version() > latest.version() {
            *latest = request.clone();
            drop(latest);
            self.wake_all();
        }
    }

    /// Waits until at least one event follows the first `seen`, and returns the request with it.
    /// Where its time is over first, that is put on record, and is the event.
    ///
    /// Safe to drop at any await.
    pub(crate) const fn next(self: Arc<Self>, seen: Version) -> Next {
        Next { watch: self, wanted: Wanted::After(seen), place: Place::None }
    }

    /// Waits until the request no longer waits for people, and returns it.
    ///
    /// Safe to drop at any await.
    pub(crate) const fn settled(self: Arc<Self>) -> Next {
        Next { watch: self, wanted: Wanted::Settled, place: Place::None }
    }

    fn look(&self, wanted: &Wanted) -> Option<ApprovalRequest> {
        let latest = held(&self.latest);
        let is_there = match wanted {
            Wanted::After(seen) => latest.version() > *seen,
            Wanted::Settled => latest.recorded_state() != State::Pending,
        };
        is_there.then(|| latest.clone())
    }

    fn step(&self) -> Step {
        Box::pin(Arc::clone(&self.desk).next(self.latest()))
    }

    /// Moves the wait on, unless somebody else is just doing that: they wake everybody then.
    fn drive(self: &Arc<Self>) -> Poll<Result<(), Error>> {
        let mut step = match self.step.try_lock() {
            Ok(step) => step,
            Err(TryLockError::WouldBlock) => return Poll::Pending,
            Err(TryLockError::Poisoned(poisoned)) => {
                // What has panicked is not polled again.
                self.step.clear_poison();
                let mut step = poisoned.into_inner();
                *step = None;
                step
            }
        };
        let waker = Waker::from(Arc::clone(self));
        let future = step.get_or_insert_with(|| self.step());
        let next = ready!(future.as_mut().poll(&mut Context::from_waker(&waker)));
        let over = step.take();
        drop(step);
        drop(over);
        match next {
            Ok(request) => self.learn(&request),
            Err(error) => {
                // The others try for themselves.
                self.wake_all();
                return Poll::Ready(Err(error));
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Takes a place among those who are woken.
    fn enter(&self, waker: &Waker) -> usize {
        let mut places = held(&self.places);
        if let Some((place, free)) = places.iter_mut().enumerate().find(|(_, p)| p.is_none()) {
            *free = Some(waker.clone());
            return place;
        }
        places.reserve_exact(1);
        places.push(Some(waker.clone()));
        places.len() - 1
    }

    fn register(&self, place: usize, waker: &Waker) {
        let mut places = held(&self.places);
        let Some(mine) = places.get_mut(place) else { return };
        if mine.as_ref().is_none_or(|known| !known.will_wake(waker)) {
            let before = mine.replace(waker.clone());
            drop(places);
            drop(before);
        }
    }

    /// Gives a place up. The last one ends the wait.
    fn leave(&self, place: usize) {
        let mine = held(&self.places).get_mut(place).and_then(Option::take);
        drop(mine);
        let nobody = || held(&self.places).iter().all(Option::is_none);
        // Whoever holds the step instead looks again once it has let go.
        while let Ok(mut step) = self.step.try_lock() {
            let over = if nobody() { step.take() } else { None };
            let is_there = step.is_some();
            drop(step);
            drop(over);
            if !is_there || !nobody() {
                break;
            }
        }
        // Whoever was polled meanwhile took this for somebody who moves the wait on; and who is gone
        // may have been woken for all.
        self.wake_all();
    }

    fn wake_all(&self) {
        let mut from = 0;
        // Not under the lock: a waker may drop who waits.
        while let Some((place, waker)) = self.waker(from) {
            waker.wake();
            from = place + 1;
        }
    }

    /// The first waker from this place on.
    fn waker(&self, from: usize) -> Option<(usize, Waker)> {
        let places = held(&self.places);
        let mut left = places.iter().enumerate().skip(from);
        left.find_map(|(place, waker)| Some((place, waker.clone()?)))
    }
}

impl Wake for Watch {
    fn wake(self: Arc<Self>) {
        self.wake_all();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.wake_all();
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("latest", &self.latest()).finish_non_exhaustive()
    }
}

/// Waits for a request to move. Written out, since thousands wait at a time.
pub(crate) struct Next {
    watch: Arc<Watch>,
    wanted: Wanted,
    place: Place,
}

/// What is waited for.
enum Wanted {
    /// More events than these.
    After(Version),
    /// That it no longer waits for people.
    Settled,
}

/// Where somebody waits.
enum Place {
    None,
    Shared(usize),
    Alone(Box<Step>),
}

impl Next {
    pub(crate) fn desk(&self) -> &Arc<Desk> {
        &self.watch.desk
    }
}

impl Future for Next {
    type Output = Result<ApprovalRequest, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { watch, wanted, place } = self.get_mut();
        loop {
            if let Place::Shared(place) = place {
                // Before looking: what is learned in between is not missed.
                watch.register(*place, cx.waker());
            }
            if let Some(found) = watch.look(wanted) {
                return Poll::Ready(Ok(found));
            }
            match place {
                Place::None if watch.runtime.is_some_and(|id| Some(id) == present()) => {
                    *place = Place::Shared(watch.enter(cx.waker()));
                }
                Place::None => *place = Place::Alone(Box::new(watch.step())),
                Place::Shared(_) => ready!(watch.drive())?,
                Place::Alone(step) => {
                    let next = ready!(step.as_mut().as_mut().poll(cx));
                    *place = Place::None;
                    watch.learn(&next?);
                }
            }
        }
    }
}

impl Drop for Next {
    fn drop(&mut self) {
        if let Place::Shared(place) = self.place {
            self.watch.leave(place);
        }
    }
}

fn present() -> Option<runtime::Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing below panics half-way.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
