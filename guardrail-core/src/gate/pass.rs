//! The way of one call through the gate: from its judged intent to a start on record.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tracing::{Instrument as _, Span};

use crate::approver::{attend, tell};
use crate::clock::Timestamp;
use crate::desk::{self, Next, Opening, Start, Watch};
use crate::gate::Guardrail;
use crate::gate::error::Error;
use crate::gate::guarded::Turn;
use crate::gate::judge::Judged;
use crate::gate::track::{Place, Track, Tracked};
use crate::model::{
    ApprovalRequest, Decision, Intent, IntentError, Outcome, RequestId, Requested, State,
};

/// How far a call comes before it must wait.
pub(crate) enum Entered {
    /// Its start is on record.
    Passed(Arc<Requested>),
    /// Its request is before people.
    Waiting(Waiting),
}

/// A call that waits for people. Thousands wait at a time: it holds nothing else.
pub(crate) struct Waiting {
    guardrail: Guardrail,
    over: Next<desk::Settled>,
    /// Nothing where nobody traces the call.
    began: Option<Timestamp>,
    requested: Arc<Requested>,
    span: Span,
}

/// Takes a judged call to where its start is on record, or its request before people.
pub(crate) async fn enter(
    guardrail: &Guardrail,
    judged: &mut Judged,
    track: &Track,
) -> Result<Entered, Error> {
    let desk = &guardrail.inner.desk;
    let Judged { prepared, invalid } = judged;
    let (id, requested) = (prepared.id(), Arc::clone(prepared.requested()));
    let span = tracing::info_span!(
        "guardrail.approval",
        guardrail.request = %id,
        guardrail.policy = %requested.intent.policy(),
        guardrail.action = requested.intent.action(),
        guardrail.decision = tracing::field::Empty,
        guardrail.channel = tracing::field::Empty,
        guardrail.wait_ms = tracing::field::Empty,
    );
    track.follow(Tracked {
        desk: Arc::clone(desk),
        id,
        call: requested.call,
        place: Place::Opening(Arc::clone(&requested), guardrail.clone()),
    });
    // No binding for the future itself: it would be kept twice.
    let opened = desk.open(prepared).instrument(span.clone()).await;
    let passed = match opened {
        Ok(opening) => {
            span.in_scope(|| pass(guardrail, opening, &requested.intent, id, invalid.take(), track))
        }
        Err(error) => Err(Error::unavailable(error)),
    };
    match passed {
        Ok(None) => Ok(Entered::Passed(requested)),
        Ok(Some(watch)) => {
            let (over, began) = (watch.answered(), (!span.is_disabled()).then(|| desk.now()));
            let guardrail = guardrail.clone();
            Ok(Entered::Waiting(Waiting { guardrail, over, began, requested, span }))
        }
        Err(error) => {
            Box::pin(track.clean_up()).await;
            Err(error)
        }
    }
}

/// Goes the way of what became of opening a request. Returns the wait where it must wait for people.
fn pass(
    guardrail: &Guardrail,
    opening: Opening,
    intent: &Intent,
    id: RequestId,
    invalid: Option<Box<IntentError>>,
    track: &Track,
) -> Result<Option<Arc<Watch>>, Error> {
    let desk = &guardrail.inner.desk;
    match opening {
        Opening::Started(permit) => {
            record_decision("allowed");
            track.started(permit);
            Ok(None)
        }
        Opening::Refused(reason) => {
            record_decision("refused");
            track.settle();
            Err(match invalid {
                Some(error) => Error::invalid(id, *error),
                None => Error::Refused { request: id, policy: intent.policy().clone(), reason },
            })
        }
        Opening::Full(request, why) => {
            record_decision("refused");
            track.settle();
            Err(Error::TooMany { request, why })
        }
        Opening::Unkept(error) => {
            record_decision("refused");
            track.settle();
            Err(Error::unavailable(error))
        }
        Opening::Revoked(why) => {
            record_decision("lapsed");
            track.settle();
            Err(Error::Lapsed { request: id, why })
        }
        Opening::KeyReused => {
            track.settle();
            Err(Error::KeyReused { request: id })
        }
        Opening::Pending(request, slot) => {
            track.wait(slot);
            let watch = Watch::new(Arc::clone(desk), request);
            attend(&watch, &guardrail.inner.approvers);
            Ok(Some(watch))
        }
        Opening::Attached(request, slot) => {
            track.wait(slot);
            Ok(Some(Watch::new(Arc::clone(desk), request)))
        }
    }
}

