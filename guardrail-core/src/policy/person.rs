//! One person of the directory, and the names they go by.

use std::borrow::Cow;
use std::fmt;

use crate::model::{AgentName, Identity, PersonId, folded};

/// What someone in the directory is. Exhaustive on purpose: only one of these votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    /// A human being.
    #[default]
    Human,
    /// A program that decides what to do.
    Agent,
    /// A program that does what it was told: a pipeline, a scheduler.
    Service,
}

/// Someone in the directory. Only active humans vote.
#[derive(Clone, Debug)]
pub struct Person {
    pub(super) id: PersonId,
    pub(super) name: Option<Box<str>>,
    pub(super) email: Option<Box<str>>,
    pub(super) kind: Kind,
    pub(super) active: bool,
    pub(super) owns: Vec<AgentName>,
    pub(super) identities: Vec<Identity>,
}

// ===== impl Kind =====

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Human => "human",
            Self::Agent => "agent",
            Self::Service => "service",
        })
    }
}

// ===== impl Person =====

impl Person {
    /// An active human of whom nothing else is known.
    pub(super) const fn new(id: PersonId) -> Self {
        Self {
            id,
            name: None,
            email: None,
            kind: Kind::Human,
            active: true,
            owns: Vec::new(),
            identities: Vec::new(),
        }
    }

    /// What policies, votes and records call the person.
    #[must_use]
    pub const fn id(&self) -> &PersonId {
        &self.id
    }

    /// The name to show; the id where the directory has none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }

    /// The email address.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Human, agent or service.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it is a human being. Nobody else votes.
    #[must_use]
    pub const fn is_human(&self) -> bool {
        matches!(self.kind, Kind::Human)
    }

    /// Whether the person is still here. Who has left stays in the directory and does not vote.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.active
    }

    /// The agents whose owner this is. An owner is on the requesting side of what they ask.
    #[must_use]
    pub fn owns(&self) -> &[AgentName] {
        &self.owns
    }

    /// What the channels prove about the person, several where there are several accounts.
    #[must_use]
    pub fn identities(&self) -> &[Identity] {
        &self.identities
    }

    /// The folded id and the folded email address: no two people share one.
    pub(super) fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        std::iter::once(self.id.spelled()).chain(self.email().map(folded))
    }
}
