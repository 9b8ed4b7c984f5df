//! Spends an approval: checks everything once more, and puts the start on record.

use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::desk::change::Move;
use crate::desk::error::Error;
use crate::desk::permit::Permit;
use crate::model::{
    ApprovalRequest, AuditEvent, Choice, Eligible, PersonId, RequestId, Requirement, Stage, State,
    Verdict,
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
        let (request, refusal) = self
            .change_request(request, |request, now| match request.state(now) {
                State::Approved => match holds(&self.policies(), request, now) {
                    Ok(()) => Move::Append {
                        events: vec![AuditEvent::Started {
                            digest: request.intent().digest(),
                            call,
                        }],
                        before: request.lapses(),
                        then: None,
                    },
                    Err(why) => Move::append(AuditEvent::Lapsed { why: why.clone() }, Some(why)),
                },
                State::Lapsed if request.recorded_state() == State::Approved => {
                    let why: Box<str> = "it was not started in time".into();
                    Move::append(AuditEvent::Lapsed { why: why.clone() }, Some(why))
                }
                state => Move::Stop(Some(format!("the request is {state}").into())),
            })
            .await?;
        Ok(match refusal {
            Some(why) => Start::Refused(Box::new(request), why),
            None => match Permit::issue(request.clone()) {
                Some(permit) => Start::Permitted(Box::new(permit)),
                None => Start::Refused(Box::new(request), "the start is not on record".into()),
            },
        })
    }
}

/// Whether everything the approval rests on still holds.
fn holds(policies: &PolicySet, request: &ApprovalRequest, now: Timestamp) -> Result<(), Box<str>> {
    if let Some(name) = request.unknown_event() {
        return Err(format!("its record holds `{name}`, which this version does not know").into());
    }
    let Some(snapshot) = request.requirement() else { return Ok(()) };
    voters_hold(policies, request, snapshot)?;
    match policies.judge(request.intent()) {
        // A looser policy never helps: the snapshot was satisfied.
        Verdict::Allow => Ok(()),
        Verdict::Deny { reason } => Err(format!("the policy now denies it: {reason}").into()),
        Verdict::Ask(current) => not_tighter(request, &current, now),
    }
}

/// Every counted voter is still active, human, eligible and not of the requesting side.
fn voters_hold(
    policies: &PolicySet,
    request: &ApprovalRequest,
    snapshot: &Requirement,
) -> Result<(), Box<str>> {
    let directory = policies.directory();
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

/// The votes would do under the policy in force as well.
fn not_tighter(
    request: &ApprovalRequest,
    current: &Requirement,
    now: Timestamp,
) -> Result<(), Box<str>> {
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
    if now >= decided.after(current.grant_ttl()) {
        return tighter("an approval lapses sooner");
    }
    Ok(())
}
