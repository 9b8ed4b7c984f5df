//! What an agent is about to do: immutable, with a digest an approval is bound to.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::model::actor::Actor;
use crate::model::arguments::Arguments;
use crate::model::builder::IntentBuilder;
use crate::model::digest::{Digest, Fields};
use crate::model::name::{ActionName, PolicyName};

/// Where a call comes from. Of these the digest covers the environment only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub(crate) host: Arc<str>,
    pub(crate) module: Cow<'static, str>,
    pub(crate) file: Cow<'static, str>,
    pub(crate) line: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) environment: Option<Arc<str>>,
}

impl Place {
    /// The machine's name.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The Rust module of the guarded function; empty for one not made by the macro.
    #[must_use]
    pub fn module(&self) -> &str {
        &self.module
    }

    /// The source file of the guarded function; empty for one not made by the macro.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line in that file, from 1.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// `prod`, `staging` and the like, as the program was configured.
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        self.environment.as_deref()
    }
}

/// Text made once before the request, to be shown beside the arguments: a diff, a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preview {
    pub(crate) text: Box<str>,
    /// Of the whole text, before any cut.
    pub(crate) sha256: Digest,
    /// Bytes of the whole text.
    pub(crate) bytes: usize,
}

impl Preview {
    /// The text, at most 64 KiB of it, credentials masked.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the whole text.
    #[must_use]
    pub const fn sha256(&self) -> Digest {
        self.sha256
    }

    /// How many bytes the whole text has.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }
}

/// What an agent is about to do. Immutable; equal digests mean the same deed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Intent {
    pub(crate) action: ActionName,
    pub(crate) policy: PolicyName,
    pub(crate) arguments: Arguments,
    pub(crate) actor: Actor,
    pub(crate) place: Place,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) resource: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) preview: Option<Box<Preview>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Box<str>>,
    pub(crate) digest: Digest,
    /// Whether its agent was named, so that the program's default does not replace it.
    #[serde(skip)]
    pub(crate) attributed: bool,
}

impl Intent {
    /// Starts an intent by hand, for [`authorize`](crate::gate::Guardrail::authorize).
    pub fn builder(action: impl Into<String>) -> IntentBuilder {
        IntentBuilder::new(Cow::Owned(action.into()))
    }

    /// The guarded function's name.
    #[must_use]
    pub fn action(&self) -> &str {
        self.action.as_str()
    }

    /// The policy that judges it.
    #[must_use]
    pub const fn policy(&self) -> &PolicyName {
        &self.policy
    }

    /// The arguments the body will receive.
    #[must_use]
    pub const fn arguments(&self) -> &Arguments {
        &self.arguments
    }

    /// Who asks.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Where the call comes from.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// What the deed is done to, where the developer names it.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        self.resource.as_deref()
    }

    /// Why, in the agent's words. Nobody has verified it.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The developer's one-line summary, with values filled in.
    #[must_use]
    pub fn summary(&self) -> Option<&str> {
        self.summary.as_deref()
    }

    /// The preview, where the developer gives one.
    #[must_use]
    pub fn preview(&self) -> Option<&Preview> {
        self.preview.as_deref()
    }

    /// The idempotency key of the call.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// What an approval of this intent is bound to.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Whether another call is about to do the very same. Equal digests say so; where values are
    /// hidden, digests differ from call to call.
    pub(crate) fn is_same_deed(&self, other: &Self) -> bool {
        let (a, b) = (&self.actor, &other.actor);
        self.digest == other.digest
            || (self.action == other.action
                && self.policy == other.policy
                && self.resource == other.resource
                && self.place.environment == other.place.environment
                && (&a.agent, &a.on_behalf_of, &a.chain) == (&b.agent, &b.on_behalf_of, &b.chain)
                && self.arguments.are_same(&other.arguments))
    }

    pub(crate) fn compute_digest(&self) -> Digest {
        let mut fields = Fields::new("guardrail-intent-v1");
        fields.text(self.action.as_str());
        fields.text(self.policy.as_str());
        self.arguments.hash_into(&mut fields);
        fields.optional(self.resource.as_deref());
        fields.optional(self.place.environment.as_deref());
        fields.text(self.actor.agent.as_str());
        fields.optional(self.actor.on_behalf_of.as_ref().map(|person| person.as_str()));
        fields.count(self.actor.chain.len());
        for link in &self.actor.chain {
            fields.text(link);
        }
        fields.digest()
    }
}

impl Serialize for Intent {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Intent {
    /// Takes only an intent whose digest is the digest of its parts.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let intent = Self::deserialize(deserializer)?;
        if intent.compute_digest() == intent.digest {
            Ok(intent)
        } else {
            Err(de::Error::custom("the intent's digest is not the digest of its parts"))
        }
    }
}
