//! The bounds on what may wait and what may be on record, and the places of waiting requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::desk::error::Error;
use crate::model::{AgentName, ById, RequestId};

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

/// Which requests of which agents wait, and which calls of this process hold each.
#[derive(Debug)]
pub(crate) struct Places {
    limits: Limits,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    requests: ById<Place>,
    agents: HashMap<AgentName, usize>,
}

/// The place of one request. It is taken until the last call has gone and its end is on record.
#[derive(Debug)]
struct Place {
    agent: AgentName,
    /// Calls of this process that are putting the request on record, or are finding it there. They do
    /// not wait for it yet: one that goes away now leaves it to those who do.
    opening: u32,
    /// Calls of this process that wait.
    waiting: u32,
    /// Calls that went away and are still putting that on record.
    leaving: u32,
    /// Whether a call of this process made the request. Another process's request is not ours to
    /// withdraw.
    made: bool,
}

impl Places {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, taken: Mutex::default() })
    }

    /// Takes a place for one more call that is opening this request.
    pub(crate) fn take(self: &Arc<Self>, id: RequestId, agent: &AgentName) -> Result<Slot, Error> {
        let slot = || Slot { places: Arc::clone(self), id, held: Held::Opening };
        let mut taken = self.lock();
        if let Some(place) = taken.requests.get_mut(&id) {
            place.opening = place.opening.saturating_add(1);
            return Ok(slot());
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
        let agent = agent.clone();
        let place = Place { agent, opening: 1, waiting: 0, leaving: 0, made: false };
        taken.requests.insert(id, place);
        Ok(slot())
    }

    /// A call that made the request goes away: it is theirs now who wait for it here, and the last of
    /// them withdraws it. Whether there are any.
    pub(crate) fn hand_over(&self, id: RequestId) -> bool {
        let mut taken = self.lock();
        let Some(place) = taken.requests.get_mut(&id) else { return false };
        place.made |= place.waiting > 0;
        place.waiting > 0
    }

    /// Whether a call of this process waits for the request.
    pub(crate) fn is_awaited(&self, id: RequestId) -> bool {
        self.lock().requests.get(&id).is_some_and(|place| place.waiting > 0)
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one call. Dropped, it is free.
#[derive(Debug)]
pub(crate) struct Slot {
    places: Arc<Places>,
    id: RequestId,
    held: Held,
}

/// What the call of a slot does.
#[derive(Clone, Copy, Debug)]
enum Held {
    Opening,
    Waiting,
    Leaving,
}

impl Place {
    /// How many calls hold it like this.
    fn holding(&mut self, held: Held) -> &mut u32 {
        match held {
            Held::Opening => &mut self.opening,
            Held::Waiting => &mut self.waiting,
            Held::Leaving => &mut self.leaving,
        }
    }

    fn change(&mut self, from: Held, to: Held) {
        let before = self.holding(from);
        *before = before.saturating_sub(1);
        let after = self.holding(to);
        *after = after.saturating_add(1);
    }
}

impl Slot {
    /// From here on the call waits for the request, which it has made or found.
    pub(crate) fn wait(&mut self, made: bool) {
        if let Some(place) = self.places.lock().requests.get_mut(&self.id) {
            place.change(self.held, Held::Waiting);
            place.made |= made;
            self.held = Held::Waiting;
        }
    }

    /// The call goes away, and keeps its place until that is on record. Whether it was the last
    /// to wait here for a request this process has made: of several that go at once, one is.
    pub(crate) fn leave(&mut self) -> bool {
        let mut taken = self.places.lock();
        let Some(place) = taken.requests.get_mut(&self.id) else { return true };
        place.change(self.held, Held::Leaving);
        self.held = Held::Leaving;
        place.waiting == 0 && place.made
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        let Some(place) = taken.requests.get_mut(&self.id) else { return };
        let calls = place.holding(self.held);
        *calls = calls.saturating_sub(1);
        if place.opening > 0 || place.waiting > 0 || place.leaving > 0 {
            return;
        }
        let agent = place.agent.clone();
        taken.requests.remove(&self.id);
        if let Some(own) = taken.agents.get_mut(&agent) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                taken.agents.remove(&agent);
            }
        }
    }
}
