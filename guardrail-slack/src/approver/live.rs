//! The requests a review of this process attends now; whose turn it is to change a message, and
//! whose thread hangs from it.

use std::collections::{HashMap, VecDeque};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use guardrail_core::approver::Review;
use guardrail_core::model::{ApprovalRequest, RequestId, State};
use tokio::sync::Notify;

use crate::client::Sent;

/// Most threads whose requests are remembered, the oldest forgotten first.
const THREADS: usize = 4_096;

/// Turns that are kept before those nobody holds are looked for.
const TURNS: usize = 1_024;

/// The requests attended now, as many as wait, which core bounds; and what is remembered of others.
#[derive(Debug, Default)]
pub(super) struct Live {
    requests: Mutex<HashMap<RequestId, Entry>>,
    /// Told of each request that is attended no longer.
    left: Notify,
    turns: Mutex<Turns>,
    threads: Mutex<Threads>,
}

#[derive(Debug)]
struct Entry {
    review: Review,
    /// Reviews of this request under way: one, but for a moment at most.
    reviews: usize,
}

/// The turns somebody holds or waits for.
#[derive(Debug, Default)]
struct Turns {
    turns: HashMap<RequestId, Weak<tokio::sync::Mutex<()>>>,
    /// How many there were when they were last looked through.
    left: usize,
}

/// Which request's thread hangs from which message. Also of requests that are settled: people talk
/// on.
#[derive(Debug, Default)]
struct Threads {
    requests: HashMap<Sent, RequestId>,
    order: VecDeque<Sent>,
}

/// Held by whoever posts or changes the message of one request and records it.
pub(super) type Turn = Arc<tokio::sync::Mutex<()>>;

/// One request is attended until this is dropped.
#[derive(Debug)]
pub(super) struct Attended<'l> {
    live: &'l Live,
    id: RequestId,
}

impl Live {
    pub(super) fn attend(&self, review: &Review) -> Attended<'_> {
        let id = review.id();
        let entry = || Entry { review: review.clone(), reviews: 0 };
        self.lock().entry(id).or_insert_with(entry).reviews += 1;
        Attended { live: self, id }
    }

    /// Whether a review of this process attends it.
    pub(super) fn has(&self, id: RequestId) -> bool {
        self.lock().contains_key(&id)
    }

    /// Its handle, as its review had it at first.
    pub(super) fn review(&self, id: RequestId) -> Option<Review> {
        self.lock().get(&id).map(|entry| entry.review.clone())
    }

    /// Waits until none that is over is attended any more. Who attends one hears of its end a while after whoever
    /// asked, so that a program which ends with its call would leave the message as it is.
    pub(super) async fn idle(&self) {
        loop {
            let mut left = pin!(self.left.notified());
            left.as_mut().enable();
            let reviews: Vec<Review> = self.lock().values().map(|one| one.review.clone()).collect();
            let mut over = false;
            for mut review in reviews {
                // What cannot be read now is not waited for.
                let now = review.current().await.map(ApprovalRequest::recorded_state);
                over |= now.is_ok_and(|state| state != State::Pending);
            }
            if !over {
                return;
            }
            left.await;
        }
    }

    /// Whose turn it is with the message, whether it is attended or not.
    pub(super) fn turn(&self, id: RequestId) -> Turn {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.turns.get(&id).and_then(Weak::upgrade) {
            return turn;
        }
        if turns.turns.len() >= TURNS.max(2 * turns.left) {
            turns.turns.retain(|_, turn| turn.strong_count() > 0);
            turns.left = turns.turns.len();
        }
        let turn = Turn::default();
        turns.turns.insert(id, Arc::downgrade(&turn));
        turn
    }

    /// The thread of this request hangs from this message.
    pub(super) fn hangs(&self, at: &Sent, id: RequestId) {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        if threads.requests.insert(at.clone(), id).is_some() {
            return;
        }
        threads.order.push_back(at.clone());
        if threads.order.len() > THREADS
            && let Some(oldest) = threads.order.pop_front()
        {
            threads.requests.remove(&oldest);
        }
    }

    /// The request whose thread hangs from this message.
    pub(super) fn at(&self, at: &Sent) -> Option<RequestId> {
        let threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.requests.get(at).copied()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RequestId, Entry>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Attended<'_> {
    fn drop(&mut self) {
        let mut requests = self.live.lock();
        if let Some(entry) = requests.get_mut(&self.id) {
            entry.reviews -= 1;
            if entry.reviews == 0 {
                requests.remove(&self.id);
                self.live.left.notify_waiters();
            }
        }
    }
}
