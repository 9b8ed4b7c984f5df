//! The bounds on what may wait and what may be on record, and the places of waiting requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::desk::error::Error;
use crate::model::{AgentName, RequestId};

/// The bounds of one process. All are counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Requests of one agent that wait for people at a time: 100.
    pub pending_per_agent: usize,
    /// Requests that wait for people at a time: 10,000.
    pub pending: usize,
    /// Refused votes of one person on record in one request: 32.
    pub refused_votes_per_person: u32,
    /// Refused votes on record in one request: 256.
    pub refused_votes: u32,
    /// Notes on record in one request, beside refused votes: 1,024.
    pub notes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            pending_per_agent: 100,
            pending: 10_000,
            refused_votes_per_person: 32,
            refused_votes: 256,
            notes: 1024,
        }
    }
}

/// Which requests of which agents wait, and how many calls of this process wait for each.
#[derive(Debug)]
pub(crate) struct Places {
    limits: Limits,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    requests: HashMap<RequestId, (AgentName, usize)>,
    agents: HashMap<AgentName, usize>,
}

impl Places {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, taken: Mutex::default() })
    }

    /// Takes a place for one more call that waits for this request.
    pub(crate) fn take(self: &Arc<Self>, id: RequestId, agent: &AgentName) -> Result<Slot, Error> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, calls)) = taken.requests.get_mut(&id) {
            *calls = calls.saturating_add(1);
            return Ok(Slot { places: Arc::clone(self), id });
        }
        let own = taken.agents.get(agent).copied().unwrap_or(0);
        if own >= self.limits.pending_per_agent {
            let limit = self.limits.pending_per_agent;
            return Err(Error::Limit { what: "pending requests of this agent", limit });
        }
        if taken.requests.len() >= self.limits.pending {
            return Err(Error::Limit { what: "pending requests", limit: self.limits.pending });
        }
        taken.agents.insert(agent.clone(), own + 1);
        taken.requests.insert(id, (agent.clone(), 1));
        Ok(Slot { places: Arc::clone(self), id })
    }
}

/// The place of one call that waits. Dropped, it is free.
#[derive(Debug)]
pub(crate) struct Slot {
    places: Arc<Places>,
    id: RequestId,
}

impl Slot {
    /// Whether no other call of this process waits for the same request.
    pub(crate) fn is_last(&self) -> bool {
        let taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.requests.get(&self.id).is_none_or(|(_, calls)| *calls <= 1)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((agent, calls)) = taken.requests.get_mut(&self.id) else { return };
        *calls = calls.saturating_sub(1);
        if *calls > 0 {
            return;
        }
        let agent = agent.clone();
        taken.requests.remove(&self.id);
        if let Some(own) = taken.agents.get_mut(&agent) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                taken.agents.remove(&agent);
            }
        }
    }
}
