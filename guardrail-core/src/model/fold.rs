//! What the events of a request have come to.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::clock::Timestamp;
use crate::model::counted::{CountedVote, voter};
use crate::model::decision::Outcome;
use crate::model::event::{AuditEvent, Posted, Requested, Resolved};
use crate::model::id::{RequestId, Version};
use crate::model::name::PersonId;
use crate::model::requirement::RETRIES;
use crate::model::state::State;

/// What the events have come to.
#[derive(Clone, Debug)]
pub(super) struct Fold {
    pub(super) id: RequestId,
    pub(super) requested: Arc<Requested>,
    pub(super) created: Timestamp,
    pub(super) version: Version,
    pub(super) state: State,
    /// Where it is no longer pending.
    pub(super) decided: Timestamp,
    pub(super) outcome: Option<Outcome>,
    /// Apart: thousands of requests wait at a time, and nearly all have nothing here.
    more: Option<Arc<More>>,
}

/// What the events have come to where people had their say.
#[derive(Clone, Debug, Default)]
pub(super) struct More {
    pub(super) votes: Vec<CountedVote>,
    pub(super) posted: Vec<Arc<Posted>>,
    pub(super) refused: BTreeMap<Box<str>, u32>,
    pub(super) denied: Option<(Option<PersonId>, Option<Box<str>>)>,
    pub(super) unknown: Option<Box<str>>,
    pub(super) call: Option<RequestId>,
    pub(super) retries: u32,
    pub(super) resolved: Option<Arc<Resolved>>,
}

/// Where nobody had.
static NOTHING: More = More {
    votes: Vec::new(),
    posted: Vec::new(),
    refused: BTreeMap::new(),
    denied: None,
    unknown: None,
    call: None,
    retries: 0,
    resolved: None,
};

/// An event that cannot follow the ones before it: the log is damaged, or another hand wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {version} of request {id}, `{event}`, cannot follow state {state}")]
#[non_exhaustive]
pub struct FoldError {
    id: RequestId,
    version: Version,
    event: Box<str>,
    state: State,
}

impl Fold {
    /// Of a stream's first event.
    pub(super) fn first(
        id: RequestId,
        time: Timestamp,
        event: &AuditEvent,
    ) -> Result<Self, FoldError> {
        let (AuditEvent::Requested(requested), Some(state)) = (event, event.step(State::New))
        else {
            let event = event.name().into();
            return Err(FoldError { id, version: Version::START.next(), event, state: State::New });
        };
        Ok(Self {
            id,
            requested: Arc::clone(requested),
            created: time,
            version: Version::START.next(),
            state,
            decided: time,
            outcome: None,
            more: None,
        })
    }

    /// With the stream's next event; unchanged where it cannot follow.
    pub(super) fn apply(&mut self, time: Timestamp, event: &AuditEvent) -> Result<(), FoldError> {
        if let AuditEvent::Other { name } = event {
            // What an unknown event means nobody here can say: nothing starts on it.
            self.more_mut().unknown = Some(name.clone());
            self.version = self.version.next();
            return Ok(());
        }
        let again = matches!(event, AuditEvent::Retried { .. });
        let may = !again || self.more().retries < RETRIES;
        let Some(state) = event.step(self.state).filter(|_| may) else {
            return Err(FoldError {
                id: self.id,
                version: self.version.next(),
                event: event.name().into(),
                state: self.state,
            });
        };
        match event {
            AuditEvent::Voted(voted) => {
                self.more_mut().votes.push(CountedVote { time, voted: Arc::clone(voted) });
            }
            AuditEvent::Denied { by, reason } => {
                self.more_mut().denied = Some((by.clone(), reason.clone()));
            }
            AuditEvent::Posted(posted) => self.more_mut().posted.push(Arc::clone(posted)),
            AuditEvent::VoteRefused { who, person, .. } => {
                let count = self.more_mut().refused.entry(voter(who, person.as_ref())).or_default();
                *count = count.saturating_add(1);
            }
            AuditEvent::Started { call: Some(call), .. } => self.more_mut().call = Some(*call),
            AuditEvent::Retried { call, .. } => {
                let more = self.more_mut();
                (more.call, more.retries) = (*call, more.retries.saturating_add(1));
                self.outcome = None;
            }
            AuditEvent::Resolved(resolved) => {
                self.more_mut().resolved = Some(Arc::clone(resolved));
            }
            AuditEvent::Completed => self.outcome = Some(Outcome::Completed),
            AuditEvent::Failed { panicked } => {
                self.outcome = Some(Outcome::Failed { panicked: *panicked });
            }
            AuditEvent::Aborted { why } => {
                self.outcome = Some(Outcome::Aborted { why: why.clone() });
            }
            AuditEvent::Unknown { why } => {
                self.outcome = Some(Outcome::Unknown { why: why.clone() });
            }
            _ => {}
        }
        if self.state == State::Pending && state != State::Pending {
            self.decided = time;
        }
        self.state = state;
        self.version = self.version.next();
        Ok(())
    }

    pub(super) fn more(&self) -> &More {
        self.more.as_deref().unwrap_or(&NOTHING)
    }

    fn more_mut(&mut self) -> &mut More {
        Arc::make_mut(self.more.get_or_insert_default())
    }
}
