//! Approvers that do as they are told.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use guardrail::approver::{Approver, Error};
use guardrail::{Cast, Identity, Review, Seen, State, Vote};

/// How an approver ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Leaves at once, saying nothing.
    Ok,
    /// Fails.
    Err,
    /// Panics.
    Panic,
    /// Stays until the request is settled.
    Stay,
    /// Stays whatever happens.
    Hang,
}

/// An approver of this name that casts no vote and ends like this.
#[derive(Clone, Debug)]
pub(crate) struct Scripted {
    channel: &'static str,
    end: End,
    under_way: Arc<AtomicUsize>,
}

impl Scripted {
    pub(crate) fn new(channel: &'static str, end: End) -> Self {
        Self { channel, end, under_way: Arc::default() }
    }

    /// How many reviews are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::SeqCst)
    }
}

/// One review that is under way.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Approver for Scripted {
    fn channel(&self) -> &str {
        self.channel
    }

    async fn review(&self, mut review: Review) -> Result<(), Error> {
        let _counted = Counted::new(&self.under_way);
        match self.end {
            End::Ok => Ok(()),
            End::Err => Err(Error::channel(self.channel, "the line is dead")),
            End::Panic => panic!("the phone exploded"),
            End::Stay => review.settled().await.map(|_| ()),
            End::Hang => std::future::pending().await,
        }
    }
}

/// A channel in which this person approves after a while, and which hears all that happens.
#[derive(Clone, Debug)]
pub(crate) struct Voter {
    channel: &'static str,
    person: &'static str,
    after: Duration,
    /// What became of its votes.
    pub(crate) casts: Arc<Mutex<Vec<Cast>>>,
    /// The states it heard of.
    pub(crate) heard: Arc<Mutex<Vec<State>>>,
}

impl Voter {
    pub(crate) fn new(channel: &'static str, person: &'static str, after: Duration) -> Self {
        Self { channel, person, after, casts: Arc::default(), heard: Arc::default() }
    }
}

#[async_trait]
impl Approver for Voter {
    fn channel(&self) -> &str {
        self.channel
    }

    async fn review(&self, mut review: Review) -> Result<(), Error> {
        let nonce = review.show("a message").await?;
        // Time is paused in the tests that use it.
        tokio::time::sleep(self.after).await;
        let seen = Seen::whole(review.request().intent().digest(), nonce);
        let cast = review.cast(Vote::approve(Identity::person(self.person), seen)).await?;
        self.casts.lock().unwrap().push(cast);
        while let Some(request) = review.changed().await? {
            let state = request.recorded_state();
            let mut heard = self.heard.lock().unwrap();
            if heard.last() != Some(&state) {
                heard.push(state);
            }
        }
        Ok(())
    }
}