impl Waiting {
    /// Waits for people.
    pub(crate) fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<Settled> {
        Pin::new(&mut self.over).poll(cx)
    }

    /// Takes the call, whose wait is over, to where its start is on record, or its end, and leaves
    /// what came of it with the track.
    pub(crate) fn go_on(self, settled: Settled, track: Arc<Track>) -> impl Future<Output = Turn> {
        let Self { guardrail, over, began, requested, span } = self;
        drop(over);
        async move {
            let started = match settled.map_err(Error::unavailable) {
                Ok(request) => {
                    spend(&guardrail, request, requested.call, began, &track).instrument(span).await
                }
                Err(error) => Err(error),
            };
            if started.is_err() {
                // Boxed: nearly every call that was waited for starts.
                Box::pin(track.clean_up()).await;
            }
            track.pass(started.map(|()| requested));
            Turn::Spoken
        }
    }
}

/// What a wait for people comes to.
pub(crate) type Settled = Result<ApprovalRequest, desk::Error>;

/// Spends the decision.
async fn spend(
    guardrail: &Guardrail,
    request: ApprovalRequest,
    call: Option<RequestId>,
    began: Option<Timestamp>,
    track: &Track,
) -> Result<(), Error> {
    let desk = &guardrail.inner.desk;
    let span = Span::current();
    if let Some(began) = began {
        let waited = u64::try_from(desk.now().since(began).as_millis()).unwrap_or(u64::MAX);
        span.record("guardrail.wait_ms", waited);
    }
    if let Some(vote) = request.votes().last() {
        span.record("guardrail.channel", &*vote.voted().channel);
    }
    // Whether there is still time is judged at the start, and put on record there.
    let may_start = request.recorded_state() == State::Approved;
    if !may_start && request.retries().is_none() {
        let error = ended(&request);
        track.settle();
        return Err(error);
    }
    track.starting();
    let start = match may_start {
        true => desk.start(request, call).await,
        false => desk.retry(request, call).await,
    };
    match start.map_err(Error::unavailable)? {
        Start::Permitted(permit) => {
            record_decision("approved");
            if !may_start {
                // They were told that nobody knows.
                tell(desk, &guardrail.inner.approvers, permit.request());
            }
            track.started(permit);
            Ok(())
        }
        Start::Refused(request, why) => {
            track.settle();
            Err(match request.recorded_state() {
                State::Lapsed | State::Aborted => {
                    record_decision("lapsed");
                    Error::Lapsed { request: request.id(), why }
                }
                _ => ended(&request),
            })
        }
    }
}

/// What a request that cannot start any more means for this call.
fn ended(request: &ApprovalRequest) -> Error {
    let id = request.id();
    record_decision(match request.recorded_state() {
        State::Denied | State::Refused => "denied",
        State::Expired => "expired",
        State::Withdrawn => "withdrawn",
        State::Lapsed => "lapsed",
        _ => "spent",
    });
    if let Some(resolved) = request.resolved() {
        return Error::Resolved { request: id, found: resolved.found };
    }
    if let Some(outcome) = request.outcome() {
        return match outcome {
            Outcome::Unknown { .. } => Error::OutcomeUnknown { request: id },
            Outcome::Aborted { why } => Error::Lapsed { request: id, why: why.clone() },
            Outcome::Completed | Outcome::Failed { .. } => {
                Error::AlreadyExecuted { request: id, outcome: Some(outcome.clone()) }
            }
        };
    }
    if request.recorded_state() == State::Lapsed {
        let why = "it was not started in time, or no longer allowed to".into();
        return Error::Lapsed { request: id, why };
    }
    match request.decision() {
        Some(Decision::Denied { by, reason }) => Error::Denied { request: id, person: by, reason },
        Some(Decision::Withdrawn) => Error::Withdrawn { request: id },
        Some(Decision::Approved) => Error::AlreadyExecuted { request: id, outcome: None },
        Some(Decision::Expired) | None => {
            let timeout = request.requirement().map(|r| r.timeout()).unwrap_or_default();
            Error::Expired { request: id, timeout }
        }
    }
}

fn record_decision(decision: &str) {
    tracing::Span::current().record("guardrail.decision", decision);
}
