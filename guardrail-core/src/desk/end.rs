//! The ends of a request: expired, lapsed, withdrawn, abandoned, and the outcome of a start.

use std::mem::discriminant;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use crate::audit;
use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::desk::change::Move;
use crate::desk::error::Error;
use crate::desk::fence::start_of;
use crate::desk::log::within;
use crate::desk::permit::Permit;
use crate::model::{
    ApprovalRequest, AuditEvent, Digest, Intent, Outcome, RequestId, Requested, State, Verdict,
    Version,
};

/// How long an end is tried to be recorded.
const RETRY: Duration = Duration::from_secs(5);

/// How long one try may take.
const TRY: Duration = Duration::from_secs(2);

/// How long an append that nobody waits for any more is waited for at a time. Less than [`TRY`].
const UNDER_WAY: Duration = Duration::from_secs(1);

/// An end that is to be put on record.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The call went away. Apart: nearly every call ends by its outcome.
    Gone(Box<Gone>),
    /// The body has ended, or will not begin.
    Outcome {
        /// The start.
        permit: Permit,
        /// What became of it.
        outcome: Outcome,
    },
}

impl Ending {
    /// Whether its request may come on record yet, so that looking for it takes time.
    pub(crate) fn may_be_under_way(&self) -> bool {
        match self {
            Self::Gone(gone) => gone.id.is_keyed() && matches!(gone.phase, Phase::Opening(_)),
            Self::Outcome { .. } => false,
        }
    }
}

/// A call that went away.
#[derive(Debug)]
pub(crate) struct Gone {
    /// Its request, which may be on record or not.
    pub(crate) id: RequestId,
    /// Which of several calls with one key it is.
    pub(crate) call: Option<RequestId>,
    /// How far it had come.
    pub(crate) phase: Phase,
}

