//! What an agent knows about its calls: for whom, in which session, why, with which key.

use std::sync::Arc;

use crate::gate::Guardrail;
use crate::model::{Origin, behind, replaced};

/// What an agent knows about the calls of one task: for whom, in which session, why, with which
/// key. Inner contexts add to outer ones and override what both say. The person and the agent that are
/// replaced stay in the chain: they are on the requesting side all the same.
#[derive(Clone, Debug, Default)]
#[must_use = "a context does nothing before a future is put in its scope"]
pub struct Context {
    agent: Option<Arc<str>>,
    on_behalf_of: Option<Arc<str>>,
    session: Option<Arc<str>>,
    model: Option<Arc<str>>,
    reason: Option<Arc<str>>,
    key: Option<Arc<str>>,
    chain: Vec<Box<str>>,
}

impl Context {
    /// A context that says nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The agent, where it is not the program's default actor.
    pub fn agent(mut self, name: impl AsRef<str>) -> Self {
        self.agent = Some(name.as_ref().into());
        self
    }

    /// The person of the directory the agent acts for: an id or an email address.
    pub fn on_behalf_of(mut self, person: impl AsRef<str>) -> Self {
        self.on_behalf_of = Some(person.as_ref().into());
        self
    }

    /// The session or run the calls belong to; at most 1 KiB.
    pub fn session(mut self, session: impl AsRef<str>) -> Self {
        self.session = Some(session.as_ref().into());
        self
    }

    /// The language model behind the agent; at most 1 KiB.
    pub fn model(mut self, model: impl AsRef<str>) -> Self {
        self.model = Some(model.as_ref().into());
        self
    }

    /// Why, in the agent's words. People see it framed as not verified.
    pub fn reason(mut self, reason: impl AsRef<str>) -> Self {
        self.reason = Some(reason.as_ref().into());
        self
    }

    /// The idempotency key of the call, as the model's tool call has one: a second call with it
    /// meets the first. At most 1 KiB. A wrapper sets it around each single call.
    pub fn key(mut self, key: impl AsRef<str>) -> Self {
        self.key = Some(key.as_ref().into());
        self
    }

    /// One more link of the chain through which the task came: an agent or a person. At most 16.
    pub fn delegated_by(mut self, link: impl AsRef<str>) -> Self {
        self.chain.push(link.as_ref().into());
        self
    }

    pub(crate) fn over(self, outer: &Self) -> Self {
        let outer = outer.clone();
        let person = replaced(outer.on_behalf_of.as_deref(), self.on_behalf_of.as_deref());
        let agent = replaced(outer.agent.as_deref(), self.agent.as_deref());
        let chain = behind(person, outer.chain, agent, self.chain);
        Self {
            agent: self.agent.or(outer.agent),
            on_behalf_of: self.on_behalf_of.or(outer.on_behalf_of),
            session: self.session.or(outer.session),
            model: self.model.or(outer.model),
            reason: self.reason.or(outer.reason),
            key: self.key.or(outer.key),
            chain,
        }
    }

    /// What a call of this guardrail in this context comes from.
    pub(crate) fn origin<'a>(&'a self, guardrail: &'a Guardrail) -> Origin<'a> {
        let inner = &guardrail.inner;
        Origin {
            agent: &inner.agent,
            named: self.agent.as_deref(),
            on_behalf_of: self.on_behalf_of.as_deref(),
            session: self.session.as_deref(),
            model: self.model.as_deref().or(inner.model.as_deref()),
            chain: &self.chain,
            reason: self.reason.as_deref(),
            key: self.key.as_deref(),
            machine: &inner.machine,
        }
    }
}
