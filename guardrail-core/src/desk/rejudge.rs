//! Holds what is on record against the policy files it was made under, which no log keeps: the verdicts,
//! who voted, and what was started.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::audit::{AuditRecord, plain};
use crate::desk::cast::voter;
use crate::desk::holds::holds;
use crate::desk::retry::may_retry;
use crate::model::{
    ApprovalRequest, AuditEvent, Digest, FoldError, PersonId, RequestId, Requested, Sequence,
    Verdict, VoteRefusal, Voted,
};
use crate::policy::{Effect, PolicySet};

/// Judges the records of a log once more, each by the policies it was judged by: by the functions by
/// which a desk judges. For records that an [`Inspector`](crate::audit::Inspector) has taken.
///
/// Never called wrong is what may have been right. Which policies a writer had in force when a vote or
/// a start was judged is not on record, only which it had loaded until then: such a record is wrong
/// where none of these lets it be. A refusal on record is not judged, as it may have had another reason
/// than the policies, and nothing runs on it.
///
/// Memory: the requests that are open, as a desk has them, and a few dozen bytes a writer.
#[derive(Clone, Debug)]
pub struct Rejudge {
    files: BTreeMap<Digest, PolicySet>,
    /// By the record by which a writer opened the log: what it has loaded.
    loaded: HashMap<Sequence, BTreeSet<Digest>>,
    /// Those that can still be voted on or started, and those that may begin again.
    open: HashMap<RequestId, ApprovalRequest>,
    rejudged: Rejudged,
}

/// What was judged once more, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejudged {
    /// For each of the files, how many requests were made under it: judged, with their votes and starts.
    pub requests: BTreeMap<Digest, u64>,
    /// For all other policies, how many requests were made under them: not judged.
    pub others: BTreeMap<Digest, u64>,
    /// How many requests were refused before anybody was asked: not judged.
    pub refused: u64,
    /// How many votes and starts were not judged, though their requests were: whoever wrote them had
    /// also loaded policies that are not among the files, and none of the files lets them be.
    pub unjudged: u64,
}

/// The first record that is not what the policies say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {sequence} is not what the policies say that it was made under: {why}")]
#[non_exhaustive]
pub struct RejudgeError {
    /// Its place in the log.
    pub sequence: Sequence,
    /// What is wrong with it.
    pub why: Misjudged,
}

/// How a record is not what the policies say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misjudged {
    /// The policies do something else with such a call.
    #[error("its verdict is `{recorded}`, and they say `{judged}`")]
    Verdict {
        /// What the record says.
        recorded: Effect,
        /// What the policies say.
        judged: Effect,
    },
    /// The policies ask others, or otherwise.
    #[error("whom it asks, and how, is not what they say")]
    Requirement,
    /// The vote is of somebody whose vote does not count.
    #[error("the vote does not count: {0}")]
    Vote(VoteRefusal),
    /// The vote is another person's.
    #[error("the account that voted belongs to `{0}`, and the vote is another's")]
    Person(PersonId),
    /// What was started rests on something that does not hold.
    #[error("the start was not allowed: {0}")]
    Start(Box<str>),
    /// Its writer never put these policies in force, or any at all.
    #[error("its writer has not loaded the policies that it was judged by")]
    NotLoaded,
    /// It cannot follow the records before it.
    #[error(transparent)]
    Fold(#[from] FoldError),
}

impl Rejudge {
    /// By these policies: a file and its earlier versions.
    #[must_use]
    pub fn by(files: impl IntoIterator<Item = PolicySet>) -> Self {
        let files: BTreeMap<_, _> = files.into_iter().map(|file| (file.digest(), file)).collect();
        let requests = files.keys().map(|digest| (*digest, 0)).collect();
        let rejudged = Rejudged { requests, ..Rejudged::default() };
        Self { files, loaded: HashMap::new(), open: HashMap::new(), rejudged }
    }

    /// Takes the next record of the log.
    ///
    /// # Errors
    /// When it is not what the policies say that it was made under.
    pub fn push(&mut self, record: &AuditRecord) -> Result<(), RejudgeError> {
        let sequence = record.sequence();
        self.take(record).map_err(|why| RejudgeError { sequence, why })
    }

    /// What was judged so far.
    #[must_use]
    pub const fn so_far(&self) -> &Rejudged {
        &self.rejudged
    }