/// How far a call had come when it went away.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    /// Its request was being put on record: it may be there or not.
    Opening(Arc<Requested>),
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
            match (request.recorded_state(), request.state(now())) {
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

    /// Puts an end on record. Tried for 5 seconds: the body has acted, or the call is gone, and
    /// nobody will come back to say so.
    pub(crate) async fn insist(&self, ending: &Ending) -> Result<(), Error> {
        let deadline = tokio::time::Instant::now() + RETRY;
        match self.try_to_end(ending, TRY).await {
            // Boxed: nearly every end is on record at the first try.
            Err(error) => Box::pin(self.insist_until(deadline, ending, error)).await,
            Ok(()) => Ok(()),
        }
    }

    /// Tries it again until `deadline`, having failed with this error.
    async fn insist_until(
        &self,
        deadline: tokio::time::Instant,
        ending: &Ending,
        mut error: Error,
    ) -> Result<(), Error> {
        let mut pause = Duration::from_millis(10);
        loop {
            if !error.is_transient() || tokio::time::Instant::now() + pause >= deadline {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2).min(Duration::from_secs(1));
            let limit = TRY.min(deadline.saturating_duration_since(tokio::time::Instant::now()));
            match self.try_to_end(ending, limit).await {
                Ok(()) => return Ok(()),
                Err(again) => error = again,
            }
        }
    }

    /// Puts an end on record, if the log takes it within `limit`.
    async fn try_to_end(&self, ending: &Ending, limit: Duration) -> Result<(), Error> {
        // Pinned here: passed by value, it would be kept twice.
        let end = pin!(self.end(ending));
        // What hangs is let go and looked for: it may have happened.
        let late = || audit::Error::storage("audit log", "record the end", "no answer");
        within(limit, end).await.unwrap_or_else(|| Err(late().into()))
    }

    /// Puts an end on record, if the log takes it now.
    pub(crate) async fn end(&self, ending: &Ending) -> Result<(), Error> {
        match ending {
            // Boxed: nearly every call ends by its outcome.
            Ending::Gone(gone) => {
                let Gone { id, call, phase } = &**gone;
                Box::pin(self.abandon(*id, *call, phase)).await?;
                if let Phase::Opening(requested) = phase {
                    Box::pin(self.take_back_unclaimed(*id, &requested.intent)).await;
                }
                Ok(())
            }
            Ending::Outcome { permit, outcome } => {
                let ended = self.record_outcome(permit.request().clone(), outcome).await?;
                match ended {
                    (_, true) => Ok(()),
                    (request, false) => Err(Error::Overtaken {
                        request: request.id(),
                        state: request.recorded_state(),
                    }),
                }
            }
        }
    }

    /// Ends a request whose call is gone, wherever it stands: nothing starts later.
    async fn abandon(
        &self,
        id: RequestId,
        call: Option<RequestId>,
        phase: &Phase,
    ) -> Result<(), Error> {
        let mut request = None;
        self.catch_up(id, &mut request).await?;
        if request.is_none() && id.is_keyed() && matches!(phase, Phase::Opening(_)) {
            // The key stays free, so nothing is written in its place: an append that is still
            // under way is waited for, and ended if it was ours.
            let landed = self.log.changed(id, Version::START);
            let _ = tokio::time::timeout(UNDER_WAY, landed).await;
            self.catch_up(id, &mut request).await?;
        }
        self.change(id, request, |request, now| {
            let Some(request) = request else {
                // An append that is still under way must not come after us: the first event of
                // the stream is a refusal then.
                return match phase {
                    Phase::Opening(requested) if !id.is_keyed() => {
                        Move::append(gone_before_record(requested.intent.clone()), ())
                    }
                    _ => Move::Stop(()),
                };
            };
            // Other calls wait for the same request: it is theirs now.
            let ours = match phase {
                Phase::Opening(_) => request.made_by() == call,
                Phase::Waiting => true,
                Phase::Starting | Phase::Body { .. } => false,
            };
            let waits = matches!(request.recorded_state(), State::Pending | State::Approved);
            if ours && waits && self.places.hand_over(id) {
                return Move::Stop(());
            }
            match legal_end(request, now(), call, phase) {
                // Whoever has seen it expired will not see it withdrawn.
                Some(event @ AuditEvent::Withdrawn { .. }) => {
                    Move::Append { events: vec![event], before: Some(request.expires()), then: () }
                }
                Some(event) => Move::append(event, ()),
                None => Move::Stop(()),
            }
        })
        .await
        .map(|_| ())
    }

    /// The request of a call that went away before it had anybody asked, where others wait for it
    /// here.
    pub(crate) async fn left_to_others(
        &self,
        gone: &Gone,
    ) -> Result<Option<ApprovalRequest>, Error> {
        if !matches!(gone.phase, Phase::Opening(_)) || !self.places.is_awaited(gone.id) {
            return Ok(None);
        }
        let request = self.read(gone.id).await?;
        let ours = request.made_by() == gone.call;
        Ok(Some(request).filter(|r| ours && r.recorded_state() == State::Pending))
    }

    /// Puts the outcome of a start on record. Returns the request as it then stands, and whether that
    /// is its outcome: others may have taken this process for gone, and have recorded another.
    pub(in crate::desk) async fn record_outcome(
        &self,
        request: ApprovalRequest,
        outcome: &Outcome,
    ) -> Result<(ApprovalRequest, bool), Error> {
        // It may have been taken for gone and begun again: that start ends by itself.
        let ours = start_of(&request);
        self.change_request(request, |request, _| {
            if ours != start_of(request) {
                return Move::Stop(false);
            }
            match request.outcome() {
                None => Move::append(event(request, outcome), true),
                // Maybe written by this very call, which was not told.
                Some(there) => Move::Stop(discriminant(there) == discriminant(outcome)),
            }
        })
        .await
    }
}

fn event(request: &ApprovalRequest, outcome: &Outcome) -> AuditEvent {
    match outcome {
        Outcome::Completed => AuditEvent::Completed,
        Outcome::Failed { panicked } => AuditEvent::Failed { panicked: *panicked },
        Outcome::Aborted { why } => not_begun(request, why.clone()),
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
        // Another call with the same key has made it; this one never waited for it.
        (State::Pending | State::Approved, Phase::Opening(_)) if request.made_by() != call => {
            return None;
        }
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
            not_begun(request, "the call went away before the body began".into())
        }
        // A start that is still under way must not come after us: it finds that the stream has moved.
        (State::Unknown, Phase::Starting) if request.retries().is_some() => AuditEvent::Attended,
        _ => return None,
    })
}

/// The body did not begin. Where it had begun before, that says nothing of how that ended.
fn not_begun(request: &ApprovalRequest, why: Box<str>) -> AuditEvent {
    if request.start() > 1 {
        let why = format!("{why}; how it ended that had begun before is not known").into();
        return AuditEvent::Unknown { why };
    }
    AuditEvent::Aborted { why }
}

fn gone_before_record(intent: Intent) -> AuditEvent {
    AuditEvent::Requested(Arc::new(Requested {
        intent,
        verdict: Verdict::Deny { reason: "the call went away before it was on record".into() },
        policy_digest: Digest::from_bytes([0; 32]),
        call: None,
        kept: vec![],
    }))
}
