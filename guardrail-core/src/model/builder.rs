//! Makes an intent: gathers its parts, keeps the bounds, masks credentials, computes the digest.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

use serde::Serialize;

use crate::clock::{Entropy, EntropyError, SystemEntropy};
use crate::model::actor::Actor;
use crate::model::arguments::Arguments;
use crate::model::canonical::{Bounds, Canonical, CaptureError, Pen, scribble};
use crate::model::captures::Captures;
use crate::model::digest::Digest;
use crate::model::intent::{Intent, Preview, Said};
use crate::model::intent_error::IntentError;
use crate::model::name::{ActionName, AgentName, PolicyName};
use crate::model::origin::Origin;
use crate::model::piece::Captured;
use crate::model::place::{Place, Spot};
use crate::model::prose::{ARGUMENT_LIMIT, PREVIEW_LIMIT, cut};
use crate::model::secret::{Salt, looks_like_credential, mask_text};

/// Bytes that are set aside for an argument; more are taken where it needs them.
const TYPICAL: usize = 48;

/// Gathers the parts of an [`Intent`]. The first mistake is kept and returned by `build`.
#[derive(Debug)]
#[must_use = "an intent does nothing before it is authorized"]
pub struct IntentBuilder {
    action: Cow<'static, str>,
    policy: Option<Cow<'static, str>>,
    agent: Option<String>,
    on_behalf_of: Option<String>,
    said: Said,
    place: Place,
    captures: Captures,
    bounds: Bounds,
    salt: Option<Salt>,
    error: Option<IntentError>,
}

impl Intent {
    /// Starts an intent by hand, for [`authorize`](crate::gate::Guardrail::authorize).
    pub fn builder(action: impl Into<String>) -> IntentBuilder {
        IntentBuilder::new(Cow::Owned(action.into()))
    }
}

impl IntentBuilder {
    pub(crate) fn new(action: Cow<'static, str>) -> Self {
        Self {
            action,
            policy: None,
            agent: None,
            on_behalf_of: None,
            said: Said::default(),
            place: Place::default(),
            captures: Captures::default(),
            bounds: Bounds::default(),
            salt: None,
            error: None,
        }
    }

    pub(crate) fn expect(&mut self, arguments: usize) {
        self.captures.reserve(arguments.min(ARGUMENT_LIMIT) * TYPICAL);
    }

    pub(crate) fn set_place(&mut self, module: &'static str, at: &'static Location<'static>) {
        self.place.spot = Spot::Own { module, at: Some(at) };
    }

    /// The policy, of a name that lives as long as the program.
    pub(crate) fn set_policy(&mut self, policy: &'static str) {
        self.policy = Some(Cow::Borrowed(policy));
    }

    /// The policy that judges the call. Required.
    pub fn policy(mut self, name: impl Into<String>) -> Self {
        self.policy = Some(Cow::Owned(name.into()));
        self
    }