    fn take(&mut self, record: &AuditRecord) -> Result<(), Misjudged> {
        let (id, time) = (record.id(), record.time());
        match record.event() {
            AuditEvent::PolicyLoaded { digest } => {
                self.loaded.entry(record.writer()).or_default().insert(*digest);
            }
            AuditEvent::Requested(requested) => {
                if self.verdict(record.writer(), requested)? {
                    let request = ApprovalRequest::first(id, time, record.event())?;
                    self.open.insert(id, request);
                }
            }
            event => {
                let Some(mut request) = self.open.remove(&id) else { return Ok(()) };
                let writer = record.writer();
                match event {
                    AuditEvent::Voted(vote) => {
                        self.held(writer, &request, |policies| counts(policies, &request, vote))?;
                    }
                    AuditEvent::Started { .. } => self.held(writer, &request, |policies| {
                        holds(policies, &request, time).map(drop).map_err(not_allowed)
                    })?,
                    AuditEvent::Retried { .. } => self.held(writer, &request, |policies| {
                        may_retry(policies, &request, time).map(drop).map_err(not_allowed)
                    })?,
                    _ => {}
                }
                request.apply(time, event)?;
                if !request.recorded_state().is_final() || request.retries().is_some() {
                    self.open.insert(id, request);
                }
            }
        }
        Ok(())
    }

    /// Judges the call once more. Says whether its votes and starts are judged as well.
    fn verdict(&mut self, writer: Sequence, requested: &Requested) -> Result<bool, Misjudged> {
        if let Verdict::Deny { .. } = requested.verdict {
            self.rejudged.refused = self.rejudged.refused.saturating_add(1);
            return Ok(false);
        }
        let digest = requested.policy_digest;
        let Some(policies) = self.files.get(&digest) else {
            count(&mut self.rejudged.others, digest);
            return Ok(false);
        };
        if !self.loaded.get(&writer).is_some_and(|loaded| loaded.contains(&digest)) {
            return Err(Misjudged::NotLoaded);
        }
        let judged = policies.judge(&requested.intent);
        if judged != requested.verdict {
            let (recorded, judged) = (effect(&requested.verdict), effect(&judged));
            return Err(match recorded == judged {
                true => Misjudged::Requirement,
                false => Misjudged::Verdict { recorded, judged },
            });
        }
        count(&mut self.rejudged.requests, digest);
        Ok(true)
    }

    /// Whether any of the policies that the writer may have had in force lets it be.
    fn held(
        &mut self,
        writer: Sequence,
        request: &ApprovalRequest,
        judge: impl Fn(&PolicySet) -> Result<(), Misjudged>,
    ) -> Result<(), Misjudged> {
        let (mut wrong, mut is_known) = (Misjudged::NotLoaded, true);
        for digest in self.loaded.get(&writer).into_iter().flatten() {
            match self.files.get(digest).map(&judge) {
                Some(Ok(())) => return Ok(()),
                Some(Err(why)) => {
                    // What the policies say that it was asked under is told first.
                    if wrong == Misjudged::NotLoaded || *digest == request.policy_digest() {
                        wrong = why;
                    }
                }
                None => is_known = false,
            }
        }
        if is_known {
            return Err(wrong);
        }
        self.rejudged.unjudged = self.rejudged.unjudged.saturating_add(1);
        Ok(())
    }
}

/// Whether the vote is of the person it says, and counts.
fn counts(policies: &PolicySet, request: &ApprovalRequest, vote: &Voted) -> Result<(), Misjudged> {
    let not_asked = || Misjudged::Vote(VoteRefusal::NotPending(request.recorded_state()));
    let requirement = request.requirement().ok_or_else(not_asked)?;
    match voter(policies, request, requirement, &vote.identity) {
        Ok(person) if person == vote.person => Ok(()),
        Ok(person) => Err(Misjudged::Person(person)),
        Err(refusal) => Err(Misjudged::Vote(refusal)),
    }
}

/// What may repeat the name of an event that is not known here.
fn not_allowed(why: Box<str>) -> Misjudged {
    Misjudged::Start(plain(&why).into())
}

fn effect(verdict: &Verdict) -> Effect {
    match verdict {
        Verdict::Allow => Effect::Allow,
        Verdict::Ask(_) => Effect::Ask,
        Verdict::Deny { .. } => Effect::Deny,
    }
}

fn count(counts: &mut BTreeMap<Digest, u64>, digest: Digest) {
    let count = counts.entry(digest).or_default();
    *count = count.saturating_add(1);
}
