//! The requests a review of this process attends now: where their messages stand, and whose turn it
//! is to change one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guardrail_core::approver::Review;
use guardrail_core::model::RequestId;

use crate::client::Sent;

/// The requests attended now. As many as wait, which core bounds.
#[derive(Debug, Default)]
pub(super) struct Live {
    requests: Mutex<HashMap<RequestId, Entry>>,
}

#[derive(Debug)]
struct Entry {
    review: Review,
    at: Option<Sent>,
    turn: Turn,
    /// Reviews of this request under way: one, but for a moment at most.
    reviews: usize,
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
        let entry =
            || Entry { review: review.clone(), at: None, turn: Turn::default(), reviews: 0 };
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

    /// Whose turn it is with the message; a turn of its own where nobody attends.
    pub(super) fn turn(&self, id: RequestId) -> Turn {
        self.lock().get(&id).map(|entry| Arc::clone(&entry.turn)).unwrap_or_default()
    }

    /// Its message stands here now.
    pub(super) fn stands(&self, id: RequestId, at: &Sent) {
        if let Some(entry) = self.lock().get_mut(&id) {
            entry.at = Some(at.clone());
        }
    }

    /// The request whose message this is.
    pub(super) fn at(&self, at: &Sent) -> Option<RequestId> {
        let requests = self.lock();
        requests.iter().find(|(_, entry)| entry.at.as_ref() == Some(at)).map(|(id, _)| *id)
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
            }
        }
    }
}
