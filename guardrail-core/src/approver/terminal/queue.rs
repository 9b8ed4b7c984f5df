//! Who may use a terminal: one prompt at a time, in the order in which they came.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

/// The queues of this process, one a terminal, as long as somebody stands in it: a process has
/// one terminal, however many guardrails it has.
static QUEUES: Mutex<BTreeMap<PathBuf, Weak<Queue>>> = Mutex::new(BTreeMap::new());

#[derive(Debug, Default)]
struct Queue {
    /// Fair: who came first is first.
    turn: Arc<tokio::sync::Mutex<()>>,
    waiting: AtomicUsize,
}

/// A place in the queue before a terminal. Dropped, it is left.
#[derive(Debug)]
pub(super) struct Place {
    queue: Arc<Queue>,
}

/// The right to use the terminal, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _turn: OwnedMutexGuard<()>,
}

impl Place {
    /// The last place before this terminal.
    pub(super) fn last(device: &Path) -> Self {
        let mut queues = QUEUES.lock().unwrap_or_else(PoisonError::into_inner);
        queues.retain(|_, queue| queue.strong_count() > 0);
        let queue = queues.get(device).and_then(Weak::upgrade).unwrap_or_default();
        queues.insert(device.to_owned(), Arc::downgrade(&queue));
        queue.waiting.fetch_add(1, Ordering::Relaxed);
        Self { queue }
    }

    /// Waits until everybody before has gone.
    ///
    /// # Cancel safety
    /// Dropped: the turn goes to the next.
    pub(super) async fn turn(&self) -> Turn {
        Turn { _turn: Arc::clone(&self.queue.turn).lock_owned().await }
    }

    /// How many stand in the queue, this one and the one whose turn it is included.
    pub(super) fn waiting(&self) -> usize {
        self.queue.waiting.load(Ordering::Relaxed)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.queue.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may fail loudly")]
mod tests {
    use std::path::Path;
    use std::sync::{Arc, Mutex};

    use super::{Place, QUEUES};

    #[tokio::test]
    async fn those_who_came_first_are_first_and_all_are_counted() {
        let device = Path::new("/dev/a queue");
        let order = Arc::new(Mutex::new(Vec::new()));
        let first = Place::last(device);
        let turn = first.turn().await;
        let mut tasks = Vec::new();
        for number in 0..3 {
            let order = Arc::clone(&order);
            tasks.push(tokio::spawn(async move {
                let place = Place::last(device);
                let _turn = place.turn().await;
                order.lock().unwrap().push((number, place.waiting()));
            }));
            tokio::task::yield_now().await;
        }
        assert_eq!(first.waiting(), 4);
        drop((turn, first));
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [(0, 3), (1, 2), (2, 1)]);
        let other = Place::last(Path::new("/dev/another queue"));
        assert_eq!(other.waiting(), 1);
        assert!(!QUEUES.lock().unwrap().contains_key(device), "what nobody uses is not kept");
    }
}
