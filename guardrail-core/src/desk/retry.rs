//! Lets a body begin again whose outcome is unknown, where its policy says that this does no harm.

use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::desk::change::Move;
use crate::desk::error::Error;
use crate::desk::holds::{holds, lets_retry};
use crate::desk::start::Start;
use crate::model::{ApprovalRequest, AuditEvent, Digest, RequestId};
use crate::policy::PolicySet;

impl Desk {
    /// Spends the approval of this request once more. Where that may not be, nothing is written: it
    /// stays unknown, for a person.
    pub(crate) async fn retry(
        &self,
        request: ApprovalRequest,
        call: Option<RequestId>,
    ) -> Result<Start, Error> {
        let tenure = self.log.tenure();
        let mut judged_by = Digest::from_bytes([0; 32]);
        let (request, refusal) = self
            .change_request(request, |request, now| {
                let policies = self.policies();
                judged_by = policies.digest();
                match may_retry(&policies, request, now()) {
                    Ok(until) => {
                        let digest = request.intent().digest();
                        Move::Append {
                            events: vec![AuditEvent::Retried { digest, call }],
                            before: Some(until),
                            then: None,
                        }
                    }
                    Err(why) => Move::Stop(Some(why)),
                }
            })
            .await?;
        match refusal {
            Some(why) => Ok(Start::Refused(Box::new(request), why)),
            None => self.permit(request, judged_by, tenure).await,
        }
    }
}

/// Whether the body may begin again, and until when: the snapshot says so, and the policy in force as
/// well; and everything the approval rests on still holds.
pub(in crate::desk) fn may_retry(
    policies: &PolicySet,
    request: &ApprovalRequest,
    now: Timestamp,
) -> Result<Timestamp, Box<str>> {
    let until = request.retries().ok_or(
        "its outcome is known, it was retried as often as may be, or its policy lets nobody",
    )?;
    let current = lets_retry(policies, request)?;
    holds(policies, request, now)?;
    let decided = request.decided().unwrap_or(Timestamp::MIN);
    let until = until.min(decided.after(current.grant_ttl()));
    if now >= until { Err("the time of its approval is over".into()) } else { Ok(until) }
}
