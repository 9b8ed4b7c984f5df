//! The tasks that see requests to their end, and how many of them tell what comes after it.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

/// Most requests that are followed to their end at a time, after they were settled. Those that wait
/// for people core bounds.
const MOST: usize = 4_096;

/// The tasks that see requests to their end. They end with the approver.
#[derive(Debug, Default)]
pub(super) struct Tails {
    tasks: Mutex<JoinSet<()>>,
    places: Places,
}

/// Places for those that were settled and are not told yet. A clone gives of the same.
#[derive(Clone, Debug)]
pub(super) struct Places {
    free: Arc<Semaphore>,
    /// How many are taken.
    busy: watch::Sender<usize>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Place {
    busy: watch::Sender<usize>,
    _free: OwnedSemaphorePermit,
}

impl Tails {
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    pub(super) fn places(&self) -> Places {
        self.places.clone()
    }

    /// Waits until none is taken.
    pub(super) async fn idle(&self) {
        // The sender is here, so that there is always an answer.
        let mut busy = self.places.busy.subscribe();
        let _idle = busy.wait_for(|count| *count == 0).await;
    }
}

impl Places {
    /// A place; `None` where too many are taken.
    pub(super) fn take(&self) -> Option<Place> {
        let free = Arc::clone(&self.free).try_acquire_owned().ok()?;
        self.busy.send_modify(|count| *count += 1);
        Some(Place { busy: self.busy.clone(), _free: free })
    }
}

impl Default for Places {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(MOST)), busy: watch::Sender::new(0) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.busy.send_modify(|count| *count -= 1);
    }
}
