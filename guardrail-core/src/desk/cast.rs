//! The one function every vote passes, from whatever channel.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::desk::change::Move;
use crate::desk::error::Error;
use crate::model::secret::mask_text;
use crate::model::{
    ApprovalRequest, AuditEvent, Cast, Choice, Digest, Identity, PersonId, Requirement, State,
    TEXT_LIMIT, Tally, Vote, VoteRefusal, Voted, cut,
};
use crate::policy::{PolicySet, Resolution, is_requesting_account};

impl Desk {
    /// Judges a vote and puts it on record, whether it counts or not; settles the request where
    /// the vote decides it.
    pub(crate) async fn cast(
        &self,
        request: ApprovalRequest,
        channel: &Arc<str>,
        vote: &Vote,
    ) -> Result<(ApprovalRequest, Cast), Error> {
        self.change_request(request, |request, now| {
            let policies = self.policies();
            match judge(&policies, request, channel, vote, now()) {
                Ok((person, nonce)) => count(request, channel, vote, person, nonce),
                Err(why) => self.refuse_vote(&policies, request, channel, vote, why),
            }
        })
        .await
    }

    /// Whose vote this identity would cast now, were everything shown.
    pub(crate) fn voter(
        &self,
        request: &ApprovalRequest,
        identity: &Identity,
    ) -> Result<PersonId, VoteRefusal> {
        let requirement = open(request, self.now())?;
        voter(&self.policies(), request, requirement, identity)
    }

    /// A refused vote is an event too, as long as there are not too many of them.
    fn refuse_vote(
        &self,
        policies: &PolicySet,
        request: &ApprovalRequest,
        channel: &str,
        vote: &Vote,
        why: VoteRefusal,
    ) -> Move<Cast> {
        let person = match policies.directory().resolve(vote.identity()) {
            Resolution::Person(person) => Some(person.id().clone()),
            Resolution::Nobody => None,
        };
        let (own, all) = request.refused_votes(vote.identity(), person.as_ref());
        let refused = Cast::Refused(why.clone());
        if own >= self.limits.refused_votes_per_person || all >= self.limits.refused_votes {
            return Move::Stop(refused);
        }
        let event = AuditEvent::VoteRefused {
            channel: channel.into(),
            who: vote.identity().clone(),
            person,
            choice: vote.choice(),
            why,
        };
        Move::append(event, refused)
    }
}

/// Every check a vote passes, in order. Returns whose vote it is, and the hash of its nonce.
fn judge(
    policies: &PolicySet,
    request: &ApprovalRequest,
    channel: &str,
    vote: &Vote,
    now: Timestamp,
) -> Result<(PersonId, Digest), VoteRefusal> {
    let requirement = open(request, now)?;
    if vote.seen.digest != request.intent().digest() {
        return Err(VoteRefusal::OtherDigest);
    }
    // A denial only ever refuses: whoever has seen enough to say no may say it.
    if vote.choice == Choice::Approve && !vote.seen.whole {
        return Err(VoteRefusal::NotWhole);
    }
    let nonce = vote.seen.nonce.hash();
    if !request.was_shown(channel, nonce) {
        return Err(VoteRefusal::UnknownNonce);
    }
    if request.is_spent(nonce) {
        return Err(VoteRefusal::SpentNonce);
    }
    let id = voter(policies, request, requirement, vote.identity())?;
    let reason = vote.reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
    if requirement.reason_required(vote.choice) && !reason {
        return Err(VoteRefusal::NoReason);
    }
    Ok((id, nonce))
}

/// What the request asks for, where it is pending and in time.
fn open(request: &ApprovalRequest, now: Timestamp) -> Result<&Requirement, VoteRefusal> {
    // INVARIANT: pending and in time; the append says it once more by its deadline.
    match (request.state(now), request.requirement()) {
        (State::Pending, Some(requirement)) => Ok(requirement),
        (State::Expired, _) => Err(VoteRefusal::Expired),
        (state, _) => Err(VoteRefusal::NotPending(state)),
    }
}

/// Who the identity is, where a vote of theirs may count.
pub(in crate::desk) fn voter(
    policies: &PolicySet,
    request: &ApprovalRequest,
    requirement: &Requirement,
    identity: &Identity,
) -> Result<PersonId, VoteRefusal> {
    let Resolution::Person(person) = policies.directory().resolve(identity) else {
        return Err(VoteRefusal::Unlinked);
    };
    if !person.is_active() {
        return Err(VoteRefusal::Inactive);
    }
    if !person.is_human() {
        return Err(VoteRefusal::NotHuman);
    }
    let id = person.id();
    if policies.directory().is_requesting_side(id, request.intent())
        || is_requesting_account(identity, request.intent())
    {
        return Err(VoteRefusal::RequestingSide);
    }
    let spelled = id.spelled();
    if request.votes().iter().any(|vote| vote.voted().person.spelled() == spelled) {
        return Err(VoteRefusal::AlreadyVoted);
    }
    if !requirement.is_eligible(id) {
        return Err(VoteRefusal::NotEligible);
    }
    Ok(id.clone())
}

/// The events of a vote that counts, with the decision where it decides.
fn count(
    request: &ApprovalRequest,
    channel: &Arc<str>,
    vote: &Vote,
    person: PersonId,
    nonce: Digest,
) -> Move<Cast> {
    let reason = vote.reason.as_deref().filter(|reason| !reason.trim().is_empty());
    let reason = reason.map(|reason| cut(&mask_text(reason), TEXT_LIMIT));
    let tally = match (vote.choice, request.requirement()) {
        (Choice::Approve, Some(requirement)) => {
            requirement.tally(request.approvers().chain(std::iter::once(&person)))
        }
        (Choice::Deny, _) | (Choice::Approve, None) => request.tally(),
    };
    let voted = AuditEvent::Voted(Arc::new(Voted {
        person: person.clone(),
        identity: vote.identity().clone(),
        channel: Arc::clone(channel),
        choice: vote.choice,
        reason: reason.clone(),
        digest: vote.seen.digest,
        whole: vote.seen.whole,
        nonce,
    }));
    let mut events = Vec::with_capacity(2);
    events.push(voted);
    events.extend(decide(vote.choice, tally, person, reason));
    Move::Append { events, before: Some(request.expires()), then: Cast::Counted(tally) }
}

fn decide(
    choice: Choice,
    tally: Tally,
    person: PersonId,
    reason: Option<Box<str>>,
) -> Option<AuditEvent> {
    match choice {
        Choice::Deny => Some(AuditEvent::Denied { by: Some(person), reason }),
        Choice::Approve => tally.is_complete().then_some(AuditEvent::Approved { tally }),
    }
}
