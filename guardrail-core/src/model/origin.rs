//! What surrounds a call: it fills the parts an intent was not given, and keeps their bounds.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::digest::Digest;
use crate::model::intent::Intent;
use crate::model::intent_error::IntentError;
use crate::model::name::{AgentName, PersonId};
use crate::model::place::Machine;
use crate::model::prose::{CHAIN_LIMIT, LABEL_LIMIT, tidy};
use crate::model::secret::{looks_like_credential, mask_text};

/// What surrounds a call: who runs it and what the program said about it. Fills the parts an
/// intent was not given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a> {
    /// The program's default actor.
    pub(crate) agent: &'a AgentName,
    /// The agent, where the context names another.
    pub(crate) named: Option<&'a str>,
    pub(crate) on_behalf_of: Option<&'a str>,
    pub(crate) session: Option<&'a str>,
    pub(crate) model: Option<&'a str>,
    pub(crate) chain: &'a [Box<str>],
    pub(crate) reason: Option<&'a str>,
    pub(crate) key: Option<&'a str>,
    pub(crate) machine: &'a Arc<Machine>,
}

/// Whom `outer` names and `inner` another in the place of.
pub(crate) fn replaced(outer: Option<&str>, inner: Option<&str>) -> Option<Box<str>> {
    outer.filter(|outer| inner.is_some_and(|inner| inner != *outer)).map(Into::into)
}

/// The chain behind a call: first the person who was replaced, the links that were there, and the agent
/// who was, then the links of whoever replaced them. None of theirs stands there twice for it.
pub(crate) fn behind(
    person: Option<Box<str>>,
    outer: Vec<Box<str>>,
    agent: Option<Box<str>>,
    inner: Vec<Box<str>>,
) -> Vec<Box<str>> {
    if inner.is_empty() && person.is_none() && agent.is_none() {
        return outer;
    }
    let replaced = |link: Option<Box<str>>| link.filter(|link| !inner.contains(link));
    let (person, agent) = (replaced(person), replaced(agent));
    person.into_iter().chain(outer).chain(agent).chain(inner.iter().cloned()).collect()
}

impl Intent {
    /// The same intent with what its surroundings know and it did not say.
    pub(crate) fn attributed(
        mut self,
        origin: &Origin<'_>,
    ) -> Result<Self, (IntentError, Box<Self>)> {
        let filled = self.fill(origin).and_then(|()| self.bound());
        if filled.is_err() {
            self.truncate();
        }
        self.digest = self.compute_digest();
        match filled {
            Ok(()) => Ok(self),
            Err(error) => Err((error, Box::new(self))),
        }
    }

    pub(crate) fn act_for(&mut self, person: &str) -> Result<(), IntentError> {
        self.actor.behind_mut().on_behalf_of = Some(PersonId::new(person)?);
        Ok(())
    }

    /// Fills what was not said. Whom it names itself replaces whom its surroundings name, and those
    /// stand behind it all the same.
    pub(crate) fn fill(&mut self, origin: &Origin<'_>) -> Result<(), IntentError> {
        let mut named = Ok(());
        let own = self.actor.on_behalf_of().map(PersonId::as_str);
        let person = replaced(origin.on_behalf_of, own);
        let own = self.attributed.then(|| self.actor.agent.as_str());
        let agent = replaced(origin.named, own);
        if person.is_some() || agent.is_some() || !origin.chain.is_empty() {
            let chain = &mut self.actor.behind_mut().chain;
            // An intent may come with the chain it was given before.
            let outer = origin.chain.iter().filter(|link| !chain.contains(link)).cloned().collect();
            *chain = behind(person, outer, agent, std::mem::take(chain));
        }
        if !self.attributed {
            self.actor.agent = origin.agent.clone();
            self.attributed = true;
            if let Some(name) = origin.named {
                match AgentName::new(name) {
                    Ok(agent) => self.actor.agent = agent,
                    Err(error) => named = Err(error.into()),
                }
            }
        }
        let own = |text: Option<&str>| text.map(Into::into);
        if origin.session.is_some() || origin.model.is_some() {
            let behind = self.actor.behind_mut();
            behind.session = behind.session.take().or_else(|| own(origin.session));
            behind.model = behind.model.take().or_else(|| own(origin.model));
        }
        if origin.reason.is_some() || origin.key.is_some() {
            let said = self.said_mut();
            said.reason = said.reason.take().or_else(|| own(origin.reason));
            said.key = said.key.take().or_else(|| own(origin.key));
        }
        self.place.machine = Some(Arc::clone(origin.machine));
        match (self.actor.on_behalf_of(), origin.on_behalf_of) {
            (None, Some(person)) => named.and(self.act_for(person)),
            _ => named,
        }
    }

    /// Masks and cuts prose, and checks what may not be cut.
    pub(crate) fn bound(&mut self) -> Result<(), IntentError> {
        if let Some(said) = &mut self.said {
            for prose in [&mut said.reason, &mut said.summary].into_iter().flatten() {
                tidy(prose);
            }
            // Two keys that look alike once they are masked are still two keys.
            if let Some(key) = &mut said.key
                && let Cow::Owned(masked) = mask_text(key)
            {
                *key = format!("{masked} {}", Digest::of(key.as_bytes())).into();
            }
        }
        if let Some(behind) = &mut self.actor.behind {
            for label in [&mut behind.session, &mut behind.model].into_iter().flatten() {
                if let Cow::Owned(masked) = mask_text(label) {
                    *label = masked.into();
                }
            }
        }
        let labels = [
            ("resource", self.resource()),
            ("key", self.key()),
            ("session", self.actor.session()),
            ("model", self.actor.model()),
            ("environment", self.place.environment()),
        ];
        let chain = self.actor.chain().map(|link| ("delegation chain's link", Some(link)));
        for (part, text) in labels.into_iter().chain(chain) {
            if text.is_some_and(|text| text.len() > LABEL_LIMIT) {
                return Err(IntentError::TooLong { part, limit: LABEL_LIMIT });
            }
        }
        if self.actor.chain().len() > CHAIN_LIMIT {
            return Err(IntentError::TooLong { part: "delegation chain", limit: CHAIN_LIMIT });
        }
        match self.resource().and_then(looks_like_credential) {
            Some(kind) => Err(IntentError::Credential(kind)),
            None => Ok(()),
        }
    }

    /// Makes a refused intent small and clean enough for the record of its refusal.
    pub(crate) fn truncate(&mut self) {
        if let Some(said) = &mut self.said {
            said.resource = None;
            for prose in [&mut said.reason, &mut said.summary].into_iter().flatten() {
                tidy(prose);
            }
            said.key.take_if(|key| key.len() > LABEL_LIMIT);
        }
        if let Some(behind) = &mut self.actor.behind {
            for label in [&mut behind.session, &mut behind.model] {
                label.take_if(|text| text.len() > LABEL_LIMIT);
            }
            behind.chain.truncate(CHAIN_LIMIT);
            behind.chain.retain(|link| link.len() <= LABEL_LIMIT);
        }
        if self.place.environment().is_some_and(|text| text.len() > LABEL_LIMIT) {
            let host = self.place.host().into();
            self.place.machine = Some(Arc::new(Machine { host, environment: None }));
        }
    }
}