    /// The agent, where it is not the program's default actor. One that the context names stays in the
    /// chain.
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.agent = Some(name.into());
        self
    }

    /// The person of the directory the agent acts for. One whom the context names instead stays in the
    /// chain, and does not approve it either.
    pub fn on_behalf_of(mut self, person: impl Into<String>) -> Self {
        self.on_behalf_of = Some(person.into());
        self
    }

    /// What the deed is done to, at most 1 KiB.
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.said.resource = Some(resource.into().into());
        self
    }

    /// Why, in the agent's words; 4 KiB are kept.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.said.reason = Some(reason.into().into());
        self
    }

    /// A one-line summary; 4 KiB are kept.
    pub fn summary(mut self, summary: impl Into<String>) -> Self {
        self.said.summary = Some(summary.into().into());
        self
    }

    /// Text to show beside the arguments: a diff, a plan. 64 KiB are kept.
    pub fn preview(mut self, text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        self.said.preview = Some(Preview {
            sha256: Digest::of(text.as_bytes()),
            bytes: text.len(),
            text: cut(&mask_text(text), PREVIEW_LIMIT),
        });
        self
    }

    /// The idempotency key: a second call with it meets the first. At most 1 KiB.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.said.key = Some(key.into().into());
        self
    }

    /// One argument, captured by `Serialize`.
    pub fn arg<T: Serialize + ?Sized>(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: &T,
    ) -> Self {
        self.capture_named(name.into(), Captured::Value, |pen| pen.put(value));
        self
    }

    /// One argument, captured by `Debug`.
    pub fn debug<T: fmt::Debug + ?Sized>(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: &T,
    ) -> Self {
        let text = format_args!("{value:?}");
        self.capture_named(name.into(), Captured::Debug, |pen| pen.put(&text));
        self
    }

    /// One argument whose value nobody is shown: a salted commitment stands for it.
    pub fn redact<T: Serialize + ?Sized>(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: &T,
    ) -> Self {
        self.capture_named(name.into(), Captured::Redacted, |pen| pen.put(value));
        self
    }

    /// One argument that is left out, and named as left out.
    pub fn skip(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.capture_named(name.into(), Captured::Skipped, |pen| pen.put(&()));
        self
    }

    /// All members of one JSON object as arguments, read strictly: no member twice, nothing after
    /// it, no number that would be rounded.
    pub fn json(mut self, object: &[u8]) -> Self {
        match Canonical::members(object, &self.bounds) {
            Ok(members) if members.len() > ARGUMENT_LIMIT => {
                let (bytes, members) = (object.len(), members.len());
                self.fail(IntentError::TooMany { bytes, members, limit: ARGUMENT_LIMIT });
            }
            Ok(members) => {
                for (name, value) in members {
                    if self.refuses(&name) {
                        continue;
                    }
                    self.take(&name, |captures, _| {
                        captures.push(&name, Captured::Value, value.borrowed());
                        Ok(())
                    });
                }
            }
            Err(source) => self.fail(IntentError::Strict { bytes: object.len(), source }),
        }
        self
    }

    /// One argument, of a name that is in the program's text or was made at run time.
    fn capture_named(
        &mut self,
        name: Cow<'static, str>,
        captured: Captured,
        write: impl FnOnce(&mut Pen) -> Result<(), CaptureError>,
    ) {
        let refused = matches!(&name, Cow::Owned(name) if self.refuses(name));
        if !refused {
            self.capture(&name, captured, write);
        }
    }

    /// Refuses a name that would carry a credential to every reader: names are shown as they are.
    fn refuses(&mut self, name: &str) -> bool {
        let kind = looks_like_credential(name);
        if let Some(kind) = kind {
            self.fail(IntentError::NamedCredential(kind));
        }
        kind.is_some()
    }

    /// One argument, with the value that `write` puts.
    pub(crate) fn capture(
        &mut self,
        name: &str,
        captured: Captured,
        write: impl FnOnce(&mut Pen) -> Result<(), CaptureError>,
    ) {
        self.take(name, |captures, bounds| {
            scribble(bounds, write, |json| captures.push(name, captured, json))
        });
    }

    fn take(
        &mut self,
        name: &str,
        push: impl FnOnce(&mut Captures, &Bounds) -> Result<(), CaptureError>,
    ) {
        if self.captures.len() >= ARGUMENT_LIMIT {
            self.fail(IntentError::TooLong { part: "argument list", limit: ARGUMENT_LIMIT });
        } else if self.captures.contains(name) {
            self.fail(IntentError::Twice(mask_text(name).into_owned()));
        } else {
            let bytes = self.bounds.bytes.saturating_sub(self.captures.bytes());
            if let Err(source) = push(&mut self.captures, &Bounds { bytes, ..self.bounds }) {
                let name_shown = mask_text(name).into_owned();
                self.fail(IntentError::Capture { name: name_shown, source });
                self.captures.push(name, Captured::Unshowable, Canonical::NULL);
            }
        }
    }

    /// The arguments captured so far, for whoever makes the preview.
    pub(crate) fn arguments(&mut self, entropy: &dyn Entropy) -> Result<Arguments, EntropyError> {
        let captures = std::mem::take(&mut self.captures);
        let arguments = captures.mask(|| self.salt(entropy));
        self.captures = captures;
        arguments
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
        self.said.resource = Some(resource.into());
    }

    pub(crate) fn set_reason(&mut self, reason: String) {
        self.said.reason = Some(reason.into());
    }

    pub(crate) fn set_key(&mut self, key: String) {
        self.said.key = Some(key.into());
    }

    pub(crate) fn set_summary(&mut self, summary: String) {
        self.said.summary = Some(summary.into());
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
    pub fn build(mut self) -> Result<Intent, IntentError> {
        self.assemble(None, &SystemEntropy).map_err(|(error, _)| error)
    }

    /// Makes the intent of a call. On a mistake there is still an intent to put on record, with
    /// what could be captured of it. Nothing is left behind: it is by reference as it is large.
    pub(crate) fn assemble(
        &mut self,
        origin: Option<&Origin<'_>>,
        entropy: &dyn Entropy,
    ) -> Result<Intent, (IntentError, Box<Intent>)> {
        let mut error = self.error.take();
        let mut first = |e: IntentError| {
            error.get_or_insert(e);
        };
        if self.policy.is_none() {
            first(IntentError::Missing("policy"));
        }
        let action = ActionName::of(std::mem::take(&mut self.action)).unwrap_or_else(|e| {
            first(e.into());
            ActionName::invalid()
        });
        let policy = PolicyName::of(self.policy.take().unwrap_or_default());
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
        let arguments = captures.mask(|| self.salt(entropy)).unwrap_or_else(|e| {
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
            place: std::mem::take(&mut self.place),
            said: std::mem::take(&mut self.said).apart(),
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
