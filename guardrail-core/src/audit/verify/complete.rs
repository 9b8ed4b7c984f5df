//! Nothing ran that nobody allowed: every start against all that stands before it.
//!
//! It trusts none of the arrows between states. It counts the votes anew, and holds each of them,
//! and the start, against the digest that was asked for.

use std::collections::HashMap;
use std::sync::Arc;

use crate::audit::record::AuditRecord;
use crate::audit::verify::{Fault, NotAllowed, VerifyError};
use crate::model::{AuditEvent, Choice, Digest, PersonId, RequestId, Requested, Verdict};

/// The requests that may still start.
#[derive(Clone, Debug, Default)]
pub(super) struct Complete {
    waiting: HashMap<RequestId, Waiting>,
    starts: u64,
}

/// What stands before a start.
#[derive(Clone, Debug)]
struct Waiting {
    requested: Arc<Requested>,
    approved: bool,
    denied: bool,
    unknown: bool,
    /// Who said yes, and to what; `None` where only a part was shown.
    votes: Vec<(PersonId, Option<Digest>)>,
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
        if let AuditEvent::Requested(requested) = record.event() {
            let requested = Arc::clone(requested);
            self.waiting.entry(record.id()).or_insert(Waiting {
                requested,
                approved: false,
                denied: false,
                unknown: false,
                votes: Vec::new(),
            });
            return Ok(());
        }
        if let AuditEvent::Started { digest, .. } = record.event() {
            self.starts = self.starts.saturating_add(1);
            // It is taken out: a second start has nothing before it.
            let judged = match self.waiting.remove(&record.id()) {
                Some(waiting) => waiting.judge(*digest),
                None => Err(NotAllowed::NotApproved),
            };
            let at = |why| VerifyError { sequence: record.sequence(), why: Fault::Start(why) };
            return judged.map_err(at);
        }
        let Some(waiting) = self.waiting.get_mut(&record.id()) else { return Ok(()) };
        match record.event() {
            AuditEvent::Voted(vote) if vote.choice == Choice::Approve => {
                let whole = vote.whole.then_some(vote.digest);
                waiting.votes.push((vote.person.clone(), whole));
            }
            AuditEvent::Voted(_) | AuditEvent::Denied { .. } => waiting.denied = true,
            AuditEvent::Approved { .. } => waiting.approved = true,
            AuditEvent::Other { .. } => waiting.unknown = true,
            AuditEvent::Expired | AuditEvent::Withdrawn { .. } | AuditEvent::Lapsed { .. } => {
                self.waiting.remove(&record.id());
            }
            _ => {}
        }
        Ok(())
    }
}

impl Waiting {
    fn judge(&self, started: Digest) -> Result<(), NotAllowed> {
        let digest = self.requested.intent.digest();
        if self.denied {
            return Err(NotAllowed::Denied);
        }
        if self.unknown {
            return Err(NotAllowed::Unknown);
        }
        if started != digest {
            return Err(NotAllowed::Digest);
        }
        let requirement = match &self.requested.verdict {
            Verdict::Allow => return Ok(()),
            Verdict::Deny { .. } => return Err(NotAllowed::Denied),
            Verdict::Ask(requirement) => requirement,
        };
        if !self.approved {
            return Err(NotAllowed::NotApproved);
        }
        if self.votes.iter().any(|(_, seen)| *seen != Some(digest)) {
            return Err(NotAllowed::Vote);
        }
        let people = self.votes.iter().map(|(person, _)| person);
        if requirement.tally(people).is_complete() { Ok(()) } else { Err(NotAllowed::Votes) }
    }
}
