//! Makes an intent: gathers its parts, keeps the bounds, masks credentials, computes the digest.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::clock::{Entropy, EntropyError, SystemEntropy};
use crate::model::actor::Actor;
use crate::model::arguments::{Arguments, Capture, Captured};
use crate::model::canonical::{Bounds, Canonical, CaptureError};
use crate::model::digest::Digest;
use crate::model::intent::{Intent, Place, Preview};
use crate::model::intent_error::IntentError;
use crate::model::name::{ActionName, AgentName, PolicyName};
use crate::model::origin::Origin;
use crate::model::prose::{ARGUMENT_LIMIT, PREVIEW_LIMIT, cut};
use crate::model::secret::{Salt, mask_text};

/// Gathers the parts of an [`Intent`]. The first mistake is kept and returned by `build`.
#[derive(Debug)]
#[must_use = "an intent does nothing before it is authorized"]
pub struct IntentBuilder {
    action: Cow<'static, str>,
    policy: Option<Cow<'static, str>>,
    agent: Option<String>,
    on_behalf_of: Option<String>,
    resource: Option<String>,
    reason: Option<String>,
    summary: Option<String>,
    preview: Option<Preview>,
    key: Option<String>,
    place: Place,
    captures: Vec<Capture>,
    bounds: Bounds,
    used: usize,
    salt: Option<Salt>,
    error: Option<IntentError>,
}

impl IntentBuilder {
    pub(crate) fn new(action: Cow<'static, str>) -> Self {
        Self {
            action,
            policy: None,
            agent: None,
            on_behalf_of: None,
            resource: None,
            reason: None,
            summary: None,
            preview: None,
            key: None,
            place: Place {
                host: Arc::default(),
                module: Cow::Borrowed(""),
                file: Cow::Borrowed(""),
                line: 0,
                environment: None,
            },
            captures: Vec::new(),
            bounds: Bounds::default(),
            used: 0,
            salt: None,
            error: None,
        }
    }

    pub(crate) fn expecting(mut self, arguments: usize) -> Self {
        self.captures.reserve_exact(arguments.min(ARGUMENT_LIMIT));
        self
    }

    pub(crate) fn at(mut self, module: &'static str, file: &'static str, line: u32) -> Self {
        self.place.module = Cow::Borrowed(module);
        self.place.file = Cow::Borrowed(file);
        self.place.line = line;
        self
    }

    /// The policy, of a name that lives as long as the program.
    pub(crate) fn under(mut self, policy: &'static str) -> Self {
        self.policy = Some(Cow::Borrowed(policy));
        self
    }

    /// The policy that judges the call. Required.
    pub fn policy(mut self, name: impl Into<String>) -> Self {
        self.policy = Some(Cow::Owned(name.into()));
        self
    }

