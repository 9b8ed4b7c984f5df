//! A log that stops at a place until a test lets it go on.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use guardrail::audit::{Append, Appended, AuditRecord, Error, Tenure};
use guardrail::model::LogId;
use guardrail::{AuditLog, RequestId, Sequence, Timestamp, Version};
use guardrail_conformance::When;
use tokio::sync::Semaphore;

/// Where it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// An append that holds an event of this name, before or after it has happened.
    Append(&'static str, When),
    /// Waiting for a request to move.
    Changed,
    /// Listing what is orphaned, when it is listed.
    Orphaned,
}

/// One stop. Whoever comes there waits until it is opened.
#[derive(Debug)]
pub(crate) struct Stop {
    place: Place,
    reached: Semaphore,
    opened: Semaphore,
}

impl Stop {
    /// Returns once somebody waits here.
    pub(crate) async fn reached(&self) {
        self.reached.acquire().await.unwrap().forget();
    }

    /// Lets all go on, now and later.
    pub(crate) fn open(&self) {
        self.opened.close();
    }
}

/// A log around another one that stops where it is told.
#[derive(Debug)]
pub(crate) struct PausingLog<L> {
    inner: L,
    stops: Mutex<Vec<Arc<Stop>>>,
    tenure: Mutex<Option<Tenure>>,
    orphans: Mutex<Vec<(RequestId, Version)>>,
}

impl<L: AuditLog> PausingLog<L> {
    pub(crate) fn new(inner: L) -> Arc<Self> {
        let tenure = Mutex::new(Some(Tenure::SOLE));
        let (stops, orphans) = (Mutex::default(), Mutex::default());
        Arc::new(Self { inner, stops, tenure, orphans })
    }

    /// The log inside.
    pub(crate) const fn inner(&self) -> &L {
        &self.inner
    }

    /// From now on whoever comes there waits.
    pub(crate) fn stop(&self, place: Place) -> Arc<Stop> {
        let stop = Arc::new(Stop { place, reached: Semaphore::new(0), opened: Semaphore::new(0) });
        self.stops.lock().unwrap().push(Arc::clone(&stop));
        stop
    }

    /// Whoever comes there from now on goes on; who waits there still waits.
    pub(crate) fn forget(&self, stop: &Arc<Stop>) {
        self.stops.lock().unwrap().retain(|other| !Arc::ptr_eq(other, stop));
    }

    /// From now on this is since when nobody has taken this process for gone.
    pub(crate) fn set_tenure(&self, tenure: Option<Tenure>) {
        *self.tenure.lock().unwrap() = tenure;
    }

    /// Once, this request seems to be orphaned at this version.
    pub(crate) fn seems_orphaned(&self, id: RequestId, version: Version) {
        self.orphans.lock().unwrap().push((id, version));
    }

    async fn pass(&self, here: impl Fn(Place) -> bool) {
        let stops: Vec<Arc<Stop>> = self.stops.lock().unwrap().clone();
        for stop in stops.iter().filter(|stop| here(stop.place) && !stop.opened.is_closed()) {
            stop.reached.add_permits(1);
            let _opened = stop.opened.acquire().await;
        }
    }
}

#[async_trait]
impl<L: AuditLog> AuditLog for PausingLog<L> {
    fn id(&self) -> LogId {
        self.inner.id()
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        let at = |now| {
            move |place| match place {
                Place::Append(name, when) => {
                    when == now && append.events.iter().any(|event| event.name() == name)
                }
                Place::Changed | Place::Orphaned => false,
            }
        };
        self.pass(at(When::Before)).await;
        let appended = self.inner.append(append).await;
        self.pass(at(When::After)).await;
        appended
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.inner.stream(id, after).await
    }

    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.inner.read(after, limit).await
    }

    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
        let changed = self.inner.changed(id, seen).await;
        self.pass(|place| place == Place::Changed).await;
        changed
    }

    async fn grown(&self, seen: Sequence) -> Result<(), Error> {
        self.inner.grown(seen).await
    }

    async fn open(&self, after: Option<RequestId>, limit: usize) -> Result<Vec<RequestId>, Error> {
        self.inner.open(after, limit).await
    }

    async fn orphaned(&self, limit: usize) -> Result<Vec<(RequestId, Version)>, Error> {
        let mut orphans = self.inner.orphaned(limit).await?;
        orphans.append(&mut self.orphans.lock().unwrap());
        self.pass(|place| place == Place::Orphaned).await;
        Ok(orphans)
    }

    fn tenure(&self) -> Option<Tenure> {
        *self.tenure.lock().unwrap()
    }

    fn now(&self) -> Timestamp {
        self.inner.now()
    }
}
