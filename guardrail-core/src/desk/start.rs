//! Spends an approval: checks everything once more, and puts the start on record.

use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::desk::change::Move;
use crate::desk::error::Error;
use crate::desk::permit::Permit;
use crate::desk::retry::lets_retry;
use crate::model::{
    ApprovalRequest, AuditEvent, Choice, Digest, Eligible, Outcome, PersonId, RequestId,
    Requirement, Stage, State, Verdict,
};
use crate::policy::{Directory, PolicySet};

/// What became of a start.
#[derive(Debug)]
pub(crate) enum Start {
    /// On record: the body may begin.
    Permitted(Box<Permit>),
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
        let mut judged_by = Digest::from_bytes([0; 32]);
        let (request, refusal) = self
            .change_request(request, |request, now| match request.state(now) {
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
            })
            .await?;
        if let Some(why) = refusal {
            return Ok(Start::Refused(Box::new(request), why));
        }
        self.permit(request, judged_by).await
    }

    /// The permit of a start that has just become durable, if it still holds.
    pub(in crate::desk) async fn permit(
        &self,
        request: ApprovalRequest,
        judged_by: Digest,
    ) -> Result<Start, Error> {
        if let Err(why) = self.still_holds(&request, judged_by) {
            let outcome = Outcome::Aborted { why: why.clone() };
            let request = Box::pin(self.record_outcome(request, &outcome)).await?;
            return Ok(Start::Refused(Box::new(request), why));
        }
        Ok(match Permit::issue(request.clone()) {
            Some(permit) => Start::Permitted(Box::new(permit)),
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
        if request.is_retried() {
            lets_retry(&policies, request)?;
        }
        holds(&policies, request, self.log.now()).map(|_| ())
    }
}

/// Whether everything the approval rests on still holds, and until when.
pub(in crate::desk) fn holds(
    policies: &PolicySet,
    request: &ApprovalRequest,
    now: Timestamp,
) -> Result<Option<Timestamp>, Box<str>> {
    if let Some(name) = request.unknown_event() {
        return Err(format!("its record holds `{name}`, which this version does not know").into());
    }
    if let Some(snapshot) = request.requirement() {
        voters_hold(policies, request, snapshot)?;
    }
    match (policies.judge(request.intent()), request.requirement()) {
        // A looser policy never helps: the snapshot was satisfied.
        (Verdict::Allow, _) => Ok(request.lapses()),
        (Verdict::Deny { reason }, _) => Err(format!("the policy now denies it: {reason}").into()),
        (Verdict::Ask(_), None) => Err("the policy has become tighter: it asks people".into()),
        (Verdict::Ask(current), Some(_)) => {
            let until = not_tighter(request, &current, now)?;
            Ok(request.lapses().map(|lapses| lapses.min(until)))
        }
    }
}

/// Every counted voter is still active, human, eligible and not of the requesting side.
fn voters_hold(
    policies: &PolicySet,
    request: &ApprovalRequest,
    snapshot: &Requirement,
) -> Result<(), Box<str>> {
    let directory = policies.directory();
    let digest = request.intent().digest();
    if request.votes().iter().any(|vote| vote.voted().digest != digest || !vote.voted().whole) {
        return Err("a vote was not cast on the whole of this intent".into());
    }
    for id in request.approvers() {
        let person = directory.person(id).filter(|p| p.is_active() && p.is_human());
        let named = |stage: &Stage| stage.people().contains(id) && names(directory, stage, id);
        if person.is_none() || !snapshot.stages().iter().any(named) {
            return Err(format!("`{id}`, who approved, may no longer approve").into());
        }
        if directory.is_requesting_side(id, request.intent()) {
            return Err(format!("`{id}`, who approved, is now of the requesting side").into());
        }
    }
    if snapshot.tally(request.approvers()).is_complete() {
        Ok(())
    } else {
        Err("its votes are not enough".into())
    }
}

/// Whether the words of the stage still mean this person.
fn names(directory: &Directory, stage: &Stage, id: &PersonId) -> bool {
    stage.approvers().iter().any(|approver| match approver {
        Eligible::Person(person) => person == id,
        Eligible::Group(group) => directory.group(group).is_some_and(|all| all.contains(id)),
    })
}

/// The votes would do under the policy in force as well. Returns until when.
fn not_tighter(
    request: &ApprovalRequest,
    current: &Requirement,
    now: Timestamp,
) -> Result<Timestamp, Box<str>> {
    let tighter = |what: &str| Err(format!("the policy has become tighter: {what}").into());
    if !current.tally(request.approvers()).is_complete() {
        return tighter("it asks for other or more people");
    }
    let bare = request.votes().iter().any(|vote| vote.voted().reason.is_none());
    if current.reason_required(Choice::Approve) && bare {
        return tighter("it asks for a reason with every approval");
    }
    let decided = request.decided().unwrap_or(Timestamp::MIN);
    if decided.since(request.created()) >= current.timeout() {
        return tighter("it leaves people less time");
    }
    let until = decided.after(current.grant_ttl());
    if now >= until {
        return tighter("an approval lapses sooner");
    }
    Ok(until)
}
