//! The one wait for a request that everybody shares who waits for it here: the call, the tasks of
//! its approvers, and their reviews. Thousands of requests wait at a time, and each has one place
//! at the log and one timer instead of one for each of them.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
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
    /// How many of those it was brought before are still there.
    attending: AtomicUsize,
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
            attending: AtomicUsize::new(0),
        })
    }

    pub(crate) const fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// The freshest that is known here.
    pub(crate) fn latest(&self) -> ApprovalRequest {
        held(&self.latest).clone()
    }

    /// So many more attend it.
    pub(crate) fn attend(&self, attending: usize) {
        self.attending.fetch_add(attending, Ordering::AcqRel);
    }

    /// One who attended it has gone. Returns whether that was the last.
    pub(crate) fn gone(&self) -> bool {
        self.attending.fetch_sub(1, Ordering::AcqRel) == 1
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
    pub(crate) const fn next(self: Arc<Self>, seen: Version) -> Next<After> {
        Next { watch: self, wanted: After(seen), place: Place::None }
    }

    /// Waits until the request no longer waits for people, and returns it.
    ///
    /// Safe to drop at any await.
    pub(crate) const fn settled(self: Arc<Self>) -> Next<Settled> {
        Next { watch: self, wanted: Settled, place: Place::None }
    }

    /// The same for the call that has just made it: whoever was told of it comes first. One that
    /// answers at once is waited for without a place at the log and without a timer.
    pub(crate) const fn answered(self: Arc<Self>) -> Next<Settled> {
        Next { watch: self, wanted: Settled, place: Place::Last }
    }

    fn look(&self, wanted: &impl Wanted) -> Option<ApprovalRequest> {
        let latest = held(&self.latest);
        wanted.is_there(&latest).then(|| latest.clone())
    }

    fn step(&self) -> Step {
        Box::pin(Arc::clone(&self.desk).next(self.latest()))
    }

    /// Moves the wait on, unless somebody else is just doing that: they wake everybody then.
    fn drive(self: &Arc<Self>) -> Poll<Result<(), Error>> {
        let Some(mut step) = self.try_step() else { return Poll::Pending };
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

    /// The step, unless somebody else holds it.
    fn try_step(&self) -> Option<MutexGuard<'_, Option<Step>>> {
        match self.step.try_lock() {
            Ok(step) => Some(step),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Poisoned(poisoned)) => {
                // What has panicked is not polled again.
                self.step.clear_poison();
                let mut step = poisoned.into_inner();
                *step = None;
                Some(step)
            }
        }
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
        while let Some(mut step) = self.try_step() {
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
pub(crate) struct Next<W> {
    watch: Arc<Watch>,
    wanted: W,
    place: Place,
}

/// What is waited for.
pub(crate) trait Wanted {
    fn is_there(&self, latest: &ApprovalRequest) -> bool;
}

/// More events than these.
pub(crate) struct After(Version);

/// That it no longer waits for people.
pub(crate) struct Settled;

impl Wanted for After {
    fn is_there(&self, latest: &ApprovalRequest) -> bool {
        latest.version() > self.0
    }
}

impl Wanted for Settled {
    fn is_there(&self, latest: &ApprovalRequest) -> bool {
        latest.recorded_state() != State::Pending
    }
}

/// Where somebody waits.
enum Place {
    None,
    /// Behind all who are ready to run.
    Last,
    Shared(usize),
    /// With a timer of this runtime.
    Alone(Box<(Option<runtime::Id>, Step)>),
}

impl<W> Next<W> {
    pub(crate) const fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }

    fn leave(&mut self) {
        if let Place::Shared(place) = std::mem::replace(&mut self.place, Place::None) {
            self.watch.leave(place);
        }
    }
}

impl<W: Wanted + Unpin> Future for Next<W> {
    type Output = Result<ApprovalRequest, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let next = self.get_mut();
        let found = ready!(next.wait(cx));
        // Whoever is not waiting any more keeps no timer alive.
        next.leave();
        Poll::Ready(found)
    }
}

impl<W: Wanted> Next<W> {
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<Result<ApprovalRequest, Error>> {
        let Self { watch, wanted, place } = self;
        let here = present();
        loop {
            match place {
                // Moved to another runtime: the timer of the first may be gone.
                Place::Shared(shared) if watch.runtime != here => {
                    watch.leave(*shared);
                    *place = Place::None;
                }
                Place::Alone(alone) if alone.0 != here => *place = Place::None,
                // Before looking: what is learned in between is not missed.
                Place::Shared(shared) => watch.register(*shared, cx.waker()),
                Place::None | Place::Last | Place::Alone(_) => {}
            }
            if let Some(found) = watch.look(wanted) {
                return Poll::Ready(Ok(found));
            }
            match place {
                Place::Last | Place::None if here.is_some() && watch.runtime == here => {
                    let waits = matches!(place, Place::Last);
                    *place = Place::Shared(watch.enter(cx.waker()));
                    if waits {
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                }
                Place::Last | Place::None => {
                    *place = Place::Alone(Box::new((here, watch.step())));
                }
                Place::Shared(_) => ready!(watch.drive())?,
                Place::Alone(alone) => {
                    let next = ready!(alone.1.as_mut().poll(cx));
                    *place = Place::None;
                    watch.learn(&next?);
                }
            }
        }
    }
}

impl<W> Drop for Next<W> {
    fn drop(&mut self) {
        self.leave();
    }
}

fn present() -> Option<runtime::Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing below panics half-way.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
