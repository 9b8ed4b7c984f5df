//! The ends of a request: expired, lapsed, withdrawn, abandoned, and the outcome of a start.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::desk::change::Move;
use crate::desk::error::Error;
use crate::desk::permit::Permit;
use crate::model::{
    ApprovalRequest, AuditEvent, Digest, Intent, Outcome, RequestId, Requested, State, Verdict,
};

/// How long the outcome of a body that has acted is tried to be recorded.
const RETRY: Duration = Duration::from_secs(5);

/// How far a call had come when it went away.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    /// Its request was being put on record: it may be there or not.
    Opening(Arc<Intent>),
    /// It waited for people.
    Waiting,
    /// Its start was being put on record, or was there; the body had not begun.
    Starting,
    /// The body was running.
    Body {
        /// Whether it went away by a panic.
        panicked: bool,
    },
}

impl Desk {
    /// Records what the time has already decided: overdue is expired or lapsed.
    pub(crate) async fn overdue(&self, request: ApprovalRequest) -> Result<ApprovalRequest, Error> {
        let judged = self.change_request(request, |request, now| {
            match (request.recorded_state(), request.state(now)) {
                (State::Pending, State::Expired) => Move::append(AuditEvent::Expired, ()),
                (State::Approved, State::Lapsed) => {
                    let why = "it was not started in time".into();
                    Move::append(AuditEvent::Lapsed { why }, ())
                }
                _ => Move::Stop(()),
            }
        });
        Ok(judged.await?.0)
    }

    /// Ends a request whose call is gone, wherever it stands: nothing starts later.
    pub(crate) async fn abandon(
        &self,
        id: RequestId,
        call: Option<RequestId>,
        phase: &Phase,
    ) -> Result<(), Error> {
        let mut request = None;
        self.catch_up(id, &mut request).await?;
        self.change(id, request, |request, now| {
            let Some(request) = request else {
                // An append that is still under way must not come after us: the first event of
                // the stream is a refusal then. With a key, the next call finds what there is.
                return match phase {
                    Phase::Opening(intent) if !id.is_keyed() => {
                        Move::append(gone_before_record(intent), ())
                    }
                    _ => Move::Stop(()),
                };
            };
            match legal_end(request, now, call, phase) {
                Some(event) => Move::append(event, ()),
                None => Move::Stop(()),
            }
        })
        .await
        .map(|_| ())
    }

    /// Records what became of a start. Tried for 5 seconds: the body has acted.
    pub(crate) async fn finish(&self, permit: &Permit, outcome: &Outcome) -> Result<(), Error> {
        let deadline = tokio::time::Instant::now() + RETRY;
        let mut pause = Duration::from_millis(10);
        loop {
            let tried = tokio::time::timeout_at(deadline, self.record_end(permit, outcome));
            let error = match tried.await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => error,
                Err(_) => {
                    let waited = "the log did not answer within 5 seconds";
                    let log =
                        crate::audit::Error::storage("audit log", "record the outcome", waited);
                    return Err(log.into());
                }
            };
            if tokio::time::Instant::now() + pause >= deadline {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2).min(Duration::from_secs(1));
        }
    }

    async fn record_end(&self, permit: &Permit, outcome: &Outcome) -> Result<(), Error> {
        let judged = self.change_request(permit.request().clone(), |request, _| {
            if request.recorded_state() == State::Started {
                Move::append(event(outcome), ())
            } else {
                Move::Stop(())
            }
        });
        judged.await.map(|_| ())
    }
}

fn event(outcome: &Outcome) -> AuditEvent {
    match outcome {
        Outcome::Completed => AuditEvent::Completed,
        Outcome::Failed { panicked } => AuditEvent::Failed { panicked: *panicked },
        Outcome::Aborted { why } => AuditEvent::Aborted { why: why.clone() },
        Outcome::Unknown { why } => AuditEvent::Unknown { why: why.clone() },
    }
}

fn legal_end(
    request: &ApprovalRequest,
    now: Timestamp,
    call: Option<RequestId>,
    phase: &Phase,
) -> Option<AuditEvent> {
    const GONE: &str = "the call went away";
    Some(match (request.recorded_state(), phase) {
        (State::Pending, _) if request.state(now) == State::Expired => AuditEvent::Expired,
        (State::Pending, _) => AuditEvent::Withdrawn { why: GONE.into() },
        (State::Approved, _) => AuditEvent::Lapsed { why: GONE.into() },
        // Another call with the same key has started it: that one will say.
        (State::Started, _) if request.call() != call => return None,
        (State::Started, Phase::Body { panicked: true }) => AuditEvent::Failed { panicked: true },
        (State::Started, Phase::Body { panicked: false }) => {
            AuditEvent::Unknown { why: "the call went away while the body ran".into() }
        }
        (State::Started, _) => {
            AuditEvent::Aborted { why: "the call went away before the body began".into() }
        }
        _ => return None,
    })
}

fn gone_before_record(intent: &Arc<Intent>) -> AuditEvent {
    AuditEvent::Requested(Arc::new(Requested {
        intent: Arc::clone(intent),
        verdict: Verdict::Deny { reason: "the call went away before it was on record".into() },
        policy_digest: Digest::from_bytes([0; 32]),
    }))
}
