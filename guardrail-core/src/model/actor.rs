//! Who asks: the agent, the person it acts for, and the chain in between.

use serde::{Deserialize, Serialize};

use crate::model::name::{AgentName, PersonId};

/// Who asks. The digest covers the agent, the person and the chain; session and model are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    pub(crate) agent: AgentName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on_behalf_of: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) chain: Vec<Box<str>>,
}

impl Actor {
    /// An agent that acts for nobody known.
    #[must_use]
    pub fn new(agent: AgentName) -> Self {
        Self { agent, on_behalf_of: None, session: None, model: None, chain: Vec::new() }
    }

    /// The agent's name, as it gives it.
    #[must_use]
    pub const fn agent(&self) -> &AgentName {
        &self.agent
    }

    /// The person of the directory it says it acts for.
    #[must_use]
    pub const fn on_behalf_of(&self) -> Option<&PersonId> {
        self.on_behalf_of.as_ref()
    }

    /// The session or run this call belongs to.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// The language model behind the agent.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Agents and people through whom the task came, first the one who gave it.
    pub fn chain(&self) -> impl Iterator<Item = &str> {
        self.chain.iter().map(AsRef::as_ref)
    }
}
