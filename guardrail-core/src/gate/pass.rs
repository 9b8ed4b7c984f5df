//! The way of one call through the gate: from its judged intent to a start on record.

use std::sync::Arc;

use tracing::{Instrument as _, Span};

use crate::approver::attend;
use crate::desk::{Opening, Phase, Start};
use crate::gate::Guardrail;
use crate::gate::error::Error;
use crate::gate::judge::Judged;
use crate::gate::track::{Track, Tracked};
use crate::model::{ApprovalRequest, Decision, Intent, IntentError, Outcome, RequestId, State};

/// How far a call comes before it must wait.
pub(crate) enum Entered {
    /// Its start is on record.
    Passed(Arc<Intent>),
    /// Its request is before people.
    Waiting(Waiting),
}

/// A call that waits for people.
pub(crate) struct Waiting {
    request: ApprovalRequest,
    call: Option<RequestId>,
    intent: Arc<Intent>,
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
    let (id, call, intent) = (prepared.id(), prepared.call(), Arc::clone(prepared.intent()));
    let span = tracing::info_span!(
        "guardrail.approval",
        guardrail.request = %id,
        guardrail.policy = %intent.policy(),
        guardrail.action = intent.action(),
        guardrail.decision = tracing::field::Empty,
        guardrail.channel = tracing::field::Empty,
        guardrail.wait_ms = tracing::field::Empty,
    );
    track.follow(Tracked {
        desk: Arc::clone(desk),
        id,
        call,
        phase: Phase::Opening(Arc::clone(&intent)),
        slot: None,
    });
    // No binding for the future itself: it would be kept twice.
    let opened = desk.open(prepared).instrument(span.clone()).await;
    let passed = match opened {
        Ok(opening) => {
            span.in_scope(|| pass(guardrail, opening, &intent, id, invalid.take(), track))
        }
        Err(error) => Err(Error::unavailable(error)),
    };
    match passed {
        Ok(None) => Ok(Entered::Passed(intent)),
        Ok(Some(request)) => Ok(Entered::Waiting(Waiting { request, call, intent, span })),
        Err(error) => {
            Box::pin(track.clean_up()).await;
            Err(error)
        }
    }
}

/// Goes the way of what became of opening a request. Returns it where it must wait for people.
fn pass(
    guardrail: &Guardrail,
    opening: Opening,
    intent: &Intent,
    id: RequestId,
    invalid: Option<Box<IntentError>>,
    track: &Track,
) -> Result<Option<ApprovalRequest>, Error> {
    match opening {
        Opening::Started(permit) => {
            record_decision("allowed");
            track.started(Box::new(permit));
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
            attend(&guardrail.inner.desk, &guardrail.inner.approvers, &request);
            Ok(Some(*request))
        }
        Opening::Attached(request, slot) => {
            track.wait(slot);
            Ok(Some(*request))
        }
    }
}

/// Waits for people, and takes the call to where its start is on record.
pub(crate) async fn wait(
    guardrail: &Guardrail,
    waiting: &Waiting,
    track: &Track,
) -> Result<Arc<Intent>, Error> {
    let decided = decided(guardrail, waiting, track).instrument(waiting.span.clone()).await;
    if decided.is_err() {
        Box::pin(track.clean_up()).await;
    }
    decided.map(|()| Arc::clone(&waiting.intent))
}

/// Waits for the decision and spends it.
async fn decided(guardrail: &Guardrail, waiting: &Waiting, track: &Track) -> Result<(), Error> {
    let desk = &guardrail.inner.desk;
    let began = desk.now();
    let request = desk.settled(&waiting.request).await.map_err(Error::unavailable)?;
    let span = &waiting.span;
    let waited = u64::try_from(desk.now().since(began).as_millis()).unwrap_or(u64::MAX);
    span.record("guardrail.wait_ms", waited);
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
    // Boxed: what waits would hold room for it.
    let start = match may_start {
        true => Box::pin(desk.start(request, waiting.call)).await,
        false => Box::pin(desk.retry(request, waiting.call)).await,
    };
    match start.map_err(Error::unavailable)? {
        Start::Permitted(permit) => {
            record_decision("approved");
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
