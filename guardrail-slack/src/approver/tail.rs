//! What is told of a request that no longer waits: its end in message and thread, its start, what
//! became of it, and a word to the person it is done for.

use std::sync::Arc;

use guardrail_core::approver::Review;
use guardrail_core::model::{ApprovalRequest, State};
use tokio::sync::oneshot;

use super::receipt::message;
use super::shared::Shared;
use super::trouble::{Patience, Trouble};
use crate::blocks::Note;
use crate::client::Sent;

/// What of a request was told in its thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) votes: usize,
    state: State,
}

impl Told {
    /// Nothing; or, after a restart, what there was.
    pub(super) fn new(request: &ApprovalRequest, before: bool) -> Self {
        if before {
            Self { votes: request.votes().len(), state: request.recorded_state() }
        } else {
            Self { votes: 0, state: State::Pending }
        }
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
    shared: Arc<Shared>,
    mut review: Review,
    mut told: Told,
    done: oneshot::Sender<()>,
) {
    let mut done = Some(done);
    loop {
        let at = message(review.request());
        if let Some(at) = &at
            && let Err(error) = close(&shared, &review, at).await
        {
            tracing::warn!(%error, "the message of a request that is over could not be changed");
        }
        if let Some(done) = done.take() {
            // Whoever waited may be gone.
            let _gone = done.send(());
        }
        tell(&shared, &review, &mut told, at.as_ref()).await;
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

/// Changes the message, however long Slack takes to come back.
async fn close(shared: &Shared, review: &Review, at: &Sent) -> Result<(), Trouble> {
    let mut patience = Patience::new(shared.config.give_up_after);
    loop {
        let pause = match shared.close(review, at).await {
            Ok(()) => return Ok(()),
            Err(trouble) => patience.pause(trouble)?,
        };
        tokio::time::sleep(pause).await;
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
