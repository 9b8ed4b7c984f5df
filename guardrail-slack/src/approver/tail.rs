//! What is told of a request that no longer waits: its end in message and thread, its start, what
//! became of it, and a word to the person it is done for.

use std::time::Duration;

use guardrail_core::approver::{Error, Review};
use guardrail_core::model::{ApprovalRequest, State};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::receipt::message;
use super::shared::Shared;
use super::tails::Place;
use super::trouble::{Patience, Trouble};
use crate::blocks::Note;
use crate::client::Sent;

/// How long an outage may last after which the end of a request is still told. Buttons that lead
/// nowhere must not stay because Slack was down for an hour.
pub(super) const OUTAGE: Duration = Duration::from_secs(24 * 60 * 60);

/// What of a request was told in its thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) votes: usize,
    state: State,
}

impl Told {
    /// Nothing; or, after a restart, the votes there were. An end is news even then: a review that
    /// begins with one is made because that end was put on record just now.
    pub(super) fn new(request: &ApprovalRequest, before: bool) -> Self {
        let votes = if before { request.votes().len() } else { 0 };
        Self { votes, state: State::Pending }
    }

    /// Tells the votes that were not told yet. Those that cannot be told stand in the message.
    pub(super) async fn votes(&mut self, shared: &Shared, request: &ApprovalRequest, at: &Sent) {
        for (nth, vote) in request.votes().iter().enumerate().skip(self.votes) {
            // As it stood when that vote came.
            let people = request.votes().iter().take(nth + 1);
            let people = people.map(|vote| &vote.voted().person);
            let tally = match request.requirement() {
                Some(requirement) => requirement.tally(people),
                None => request.tally(),
            };
            if let Err(error) = shared.say(at, &Note::vote(vote, tally)).await {
                tracing::warn!(%error, "a vote was not told in its thread");
            }
        }
        self.votes = request.votes().len();
    }
}

/// Tells the rest of a request. `done` hears once its end stands in the message.
pub(super) async fn tail(
    shared: &Shared,
    place: Option<Place>,
    mut review: Review,
    mut told: Told,
    mut done: Option<oneshot::Sender<Result<(), Error>>>,
) {
    loop {
        let at = message(review.request());
        if let Some(at) = &at
            && let Err(error) = close(shared, &review, at, place.is_some()).await
        {
            tracing::warn!(%error, "the message of a request that is over could not be changed");
        }
        if let Some(done) = done.take() {
            // Whoever waited may be gone.
            let _gone = done.send(Ok(()));
        }
        if place.is_none() {
            tracing::error!("too many requests are followed to their end; one is not");
            return;
        }
        tell(shared, &review, &mut told, at.as_ref()).await;
        if review.request().recorded_state().is_final() {
            return;
        }
        match review.changed().await {
            Ok(Some(_)) => {}
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "a request could not be followed to its end");
                return;
            }
        }
    }
}

/// Changes the message, however long Slack takes to come back, up to a day; once where it has no
/// place among those that are followed.
async fn close(shared: &Shared, review: &Review, at: &Sent, again: bool) -> Result<(), Trouble> {
    let mut patience = Patience::new(if again { OUTAGE } else { Duration::ZERO });
    let started = Instant::now();
    loop {
        let trouble = match shared.close(review, at).await {
            Ok(()) => return Ok(()),
            Err(trouble) => trouble,
        };
        if started.elapsed() >= OUTAGE {
            return Err(trouble);
        }
        tokio::time::sleep(patience.pause(trouble)?).await;
    }
}

/// Tells votes and state, each once, and the end to whom it concerns.
async fn tell(shared: &Shared, review: &Review, told: &mut Told, at: Option<&Sent>) {
    let request = review.request();
    if let Some(at) = at {
        told.votes(shared, request, at).await;
    }
    let state = request.recorded_state();
    if told.state == state {
        return;
    }
    told.state = state;
    if let (Some(at), Some(note)) = (at, Note::state(request))
        && let Err(error) = shared.say(at, &note).await
    {
        tracing::warn!(%error, "an end was not told in its thread");
    }
    if state.is_final()
        && let Err(error) = shared.tell_requester(review).await
    {
        tracing::warn!(%error, "the person it was done for was not told");
    }
}
