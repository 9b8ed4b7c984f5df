//! One request, from its message to its end: what a review does.

use std::sync::Arc;
use std::time::Duration;

use guardrail_core::approver::{Error, Review};
use guardrail_core::clock::Timestamp;
use guardrail_core::model::{ApprovalRequest, State};
use tokio::sync::oneshot;

use super::receipt::{message, untouched};
use super::shared::Shared;
use super::tail::{Told, tail};
use super::tails::{Places, Tails};
use super::trouble::Patience;
use super::{CHANNEL, words};
use crate::blocks::Note;
use crate::client::Sent;

/// Requests that people have less time for than this are not reminded of.
const WORTH_A_REMINDER: Duration = Duration::from_secs(5 * 60);

/// Longest that a log which fails is asked how a request ended, after the approver has left it.
const TRIES: u32 = 120;

/// The wait between two of them.
const PAUSE: Duration = Duration::from_secs(30);

/// Attends one request until it is settled and its message says so. A task of its own does it: core
/// drops a review soon after the end, and what was shown must be changed all the same.
pub(super) async fn keep(shared: &Arc<Shared>, tails: &Tails, review: Review) -> Result<(), Error> {
    let (done, end) = oneshot::channel();
    tails.spawn(attend(Arc::clone(shared), tails.places(), review, done));
    end.await.unwrap_or_else(|_| Err(Error::channel(CHANNEL, "the task of a request broke off")))
}

/// Attends, and tells the rest. `done` hears once the request needs no review any more.
async fn attend(
    shared: Arc<Shared>,
    places: Places,
    mut review: Review,
    done: oneshot::Sender<Result<(), Error>>,
) {
    let attended = shared.live.attend(&review);
    if let Some(at) = message(review.request()) {
        shared.live.hangs(&at, review.id());
    }
    // What happened before a restart was told before it.
    let mut told = Told::new(review.request(), message(review.request()).is_some());
    let shown = match untouched(review.request()) {
        Some(at) => Ok(Some(at)),
        None => first(&shared, &mut review).await,
    };
    let end = match shown {
        Ok(None) => Ok(()),
        Ok(Some(at)) => watch(&shared, &mut review, &at, &mut told).await,
        Err(error) => Err(error),
    };
    let known = review.current().await.map(|_| ());
    if known.is_ok() && review.request().recorded_state() != State::Pending {
        return tail(&shared, places.take(), review, told, Some(done)).await;
    }
    // It is left to others, and still waits: clicks are answered where they are heard, and once it
    // is settled its message must say so.
    drop(attended);
    // Whoever waited may be gone.
    let _gone = done.send(known.and(end));
    for _ in 0..TRIES {
        match review.settled().await {
            Ok(_) => return tail(&shared, places.take(), review, told, None).await,
            Err(error) => {
                tracing::warn!(%error, "how a request ended is not known");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Shows it, and returns where; `None` once it no longer waits for people.
async fn first(shared: &Shared, review: &mut Review) -> Result<Option<Sent>, Error> {
    let mut patience = Patience::new(shared.config.give_up_after);
    let mut watch = review.clone();
    tokio::select! {
        biased;
        () = shared.ready() => {}
        why = shared.deaf() => return Err(Error::channel(CHANNEL, why)),
        settled = watch.settled() => return settled.map(|_| None),
        () = tokio::time::sleep(shared.config.give_up_after) => {
            return Err(Error::channel(CHANNEL, words::NOT_READY));
        }
    }
    loop {
        let now = review.now();
        if review.current().await?.state(now) != State::Pending {
            watch.settled().await?;
            return Ok(None);
        }
        let pause = match shared.present(review).await {
            Ok(at) => return Ok(Some(at)),
            Err(trouble) => patience.pause(trouble)?,
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            settled = watch.settled() => return settled.map(|_| None),
        }
    }
}

/// Follows a request that waits. Returns once it no longer does.
async fn watch(
    shared: &Shared,
    review: &mut Review,
    at: &Sent,
    told: &mut Told,
) -> Result<(), Error> {
    let mut reminder = reminder(review.request(), review.now());
    loop {
        let wait = reminder.map_or(Duration::MAX, |at| at.since(review.now()));
        tokio::select! {
            changed = review.changed() => {
                if changed?.is_none_or(|request| request.recorded_state() != State::Pending) {
                    return Ok(());
                }
            }
            () = tokio::time::sleep(wait) => {
                // The log's clock decides, not the timer.
                if reminder.is_some_and(|at| review.now() < at) {
                    continue;
                }
                reminder = None;
                remind(shared, review, at).await;
                continue;
            }
            why = shared.deaf() => return Err(Error::channel(CHANNEL, why)),
        }
        if told.votes < review.request().votes().len() {
            // The nonce is spent: the others vote with a fresh one.
            if first(shared, review).await?.is_none() {
                return Ok(());
            }
            told.votes(shared, review.request(), at).await;
        }
    }
}

/// When to say that time is running out; nothing where that is over, or time is short anyway.
pub(super) fn reminder(request: &ApprovalRequest, now: Timestamp) -> Option<Timestamp> {
    let timeout = request.requirement()?.timeout();
    let at = request.created().after(timeout - timeout / 5);
    (timeout >= WORTH_A_REMINDER && at > now).then_some(at)
}

/// Says it in the thread; that it cannot be said changes nothing.
pub(super) async fn remind(shared: &Shared, review: &Review, at: &Sent) {
    let request = review.request();
    let left = words::span(request.expires().since(review.now()));
    let group = shared.place(request).mention.clone();
    let note = Note::reminder(&left, request.tally(), group.as_deref());
    if let Err(error) = shared.say(at, &note).await {
        tracing::warn!(%error, "a reminder was not said");
    }
}
