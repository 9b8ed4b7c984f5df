//! Nothing ran that nobody allowed: every start against all that stands before it.
//!
//! It trusts none of the arrows between states. It counts the votes anew, and holds each of them,
//! and the start, against the digest that was asked for.

use std::collections::HashMap;
use std::sync::Arc;

use crate::audit::record::AuditRecord;
use crate::audit::verify::{Fault, NotAllowed, VerifyError};
use crate::clock::Timestamp;
use crate::model::{
    Actor, AuditEvent, Choice, Digest, PersonId, Posted, RETRIES, RequestId, Requested,
    Requirement, Retry, Verdict, Voted,
};

/// The requests that may still start, and those that people denied.
#[derive(Clone, Debug, Default)]
pub(super) struct Complete {
    waiting: HashMap<RequestId, Waiting>,
    /// Those that were started and may begin again.
    again: HashMap<RequestId, Again>,
    starts: u64,
}

/// What lets a body begin again.
#[derive(Clone, Copy, Debug)]
struct Again {
    digest: Digest,
    until: Timestamp,
    /// How often it may.
    left: u32,
    /// Whether nobody knows how it ended.
    is_unknown: bool,
}

/// What stands before a start. Nothing of the intent is kept but its digest.
#[derive(Clone, Debug)]
enum Waiting {
    /// The policy or a person said no.
    Denied,
    /// An event followed that is not known here, and may have said no.
    Unknown,
    /// The policy allows it.
    Allowed(Digest),
    /// People are asked.
    Asked(Box<Asked>),
}

#[derive(Clone, Debug)]
struct Asked {
    digest: Digest,
    requirement: Arc<Requirement>,
    created: Timestamp,
    approved: Option<Timestamp>,
    /// The first thing that is wrong with it.
    wrong: Option<NotAllowed>,
    /// Who is asked and stands on the requesting side, as far as the call itself says so: whom an
    /// address or the owner of an agent is, only a directory knows.
    own: Vec<PersonId>,
    posted: Vec<Arc<Posted>>,
    spent: Vec<Digest>,
    yes: Vec<PersonId>,
}

impl Complete {
    /// How many bodies were started.
    pub(super) const fn starts(&self) -> u64 {
        self.starts
    }

    /// Takes the next record.
    ///
    /// # Errors
    /// `Start`, at a start that is not allowed by what stands before it.
    pub(super) fn push(&mut self, record: &AuditRecord) -> Result<(), VerifyError> {
        let (id, time) = (record.id(), record.time());
        match record.event() {
            AuditEvent::Requested(requested) => {
                self.waiting.entry(id).or_insert_with(|| Waiting::new(requested, time));
            }
            AuditEvent::Started { digest, .. } => {
                self.starts = self.starts.saturating_add(1);
                // It is taken out: a second start has nothing before it.
                let judged = match self.waiting.remove(&id) {
                    Some(waiting) => {
                        self.again.extend(waiting.again().map(|again| (id, again)));
                        waiting.judge(*digest, time)
                    }
                    None => Err(NotAllowed::NotApproved),
                };
                let at = |why| VerifyError { sequence: record.sequence(), why: Fault::Start(why) };
                judged.map_err(at)?;
            }
            AuditEvent::Retried { digest, .. } => {
                self.starts = self.starts.saturating_add(1);
                let why = match self.again.get_mut(&id) {
                    Some(again) if again.digest != *digest => NotAllowed::Digest,
                    Some(again) if again.is_unknown && time < again.until && again.left > 0 => {
                        (again.is_unknown, again.left) = (false, again.left - 1);
                        return Ok(());
                    }
                    _ => NotAllowed::Retry,
                };
                return Err(VerifyError { sequence: record.sequence(), why: Fault::Start(why) });
            }
            AuditEvent::Unknown { .. } => {
                if let Some(again) = self.again.get_mut(&id) {
                    again.is_unknown = true;
                }
            }
            AuditEvent::Completed
            | AuditEvent::Failed { .. }
            | AuditEvent::Aborted { .. }
            | AuditEvent::Resolved(_) => drop(self.again.remove(&id)),
            AuditEvent::Expired | AuditEvent::Withdrawn { .. } | AuditEvent::Lapsed { .. } => {
                self.waiting.remove(&id);
            }
            event => {
                if let AuditEvent::Other { .. } = event {
                    self.again.remove(&id);
                }
                if let Some(waiting) = self.waiting.get_mut(&id) {
                    waiting.hear(event, time);
                }
            }
        }
        Ok(())
    }
}

