//! The way of one call through the gate: from its draft to a start on record.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tracing::Instrument as _;

use crate::approver::attend;
use crate::desk::{Opening, Phase, Start};
use crate::gate::Guardrail;
use crate::gate::attribute::{Draft, PreviewFn};
use crate::gate::context::Context;
use crate::gate::error::Error;
use crate::gate::runtime::has_runtime;
use crate::gate::track::{Track, Tracked};
use crate::model::{
    ApprovalRequest, Decision, Intent, IntentBuilder, IntentError, Outcome, RequestId, State,
};

/// How long a preview may take.
const PREVIEW: Duration = Duration::from_secs(10);

/// Takes one call through the gate. Behind `Ok` its start is on record.
pub(crate) async fn pass(
    guardrail: Option<Guardrail>,
    context: &Context,
    draft: Draft,
    track: &Track,
) -> Result<Arc<Intent>, Error> {
    let Some(guardrail) = guardrail else {
        tracing::error!("a guarded call was refused: no guardrail is installed or in scope");
        return Err(Error::NoGuardrail);
    };
    if !has_runtime() {
        return Err(Error::NoRuntime);
    }
    let Draft { mut builder, preview, .. } = draft;
    if let Some(preview) = preview {
        builder = add_preview(builder, preview, &guardrail).await;
    }
    let origin = context.origin(&guardrail);
    let made = builder.assemble(Some(&origin), &**guardrail.inner.desk.entropy());
    enter(&guardrail, made, track).await
}

/// Takes an intent, or what could be made of one, through the gate.
pub(crate) async fn enter(
    guardrail: &Guardrail,
    made: Result<Intent, (IntentError, Box<Intent>)>,
    track: &Track,
) -> Result<Arc<Intent>, Error> {
    let desk = &guardrail.inner.desk;
    let (prepared, invalid) = match made {
        Ok(intent) => (desk.prepare(intent), None),
        Err((error, intent)) => {
            (desk.prepare_refusal(*intent, error.to_string().into()), Some(error))
        }
    };
    let prepared = prepared.map_err(Error::unavailable)?;
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
    let passed = async {
        match desk.open(prepared).await.map_err(Error::unavailable)? {
            Opening::Started(permit) => {
                record_decision("allowed");
                track.started(Box::new(permit));
                Ok(())
            }
            Opening::Refused(reason) => {
                record_decision("refused");
                track.settle();
                let policy = intent.policy().clone();
                Err(match invalid {
                    Some(error) => Error::invalid(id, error),
                    None => Error::Refused { request: id, policy, reason },
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
                attend(desk, &guardrail.inner.approvers, &request);
                decided(guardrail, *request, call, track).await
            }
            Opening::Attached(request, slot) => {
                track.wait(slot);
                decided(guardrail, *request, call, track).await
            }
        }
    };
    let passed = passed.instrument(span).await;
    if passed.is_err() {
        track.clean_up().await;
    }
    passed.map(|()| intent)
}

/// Waits for the decision and spends it.
async fn decided(
    guardrail: &Guardrail,
    request: ApprovalRequest,
    call: Option<RequestId>,
    track: &Track,
) -> Result<(), Error> {
    let desk = &guardrail.inner.desk;
    let began = desk.now();
    let request = desk.settled(request).await.map_err(Error::unavailable)?;
    let span = tracing::Span::current();
    let waited = u64::try_from(desk.now().since(began).as_millis()).unwrap_or(u64::MAX);
    span.record("guardrail.wait_ms", waited);
    if let Some(vote) = request.votes().last() {
        span.record("guardrail.channel", &*vote.voted().channel);
    }
    // Whether there is still time is judged at the start, and put on record there.
    if request.recorded_state() != State::Approved {
        let error = ended(&request);
        track.settle();
        return Err(error);
    }
    track.starting();
    match desk.start(request, call).await.map_err(Error::unavailable)? {
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
    if let Some(outcome) = request.outcome() {
        return match outcome {
            Outcome::Unknown { .. } => Error::OutcomeUnknown { request: id },
            Outcome::Aborted { why } => Error::Lapsed { request: id, why: why.clone() },
            Outcome::Completed | Outcome::Failed { .. } => Error::AlreadyExecuted { request: id },
        };
    }
    if request.recorded_state() == State::Lapsed {
        let why = "it was not started in time, or no longer allowed to".into();
        return Error::Lapsed { request: id, why };
    }
    match request.decision() {
        Some(Decision::Denied { by, reason }) => Error::Denied { request: id, person: by, reason },
        Some(Decision::Withdrawn) => Error::Withdrawn { request: id },
        Some(Decision::Approved) => Error::AlreadyExecuted { request: id },
        Some(Decision::Expired) | None => {
            let timeout = request.requirement().map(|r| r.timeout()).unwrap_or_default();
            Error::Expired { request: id, timeout }
        }
    }
}

fn record_decision(decision: &str) {
    tracing::Span::current().record("guardrail.decision", decision);
}

/// Makes the preview, within its time; what goes wrong with it refuses the call.
async fn add_preview(
    mut builder: IntentBuilder,
    preview: PreviewFn,
    guardrail: &Guardrail,
) -> IntentBuilder {
    let arguments = match builder.arguments(&**guardrail.inner.desk.entropy()) {
        Ok(arguments) => arguments,
        Err(error) => {
            builder.fail(error.into());
            return builder;
        }
    };
    let made = async {
        let mut future = std::panic::catch_unwind(AssertUnwindSafe(|| preview(arguments)))
            .map_err(|_| "it panicked".to_owned())?;
        std::future::poll_fn(|cx| {
            // After a panic the future is not polled again.
            match std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
                Ok(poll) => poll,
                Err(_) => Poll::Ready(Err("it panicked".to_owned())),
            }
        })
        .await
    };
    match tokio::time::timeout(PREVIEW, made).await {
        Ok(Ok(text)) => builder.preview(text),
        Ok(Err(error)) => {
            builder.fail(IntentError::preview(&error));
            builder
        }
        Err(_) => {
            builder.fail(IntentError::preview("it took longer than 10 seconds"));
            builder
        }
    }
}
