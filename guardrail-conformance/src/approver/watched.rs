//! The approver under test, watched: how its reviews end, and cut short where a case says so.

use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Poll;

use async_trait::async_trait;
use guardrail_core::approver::{Approver, Door, Error, Review};
use guardrail_core::gate::Guardrail;
use tokio::sync::Notify;

/// How a review ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    Returned,
    Failed(String),
    /// It did not end by itself.
    Dropped,
}

/// The approver under test, watched.
#[derive(Debug, Clone)]
pub(super) struct Watched {
    approver: Arc<dyn Approver>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    ends: Mutex<Vec<End>>,
    ended: Notify,
    /// After so many polls the first review is dropped and called again.
    cut: Option<usize>,
    door: OnceLock<Guardrail>,
}

impl Watched {
    pub(super) fn new(approver: Arc<dyn Approver>, cut: Option<usize>) -> Self {
        Self { approver, shared: Arc::new(Shared { cut, ..Shared::default() }) }
    }

    /// Where a review comes from that is called again.
    pub(super) fn open(&self, guardrail: &Guardrail) {
        let _before = self.shared.door.set(guardrail.clone());
    }

    /// The reviews that have ended, in order.
    pub(super) fn ends(&self) -> Vec<End> {
        self.shared.ends.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many reviews have ended.
    pub(super) async fn ended(&self, count: usize) -> Vec<End> {
        loop {
            let mut ended = pin!(self.shared.ended.notified());
            ended.as_mut().enable();
            let ends = self.ends();
            if ends.len() >= count {
                return ends;
            }
            ended.await;
        }
    }
}

#[async_trait]
impl Approver for Watched {
    fn channel(&self) -> &str {
        self.approver.channel()
    }

    fn attach(&self, door: Door) {
        self.approver.attach(door);
    }

    async fn review(&self, review: Review) -> Result<(), Error> {
        let mut guard = Guard { shared: &self.shared, end: End::Dropped };
        let review = match self.shared.cut {
            None => review,
            Some(polls) => {
                let id = review.id();
                if let Some(end) = cut(self.approver.review(review), polls).await {
                    return guard.note(end);
                }
                let Some(guardrail) = self.shared.door.get() else {
                    return guard.note(Err(Error::channel("suite", "it has no door")));
                };
                let again = guardrail.review(id, self.channel()).await;
                match again {
                    Ok(review) => review,
                    Err(error) => return guard.note(Err(Error::channel("suite", error))),
                }
            }
        };
        let end = self.approver.review(review).await;
        guard.note(end)
    }
}

/// Polls so many times, then drops it; its end where it came before.
async fn cut<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(end) => Poll::Ready(Some(end)),
            // Dropped where it waits, not where it would be woken.
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

struct Guard<'a> {
    shared: &'a Shared,
    end: End,
}

impl Guard<'_> {
    fn note(&mut self, end: Result<(), Error>) -> Result<(), Error> {
        self.end = match &end {
            Ok(()) => End::Returned,
            Err(error) => End::Failed(error.to_string()),
        };
        end
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        let mut ends = self.shared.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.push(self.end.clone());
        drop(ends);
        self.shared.ended.notify_waiters();
    }
}
