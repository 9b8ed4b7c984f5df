//! A request for approval: the fold of its audit events.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::model::counted::{CountedVote, voter};
use crate::model::decision::{Decision, Outcome};
use crate::model::digest::Digest;
use crate::model::event::{AuditEvent, Resolved};
use crate::model::fold::{Fold, FoldError};
use crate::model::id::{RequestId, Version};
use crate::model::intent::Intent;
use crate::model::name::PersonId;
use crate::model::receipt::Receipt;
use crate::model::requirement::{Choice, RETRIES, Requirement, Retry, Verdict};
use crate::model::state::State;
use crate::model::tally::Tally;
use crate::model::vote::Identity;

/// A request: an intent, what its policy asks, the votes, where it stands. The fold of its events
/// and nothing else; cheap to clone.
#[derive(Clone, Debug)]
pub struct ApprovalRequest(Arc<Fold>);

impl ApprovalRequest {
    /// The request a stream begins with.
    ///
    /// # Errors
    /// When the stream begins with anything but a request.
    pub fn first(id: RequestId, time: Timestamp, event: &AuditEvent) -> Result<Self, FoldError> {
        Ok(Self(Arc::new(Fold::first(id, time, event)?)))
    }

    /// Takes the next event of a stream that may just begin.
    ///
    /// # Errors
    /// When it cannot follow; the request is unchanged then.
    pub fn fold(
        request: &mut Option<Self>,
        id: RequestId,
        time: Timestamp,
        event: &AuditEvent,
    ) -> Result<(), FoldError> {
        match request {
            Some(request) => request.apply(time, event),
            None => {
                *request = Some(Self::first(id, time, event)?);
                Ok(())
            }
        }
    }

    /// Takes the next event of the stream.
    ///
    /// # Errors
    /// When it cannot follow; the request is unchanged then.
    pub fn apply(&mut self, time: Timestamp, event: &AuditEvent) -> Result<(), FoldError> {
        Arc::make_mut(&mut self.0).apply(time, event)
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> RequestId {
        self.0.id
    }

    /// How many events it is the fold of.
    #[must_use]
    pub fn version(&self) -> Version {
        self.0.version
    }

    /// What the agent is about to do.
    #[must_use]
    pub fn intent(&self) -> &Intent {
        &self.0.requested.intent
    }

    /// What the policy said.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.0.requested.verdict
    }

    /// The digest of the policies it was judged by.
    #[must_use]
    pub fn policy_digest(&self) -> Digest {
        self.0.requested.policy_digest
    }

    /// Who must agree, where people are asked.
    #[must_use]
    pub fn requirement(&self) -> Option<&Arc<Requirement>> {
        match self.verdict() {
            Verdict::Ask(requirement) => Some(requirement),
            _ => None,
        }
    }

