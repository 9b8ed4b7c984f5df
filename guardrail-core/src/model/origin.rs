//! What surrounds a call: it fills the parts an intent was not given, and keeps their bounds.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::digest::Digest;
use crate::model::intent::Intent;
use crate::model::intent_error::IntentError;
use crate::model::name::{AgentName, PersonId};
use crate::model::prose::{CHAIN_LIMIT, LABEL_LIMIT, tidy};
use crate::model::secret::{looks_like_credential, mask_text};

/// What surrounds a call: who runs it and what the program said about it. Fills the parts an
/// intent was not given.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// The program's default actor.
    pub(crate) agent: AgentName,
    /// The agent, where the context names another.
    pub(crate) named: Option<Arc<str>>,
    pub(crate) on_behalf_of: Option<Arc<str>>,
    pub(crate) session: Option<Arc<str>>,
    pub(crate) model: Option<Arc<str>>,
    pub(crate) chain: Vec<Box<str>>,
    pub(crate) reason: Option<Arc<str>>,
    pub(crate) key: Option<Arc<str>>,
    pub(crate) host: Arc<str>,
    pub(crate) environment: Option<Arc<str>>,
}

impl Intent {
    /// The same intent with what its surroundings know and it did not say.
    pub(crate) fn attributed(mut self, origin: &Origin) -> Result<Self, (IntentError, Box<Self>)> {
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
        self.actor.on_behalf_of = Some(PersonId::new(person)?);
        Ok(())
    }

    pub(crate) fn fill(&mut self, origin: &Origin) -> Result<(), IntentError> {
        let mut named = Ok(());
        if !self.attributed {
            self.actor.agent = origin.agent.clone();
            self.attributed = true;
            if let Some(name) = &origin.named {
                match AgentName::new(name) {
                    Ok(agent) => self.actor.agent = agent,
                    Err(error) => named = Err(error.into()),
                }
            }
        }
        let own = |text: &Option<Arc<str>>| text.as_deref().map(Into::into);
        self.actor.session = self.actor.session.take().or_else(|| own(&origin.session));
        self.actor.model = self.actor.model.take().or_else(|| own(&origin.model));
        if self.actor.chain.is_empty() {
            self.actor.chain.clone_from(&origin.chain);
        }
        self.reason = self.reason.take().or_else(|| own(&origin.reason));
        self.key = self.key.take().or_else(|| own(&origin.key));
        self.place.host = Arc::clone(&origin.host);
        self.place.environment.clone_from(&origin.environment);
        match (&self.actor.on_behalf_of, &origin.on_behalf_of) {
            (None, Some(person)) => named.and(self.act_for(person)),
            _ => named,
        }
    }

    /// Masks and cuts prose, and checks what may not be cut.
    pub(crate) fn bound(&mut self) -> Result<(), IntentError> {
        for prose in [&mut self.reason, &mut self.summary].into_iter().flatten() {
            tidy(prose);
        }
        for label in [&mut self.actor.session, &mut self.actor.model] {
            if let Some(text) = label
                && let Cow::Owned(masked) = mask_text(text)
            {
                *text = masked.into();
            }
        }
        // Two keys that look alike once they are masked are still two keys.
        if let Some(key) = &mut self.key
            && let Cow::Owned(masked) = mask_text(key)
        {
            *key = format!("{masked} {}", Digest::of(key.as_bytes())).into();
        }
        let labels = [
            ("resource", self.resource.as_deref()),
            ("key", self.key.as_deref()),
            ("session", self.actor.session.as_deref()),
            ("model", self.actor.model.as_deref()),
            ("environment", self.place.environment.as_deref()),
        ];
        let chain = self.actor.chain.iter().map(|link| ("delegation chain's link", Some(&**link)));
        for (part, text) in labels.into_iter().chain(chain) {
            if text.is_some_and(|text| text.len() > LABEL_LIMIT) {
                return Err(IntentError::TooLong { part, limit: LABEL_LIMIT });
            }
        }
        if self.actor.chain.len() > CHAIN_LIMIT {
            return Err(IntentError::TooLong { part: "delegation chain", limit: CHAIN_LIMIT });
        }
        match self.resource.as_deref().and_then(looks_like_credential) {
            Some(kind) => Err(IntentError::Credential(kind)),
            None => Ok(()),
        }
    }

    /// Makes a refused intent small and clean enough for the record of its refusal.
    pub(crate) fn truncate(&mut self) {
        self.resource = None;
        for prose in [&mut self.reason, &mut self.summary].into_iter().flatten() {
            tidy(prose);
        }
        for label in [&mut self.actor.session, &mut self.actor.model, &mut self.key] {
            if label.as_ref().is_some_and(|text| text.len() > LABEL_LIMIT) {
                *label = None;
            }
        }
        self.actor.chain.truncate(CHAIN_LIMIT);
        self.actor.chain.retain(|link| link.len() <= LABEL_LIMIT);
        if self.place.environment().is_some_and(|text| text.len() > LABEL_LIMIT) {
            self.place.environment = None;
        }
    }
}