    /// The agent, where it is not the program's default actor.
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.agent = Some(name.into());
        self
    }

    /// The person of the directory the agent acts for, where the context does not say it.
    pub fn on_behalf_of(mut self, person: impl Into<String>) -> Self {
        self.on_behalf_of = Some(person.into());
        self
    }

    /// What the deed is done to, at most 1 KiB.
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// Why, in the agent's words; 4 KiB are kept.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// A one-line summary; 4 KiB are kept.
    pub fn summary(mut self, summary: impl Into<String>) -> Self {
        self.summary = Some(summary.into());
        self
    }

    /// Text to show beside the arguments: a diff, a plan. 64 KiB are kept.
    pub fn preview(mut self, text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        self.preview = Some(Preview {
            sha256: Digest::of(text.as_bytes()),
            bytes: text.len(),
            text: cut(&mask_text(text), PREVIEW_LIMIT),
        });
        self
    }

    /// The idempotency key: a second call with it meets the first. At most 1 KiB.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// One argument, captured by `Serialize`.
    pub fn arg<T: Serialize + ?Sized>(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: &T,
    ) -> Self {
        self.capture(name.into(), Captured::Value, |bounds| Canonical::of(value, bounds));
        self
    }

    /// One argument, captured by `Debug`.
    pub fn debug<T: fmt::Debug + ?Sized>(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: &T,
    ) -> Self {
        let text = format_args!("{value:?}");
        self.capture(name.into(), Captured::Debug, |bounds| Canonical::of(&text, bounds));
        self
    }

    /// One argument whose value nobody is shown: a salted commitment stands for it.
    pub fn redact<T: Serialize + ?Sized>(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: &T,
    ) -> Self {
        self.capture(name.into(), Captured::Redacted, |bounds| Canonical::of(value, bounds));
        self
    }

    /// One argument that is left out, and named as left out.
    pub fn skip(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.capture(name.into(), Captured::Skipped, |_| Ok(Canonical::null()));
        self
    }

    /// All members of one JSON object as arguments, read strictly: no member twice, nothing after
    /// it, no number that would be rounded.
    pub fn json(mut self, object: &[u8]) -> Self {
        match Canonical::members(object, &self.bounds) {
            Ok(members) => {
                for (name, value) in members {
                    self.capture(name.into(), Captured::Value, |_| Ok(value));
                }
            }
            Err(source) => self.fail(IntentError::Strict { bytes: object.len(), source }),
        }
        self
    }

    pub(crate) fn capture(
        &mut self,
        name: Cow<'static, str>,
        captured: Captured,
        make: impl FnOnce(&Bounds) -> Result<Canonical, CaptureError>,
    ) {
        if self.captures.len() >= ARGUMENT_LIMIT {
            self.fail(IntentError::TooLong { part: "argument list", limit: ARGUMENT_LIMIT });
        } else if self.captures.iter().any(|capture| capture.name == name) {
            self.fail(IntentError::Twice(name.into_owned()));
        } else {
            let bytes = self.bounds.bytes.saturating_sub(self.used);
            let capture = match make(&Bounds { bytes, ..self.bounds }) {
                Ok(json) => Capture { name, captured, json },
                Err(source) => {
                    self.fail(IntentError::Capture { name: name.to_string(), source });
                    Capture { name, captured: Captured::Unshowable, json: Canonical::null() }
                }
            };
            self.used = self.used.saturating_add(capture.json.len());
            self.captures.push(capture);
        }
    }

    /// The arguments captured so far, for whoever makes the preview.
    pub(crate) fn arguments(&mut self, entropy: &dyn Entropy) -> Result<Arguments, EntropyError> {
        let captures = self.captures.clone();
        Arguments::new(captures, || self.salt(entropy))
    }

    fn salt(&mut self, entropy: &dyn Entropy) -> Result<Salt, EntropyError> {
        let salt = match self.salt.take() {
            Some(salt) => salt,
            None => {
                let mut bytes = [0; 32];
                entropy.fill(&mut bytes)?;
                Salt::from_bytes(bytes)
            }
        };
        self.salt = Some(salt.clone());
        Ok(salt)
    }

    pub(crate) fn set_action(&mut self, action: String) {
        self.action = Cow::Owned(action);
    }

    pub(crate) fn set_resource(&mut self, resource: String) {
        self.resource = Some(resource);
    }

    pub(crate) fn set_reason(&mut self, reason: String) {
        self.reason = Some(reason);
    }

    pub(crate) fn set_key(&mut self, key: String) {
        self.key = Some(key);
    }

    pub(crate) fn set_summary(&mut self, summary: String) {
        self.summary = Some(summary);
    }

    pub(crate) fn fail(&mut self, error: IntentError) {
        if self.error.is_none() {
            self.error = Some(error);
        }
    }

    /// Makes the intent.
    ///
    /// # Errors
    /// The first mistake made, or the first bound broken.
    pub fn build(self) -> Result<Intent, IntentError> {
        self.assemble(None, &SystemEntropy).map_err(|(error, _)| error)
    }

    /// Makes the intent of a call. On a mistake there is still an intent to put on record, with
    /// what could be captured of it.
    pub(crate) fn assemble(
        mut self,
        origin: Option<&Origin>,
        entropy: &dyn Entropy,
    ) -> Result<Intent, (IntentError, Box<Intent>)> {
        let mut error = self.error.take();
        let mut first = |e: IntentError| {
            error.get_or_insert(e);
        };
        if self.policy.is_none() {
            first(IntentError::Missing("policy"));
        }
        let action = ActionName::new(&self.action).unwrap_or_else(|e| {
            first(e.into());
            ActionName::invalid()
        });
        let policy = PolicyName::new(self.policy.as_deref().unwrap_or_default());
        let policy = policy.unwrap_or_else(|e| {
            first(e.into());
            PolicyName::invalid()
        });
        let agent = self.agent.as_deref().map(AgentName::new).transpose();
        let agent = agent.unwrap_or_else(|e| {
            first(e.into());
            None
        });
        let captures = std::mem::take(&mut self.captures);
        let arguments = Arguments::new(captures, || self.salt(entropy)).unwrap_or_else(|e| {
            first(e.into());
            Arguments::default()
        });
        let mut intent = Intent {
            action,
            policy,
            arguments,
            attributed: agent.is_some(),
            // Where there are surroundings, they name the agent in a moment.
            actor: Actor::new(match (agent, origin) {
                (Some(agent), _) => agent,
                (None, Some(origin)) => origin.agent.clone(),
                (None, None) => AgentName::invalid(),
            }),
            place: self.place,
            resource: self.resource.map(Into::into),
            reason: self.reason.map(Into::into),
            summary: self.summary.map(Into::into),
            preview: self.preview.map(Box::new),
            key: self.key.map(Into::into),
            digest: Digest::from_bytes([0; 32]),
        };
        if let Some(person) = &self.on_behalf_of
            && let Err(e) = intent.act_for(person)
        {
            first(e);
        }
        let filled = match origin {
            Some(origin) => intent.fill(origin),
            None => Ok(()),
        };
        if let Err(e) = filled.and_then(|()| intent.bound()) {
            first(e);
        }
        intent.digest = intent.compute_digest();
        match error {
            None => Ok(intent),
            Some(error) => {
                intent.truncate();
                intent.digest = intent.compute_digest();
                Err((error, Box::new(intent)))
            }
        }
    }
}