impl Waiting {
    fn new(requested: &Requested, created: Timestamp) -> Self {
        let (digest, actor) = (requested.intent.digest(), requested.intent.actor());
        match &requested.verdict {
            Verdict::Allow => Self::Allowed(digest),
            Verdict::Deny { .. } => Self::Denied,
            Verdict::Ask(requirement) => Self::Asked(Box::new(Asked {
                digest,
                requirement: Arc::clone(requirement),
                created,
                approved: None,
                wrong: match actor.on_behalf_of() {
                    None if requirement.requester_required() => Some(NotAllowed::Requester),
                    _ => None,
                },
                own: own_side(requirement, actor),
                posted: Vec::new(),
                spent: Vec::new(),
                yes: Vec::new(),
            })),
        }
    }

    fn hear(&mut self, event: &AuditEvent, time: Timestamp) {
        match (event, &mut *self) {
            (AuditEvent::Denied { .. }, _) => *self = Self::Denied,
            (AuditEvent::Voted(vote), Self::Asked(_)) if vote.choice == Choice::Deny => {
                *self = Self::Denied;
            }
            (event, Self::Asked(asked)) => asked.hear(event, time),
            (AuditEvent::Other { .. }, Self::Allowed(_)) => *self = Self::Unknown,
            _ => {}
        }
    }

    /// Until when it may begin again, once it was started.
    fn again(&self) -> Option<Again> {
        let Self::Asked(asked) = self else { return None };
        let (digest, requirement) = (asked.digest, &asked.requirement);
        let until = asked.approved?.after(requirement.grant_ttl());
        let may = requirement.retry() == Retry::Idempotent;
        may.then_some(Again { digest, until, left: RETRIES, is_unknown: false })
    }

    fn judge(&self, started: Digest, time: Timestamp) -> Result<(), NotAllowed> {
        match self {
            Self::Denied => Err(NotAllowed::Denied),
            Self::Unknown => Err(NotAllowed::Unknown),
            Self::Allowed(digest) if started == *digest => Ok(()),
            Self::Allowed(_) => Err(NotAllowed::Digest),
            Self::Asked(asked) => asked.judge(started, time),
        }
    }
}

impl Asked {
    fn hear(&mut self, event: &AuditEvent, time: Timestamp) {
        match event {
            AuditEvent::Posted(posted) => self.posted.push(Arc::clone(posted)),
            AuditEvent::Voted(vote) => {
                let wrong = self.wrong_with(vote, time);
                self.wrong = self.wrong.or(wrong);
                self.spent.push(vote.nonce);
                self.yes.push(vote.person.clone());
            }
            AuditEvent::Approved { tally } => {
                let wrong = self.wrong_when(time);
                let others = self.requirement.tally(&self.yes) != *tally;
                self.wrong = self.wrong.or(wrong).or(others.then_some(NotAllowed::Votes));
                self.approved = self.approved.or(Some(time));
            }
            AuditEvent::Other { .. } => self.wrong = self.wrong.or(Some(NotAllowed::Unknown)),
            _ => {}
        }
    }

    fn wrong_with(&self, vote: &Voted, time: Timestamp) -> Option<NotAllowed> {
        let shown =
            |posted: &Arc<Posted>| posted.nonce == vote.nonce && posted.channel == vote.channel;
        if vote.digest != self.digest || !vote.whole {
            return Some(NotAllowed::Vote);
        }
        if !self.posted.iter().any(shown) || self.spent.contains(&vote.nonce) {
            return Some(NotAllowed::Nonce);
        }
        if self.own.contains(&vote.person) {
            return Some(NotAllowed::RequestingSide);
        }
        if self.requirement.reason_required(vote.choice) && vote.reason.is_none() {
            return Some(NotAllowed::Reason);
        }
        self.wrong_when(time)
    }

    /// What is wrong with a vote or an approval that comes then.
    fn wrong_when(&self, time: Timestamp) -> Option<NotAllowed> {
        (time >= self.created.after(self.requirement.timeout())).then_some(NotAllowed::Late)
    }

    fn judge(&self, started: Digest, time: Timestamp) -> Result<(), NotAllowed> {
        if started != self.digest {
            return Err(NotAllowed::Digest);
        }
        let approved = self.approved.ok_or(NotAllowed::NotApproved)?;
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        if !self.requirement.tally(&self.yes).is_complete() {
            return Err(NotAllowed::Votes);
        }
        let lapses = approved.after(self.requirement.grant_ttl());
        if time >= lapses { Err(NotAllowed::Late) } else { Ok(()) }
    }
}

/// Those who are asked and whom the call names.
fn own_side(requirement: &Requirement, actor: &Actor) -> Vec<PersonId> {
    let names: Vec<_> = actor.names().collect();
    let asked = requirement.stages().iter().flat_map(|stage| stage.people());
    asked.filter(|person| names.contains(&person.spelled())).cloned().collect()
}
