//! Whether what an approval rests on still holds: its voters, and the policy in force.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::model::{
    ApprovalRequest, Choice, Eligible, PersonId, Requirement, Retry, Stage, Verdict,
};
use crate::policy::{Directory, PolicySet};

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

/// What the policy in force asks, where it lets a body begin again.
pub(in crate::desk) fn lets_retry(
    policies: &PolicySet,
    request: &ApprovalRequest,
) -> Result<Arc<Requirement>, Box<str>> {
    match policies.judge(request.intent()) {
        Verdict::Ask(current) if current.retry() == Retry::Idempotent => Ok(current),
        _ => Err("the policy has become tighter: it lets nobody retry".into()),
    }
}
