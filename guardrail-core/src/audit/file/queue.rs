//! Appends that wait for the writer.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::audit::append::{Append, Appended};
use crate::audit::error::Error;

/// Most appends that wait; more wait for a place.
const PLACES: u32 = 1024;

/// One append that waits.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) append: Append,
    pub(super) answer: oneshot::Sender<Result<Appended, Error>>,
    /// Given back when the append is answered.
    pub(super) _place: OwnedSemaphorePermit,
}

/// What the writer has to do next.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) jobs: VecDeque<Job>,
    /// Those who wait for a checkpoint over everything.
    pub(super) checkpoints: Vec<oneshot::Sender<()>>,
}

impl Work {
    pub(super) fn is_empty(&self) -> bool {
        self.jobs.is_empty() && self.checkpoints.is_empty()
    }
}

/// Appends that wait, in order.
#[derive(Debug)]
pub(super) struct Queue {
    places: Arc<Semaphore>,
    line: Mutex<Line>,
    /// Told when as many wait as the writer waits for.
    enough: Condvar,
}

#[derive(Debug, Default)]
struct Line {
    work: Work,
    /// How many the writer waits for; none, where it does not.
    wanted: usize,
    /// Whether a writer is at work or about to be: at most one at a time.
    is_served: bool,
    /// Whether it has taken jobs that may still be written.
    in_hand: bool,
}

impl Default for Queue {
    fn default() -> Self {
        let places = Arc::new(Semaphore::new(PLACES as usize));
        Self { places, line: Mutex::default(), enough: Condvar::new() }
    }
}

impl Queue {
    /// A place to wait in.
    pub(super) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    /// Waits until nobody waits.
    pub(super) async fn drain(&self) {
        // An error means that it is closed already.
        drop(self.places.acquire_many(PLACES).await);
    }

    /// Waits until nobody waits, and lets nobody in again.
    pub(super) async fn close(&self) {
        // An error means that it is closed already.
        let _ = self.places.acquire_many(PLACES).await;
        self.places.close();
    }

    /// Lines up; `true` asks the caller to send a writer.
    pub(super) fn push(&self, job: Job) -> bool {
        let mut line = self.lock();
        line.work.jobs.push_back(job);
        if line.wanted == line.work.jobs.len() {
            self.enough.notify_one();
        }
        !std::mem::replace(&mut line.is_served, true)
    }

    /// Asks for a checkpoint; `true` asks the caller to send a writer.
    pub(super) fn push_checkpoint(&self, done: oneshot::Sender<()>) -> bool {
        let mut line = self.lock();
        line.work.checkpoints.push(done);
        if line.wanted > 0 {
            self.enough.notify_one();
        }
        !std::mem::replace(&mut line.is_served, true)
    }

    /// Waits on this thread until half of those wait who were just answered or wait already, or
    /// somebody for a checkpoint, but no longer than `patience`.
    pub(super) fn gather(&self, answered: usize, patience: Duration) {
        let mut line = self.lock();
        let wanted = answered.saturating_add(line.work.jobs.len()) / 2;
        line.wanted = wanted;
        let is_short =
            |line: &mut Line| line.work.jobs.len() < wanted && line.work.checkpoints.is_empty();
        let waited = self.enough.wait_timeout_while(line, patience, is_short);
        waited.unwrap_or_else(PoisonError::into_inner).0.wanted = 0;
    }

    /// Everyone who waits. If that is nobody the writer is dismissed.
    pub(super) fn take(&self) -> Work {
        let mut line = self.lock();
        line.in_hand = !line.work.is_empty();
        line.is_served = line.in_hand;
        std::mem::take(&mut line.work)
    }

    /// The appends that have come meanwhile, for a writer that has taken some; none, where somebody
    /// waits for a checkpoint.
    pub(super) fn more(&self) -> VecDeque<Job> {
        let mut line = self.lock();
        if line.work.checkpoints.is_empty() {
            std::mem::take(&mut line.work.jobs)
        } else {
            VecDeque::new()
        }
    }

    /// What was taken is written, or never will be.
    pub(super) fn done(&self) {
        self.lock().in_hand = false;
    }

    /// Whether nothing is written any more unless somebody lines up.
    pub(super) fn is_idle(&self) -> bool {
        let line = self.lock();
        line.work.is_empty() && !line.in_hand
    }

    /// Sends everyone away, and dismisses the writer.
    pub(super) fn abandon(&self) {
        let work = {
            let mut line = self.lock();
            line.is_served = false;
            line.in_hand = false;
            std::mem::take(&mut line.work)
        };
        drop(work);
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
