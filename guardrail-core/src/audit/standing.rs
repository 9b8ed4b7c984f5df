//! Where a stream stands, and whether an append may happen to it: the judgement all logs share.

use crate::audit::append::Append;
use crate::audit::error::Error;
use crate::clock::Timestamp;
use crate::model::{AuditEvent, RequestId, State, Version};

/// Where one stream stands: how many events it holds, and the state they have come to. A log reads
/// it from its storage, in the same transaction in which it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    version: Version,
    state: State,
}

impl Standing {
    /// A stream without events.
    pub const NEW: Self = Self { version: Version::START, state: State::New };

    /// A stream of `version` events that stands in `state`; the log's own is always new.
    #[must_use]
    pub const fn new(version: Version, state: State) -> Self {
        Self { version, state }
    }

    /// How many events it holds.
    #[must_use]
    pub const fn version(self) -> Version {
        self.version
    }

    /// The state they have come to.
    #[must_use]
    pub const fn state(self) -> State {
        self.state
    }

    /// Where the stream `id` stands behind this event; nothing where it cannot follow.
    #[must_use]
    pub fn after(self, id: RequestId, event: &AuditEvent) -> Option<Self> {
        step(id, self.state, event).map(|state| Self::new(self.version.next(), state))
    }

    /// Whether the append may happen now.
    ///
    /// # Errors
    /// `Conflict`, else `Late`, else `Illegal`.
    pub fn judge(self, append: &Append, now: Timestamp) -> Result<(), Error> {
        if self.version != append.expected {
            return Err(Error::Conflict { actual: self.version });
        }
        if append.before.is_some_and(|before| now >= before) {
            return Err(Error::Late);
        }
        if append.events.is_empty() {
            return Err(Error::Illegal { event: "".into(), why: "an append adds an event".into() });
        }
        let mut state = self.state;
        for event in &append.events {
            state = step(append.id, state, event).ok_or_else(|| Error::Illegal {
                event: event.name().into(),
                why: format!("the request is {state}").into(),
            })?;
        }
        Ok(())
    }
}

/// [`AuditEvent::step`], with the log's own stream beside the requests'.
pub(crate) fn step(id: RequestId, state: State, event: &AuditEvent) -> Option<State> {
    match (id == RequestId::LOG, event) {
        (true, AuditEvent::Other { .. }) => Some(State::New),
        (true, event) => event.is_of_log().then_some(State::New),
        (false, AuditEvent::Other { .. }) => Some(state),
        (false, event) => event.step(state),
    }
}
