//! Spends an approval: checks everything once more, and puts the start on record.

use crate::audit::Tenure;
use crate::desk::Desk;
use crate::desk::change::Move;
use crate::desk::error::Error;
use crate::desk::holds::{holds, lets_retry};
use crate::desk::permit::Permit;
use crate::model::{ApprovalRequest, AuditEvent, Digest, Outcome, RequestId, State};

/// What became of a start.
#[derive(Debug)]
pub(crate) enum Start {
    /// On record: the body may begin.
    Permitted(Permit),
    /// Not possible; the request as it now stands.
    Refused(Box<ApprovalRequest>, Box<str>),
}

impl Desk {
    /// Spends the approval of this request, once. Where something no longer holds, the approval
    /// lapses, on record.
    pub(crate) async fn start(
        &self,
        request: ApprovalRequest,
        call: Option<RequestId>,
    ) -> Result<Start, Error> {
        let tenure = self.log.tenure();
        let mut judged_by = Digest::from_bytes([0; 32]);
        let (request, refusal) = self
            .change_request(request, |request, now| {
                let now = now();
                match request.state(now) {
                    State::Approved => {
                        let policies = self.policies();
                        judged_by = policies.digest();
                        match holds(&policies, request, now) {
                            Ok(until) => Move::Append {
                                events: vec![AuditEvent::Started {
                                    digest: request.intent().digest(),
                                    call,
                                }],
                                before: until,
                                then: None,
                            },
                            Err(why) => {
                                Move::append(AuditEvent::Lapsed { why: why.clone() }, Some(why))
                            }
                        }
                    }
                    State::Lapsed if request.recorded_state() == State::Approved => {
                        let why: Box<str> = "it was not started in time".into();
                        Move::append(AuditEvent::Lapsed { why: why.clone() }, Some(why))
                    }
                    state => Move::Stop(Some(format!("the request is {state}").into())),
                }
            })
            .await?;
        if let Some(why) = refusal {
            return Ok(Start::Refused(Box::new(request), why));
        }
        self.permit(request, judged_by, tenure).await
    }

    /// The permit of a start that has just become durable, if it still holds. `before` is the tenure
    /// before it was written.
    pub(in crate::desk) async fn permit(
        &self,
        mut request: ApprovalRequest,
        judged_by: Digest,
        before: Option<Tenure>,
    ) -> Result<Start, Error> {
        let tenure = match self.admit(&mut request, judged_by, before).await {
            Ok(tenure) => tenure,
            Err(why) => {
                let outcome = Outcome::Aborted { why: why.clone() };
                let (request, _) = Box::pin(self.record_outcome(request, &outcome)).await?;
                return Ok(Start::Refused(Box::new(request), why));
            }
        };
        Ok(match Permit::issue(request.clone(), tenure) {
            Some(permit) => Start::Permitted(permit),
            None => Start::Refused(Box::new(request), "the start is not on record".into()),
        })
    }

    /// Whether a start that has just become durable holds under the policies in force by now:
    /// they may have changed while the log was writing.
    pub(in crate::desk) fn still_holds(
        &self,
        request: &ApprovalRequest,
        judged_by: Digest,
    ) -> Result<(), Box<str>> {
        let policies = self.policies();
        if policies.digest() == judged_by {
            return Ok(());
        }
        if request.start() > 1 {
            lets_retry(&policies, request)?;
        }
        holds(&policies, request, self.log.now()).map(|_| ())
    }
}
