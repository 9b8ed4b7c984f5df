//! Makes an intent: gathers its parts, keeps the bounds, masks credentials, computes the digest.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::clock::{Entropy, EntropyError, SystemEntropy};
use crate::model::actor::Actor;
use crate::model::arguments::{Arguments, Capture, Captured};
use crate::model::canonical::{Bounds, Canonical, CaptureError, StrictError};
use crate::model::digest::Digest;
use crate::model::intent::{Intent, Place, Preview};
use crate::model::name::{ActionName, AgentName, NameError, PersonId, PolicyName};
use crate::model::secret::{Salt, looks_like_credential, mask_text};

/// Most bytes of a reason or a summary that are kept; the rest is cut and said to be cut.
pub const PROSE_LIMIT: usize = 4 * 1024;
/// Most bytes of a preview that are kept.
pub const PREVIEW_LIMIT: usize = 64 * 1024;
/// Most bytes of a resource, a key, a session, a model, an environment or a link of the chain.
pub const LABEL_LIMIT: usize = 1024;
/// Most links of a delegation chain.
pub const CHAIN_LIMIT: usize = 16;
/// Most arguments of one call.
pub const ARGUMENT_LIMIT: usize = 256;

/// Why no intent could be made of a call. The call is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntentError {
    /// A name breaks its rule.
    #[error(transparent)]
    Name(#[from] NameError),
    /// An argument could not be captured.
    #[error("argument `{name}` could not be captured: {source}")]
    Capture {
        /// The parameter.
        name: String,
        /// Why.
        source: CaptureError,
    },
    /// Arguments given as JSON are not strict JSON.
    #[error("the {bytes} bytes of arguments are not strict JSON: {source}")]
    Strict {
        /// How many bytes were given; nothing else is kept of them.
        bytes: usize,
        /// Why.
        source: StrictError,
    },
    /// Two arguments have one name.
    #[error("there are two arguments named `{0}`")]
    Twice(String),
    /// A part is longer than its bound, in bytes or entries.
    #[error("the {part} is longer than {limit}")]
    TooLong {
        /// Which part.
        part: &'static str,
        /// Its bound.
        limit: usize,
    },
    /// The resource would carry a credential to every reader.
    #[error("the resource looks like a credential ({0}); name the resource without it")]
    Credential(&'static str),
    /// A part that every intent has was not given.
    #[error("the intent has no {0}")]
    Missing(&'static str),
    /// The preview failed or took too long.
    #[error("the preview failed: {0}")]
    Preview(String),
    /// There was no randomness for a salt.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

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

/// Gathers the parts of an [`Intent`]. The first mistake is kept and returned by `build`.
#[derive(Debug)]
#[must_use = "an intent does nothing before it is authorized"]
pub struct IntentBuilder {
    action: String,
    policy: Option<String>,
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

impl IntentError {
    /// A preview that failed; its words are the preview's own, masked and cut.
    pub(crate) fn preview(why: &str) -> Self {
        Self::Preview(cut(&mask_text(why), 512).into())
    }
}

impl IntentBuilder {
    pub(crate) fn new(action: String) -> Self {
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
                host: Arc::from(""),
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

    /// The policy that judges the call. Required.
    pub fn policy(mut self, name: impl Into<String>) -> Self {
        self.policy = Some(name.into());
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

    /// What was captured, to be held against an intent made before.
    pub(crate) fn is_same_deed(&self, intent: &Intent) -> bool {
        self.error.is_none()
            && self.action == intent.action.as_str()
            && self.resource.as_deref() == intent.resource.as_deref()
            && intent.arguments.holds(&self.captures)
    }

    pub(crate) fn set_action(&mut self, action: String) {
        self.action = action;
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
            actor: Actor::new(agent.unwrap_or_else(AgentName::invalid)),
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

    fn act_for(&mut self, person: &str) -> Result<(), IntentError> {
        self.actor.on_behalf_of = Some(PersonId::new(person)?);
        Ok(())
    }

    fn fill(&mut self, origin: &Origin) -> Result<(), IntentError> {
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
    fn bound(&mut self) -> Result<(), IntentError> {
        for prose in [&mut self.reason, &mut self.summary] {
            if let Some(text) = prose {
                tidy(text);
            }
        }
        for label in [&mut self.actor.session, &mut self.actor.model, &mut self.key] {
            if let Some(text) = label
                && let Cow::Owned(masked) = mask_text(text)
            {
                *text = masked.into();
            }
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
    fn truncate(&mut self) {
        self.resource = None;
        for prose in [&mut self.reason, &mut self.summary] {
            if let Some(text) = prose {
                tidy(text);
            }
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

fn tidy(text: &mut Box<str>) {
    if let Cow::Owned(masked) = mask_text(text) {
        *text = masked.into();
    }
    if text.len() > PROSE_LIMIT {
        *text = cut(text, PROSE_LIMIT);
    }
}

/// The first `limit` bytes, with a note of the whole length where something was cut.
pub(crate) fn cut(text: &str, limit: usize) -> Box<str> {
    if text.len() <= limit {
        return text.into();
    }
    let head = text.get(..text.floor_char_boundary(limit)).unwrap_or_default();
    format!("{head} [cut here: {} bytes in all]", text.len()).into()
}