    /// When it was made.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        self.0.created
    }

    /// When it expires if nobody decides: pending and at or past this time *is* expired.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        match self.requirement() {
            Some(requirement) => self.0.created.after(requirement.timeout()),
            None => Timestamp::MAX,
        }
    }

    /// When it was decided, where it was.
    #[must_use]
    pub fn decided(&self) -> Option<Timestamp> {
        (self.0.state != State::Pending).then_some(self.0.decided)
    }

    /// When its approval lapses if it is not started, where it is approved.
    #[must_use]
    pub fn lapses(&self) -> Option<Timestamp> {
        let decided = self.decided().filter(|_| self.0.state == State::Approved)?;
        Some(match self.requirement() {
            Some(requirement) => decided.after(requirement.grant_ttl()),
            None => Timestamp::MAX,
        })
    }

    /// Until when its body may begin again, where its outcome is unknown and its policy lets it: as
    /// long as its approval would have lasted, [`RETRIES`] times.
    #[must_use]
    pub fn retries(&self) -> Option<Timestamp> {
        let requirement = self.requirement().filter(|r| r.retry() == Retry::Idempotent)?;
        let may = self.0.state == State::Unknown && self.0.more().retries < RETRIES;
        let decided = self.decided().filter(|_| may)?;
        Some(decided.after(requirement.grant_ttl()))
    }

    /// Where it stands on record, whatever the time.
    #[must_use]
    pub fn recorded_state(&self) -> State {
        self.0.state
    }

    /// Where it stands at `now`: overdue is expired or lapsed, recorded or not.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        match self.0.state {
            State::Pending if now >= self.expires() => State::Expired,
            State::Approved if self.lapses().is_some_and(|lapses| now >= lapses) => State::Lapsed,
            state => state,
        }
    }

    /// The votes that count, oldest first.
    #[must_use]
    pub fn votes(&self) -> &[CountedVote] {
        &self.0.more().votes
    }

    /// How many approvals there are of how many it takes.
    #[must_use]
    pub fn tally(&self) -> Tally {
        match self.requirement() {
            Some(requirement) => requirement.tally(self.approvers()),
            None => Tally { approvals: 0, required: 0 },
        }
    }

    /// The people who approved.
    pub fn approvers(&self) -> impl Iterator<Item = &PersonId> {
        let yes = |vote: &&CountedVote| vote.voted.choice == Choice::Approve;
        self.0.more().votes.iter().filter(yes).map(|vote| &vote.voted.person)
    }

    /// What this channel already sent, oldest first.
    #[must_use]
    pub fn receipts(&self, channel: &str) -> Vec<Receipt> {
        let ours = self.0.more().posted.iter().filter(|posted| &*posted.channel == channel);
        ours.map(|p| Receipt { reference: p.receipt.clone(), nonce: p.nonce }).collect()
    }

    /// How many times it was shown, in all channels.
    #[must_use]
    pub fn shown(&self) -> usize {
        self.0.more().posted.len()
    }

    /// Whether this channel showed a nonce with this hash.
    #[must_use]
    pub fn was_shown(&self, channel: &str, nonce: Digest) -> bool {
        self.0
            .more()
            .posted
            .iter()
            .any(|posted| &*posted.channel == channel && posted.nonce == nonce)
    }

    /// Whether a vote has spent the nonce with this hash.
    #[must_use]
    pub fn is_spent(&self, nonce: Digest) -> bool {
        self.0.more().votes.iter().any(|vote| vote.voted.nonce == nonce)
    }

    /// How many refused votes of this voter are on record, and of everyone.
    #[must_use]
    pub fn refused_votes(&self, who: &Identity, person: Option<&PersonId>) -> (u32, u32) {
        let own = self.0.more().refused.get(&voter(who, person)).copied().unwrap_or(0);
        (own, self.0.more().refused.values().copied().fold(0, u32::saturating_add))
    }

    /// How it ended, where it has.
    #[must_use]
    pub fn decision(&self) -> Option<Decision> {
        match self.0.state {
            State::New | State::Pending => None,
            State::Expired => Some(Decision::Expired),
            State::Withdrawn => Some(Decision::Withdrawn),
            State::Denied => {
                let (by, reason) = self.0.more().denied.clone().unwrap_or_default();
                Some(Decision::Denied { by, reason })
            }
            State::Refused => {
                let reason = match self.verdict() {
                    Verdict::Deny { reason } => Some(reason.clone()),
                    _ => None,
                };
                Some(Decision::Denied { by: None, reason })
            }
            _ => Some(Decision::Approved),
        }
    }

    /// What became of the start, where there was one and it is known.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.0.outcome.as_ref()
    }

    /// Which start its last one is: the first is 1, and each after its outcome was unknown one more.
    #[must_use]
    pub fn start(&self) -> u32 {
        self.0.more().retries.saturating_add(1)
    }

    /// What a person found out, where the outcome was unknown and one has looked.
    #[must_use]
    pub fn resolved(&self) -> Option<&Resolved> {
        self.0.more().resolved.as_deref()
    }

    /// Which of several calls with one key made it.
    #[must_use]
    pub fn made_by(&self) -> Option<RequestId> {
        self.0.requested.call
    }

    /// Which of several calls with one key started it.
    #[must_use]
    pub fn call(&self) -> Option<RequestId> {
        self.0.more().call
    }

    /// The name of an event this version does not know, where the stream holds one.
    #[must_use]
    pub fn unknown_event(&self) -> Option<&str> {
        self.0.more().unknown.as_deref()
    }
}
