//! What an agent is about to do: immutable, with a digest an approval is bound to.

use serde::{Deserialize, Serialize};

use crate::model::actor::Actor;
use crate::model::arguments::Arguments;
use crate::model::digest::{Digest, Fields};
use crate::model::name::{ActionName, PolicyName};
use crate::model::place::Place;

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
#[derive(Clone, Debug)]
pub struct Intent {
    pub(super) action: ActionName,
    pub(super) policy: PolicyName,
    pub(super) arguments: Arguments,
    pub(crate) actor: Actor,
    pub(crate) place: Place,
    /// Apart: thousands of calls wait at a time, and many have nothing here.
    pub(super) said: Option<Box<Said>>,
    pub(super) digest: Digest,
    /// Whether its agent was named, so that the program's default does not replace it.
    pub(super) attributed: bool,
}

/// What an intent says beside its arguments, where it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) resource: Option<Box<str>>,
    pub(super) reason: Option<Box<str>>,
    pub(super) summary: Option<Box<str>>,
    pub(super) preview: Option<Preview>,
    pub(super) key: Option<Box<str>>,
}

/// Where it does not.
static NOTHING: Said =
    Said { resource: None, reason: None, summary: None, preview: None, key: None };

impl Said {
    pub(super) fn apart(self) -> Option<Box<Self>> {
        (self != NOTHING).then(|| Box::new(self))
    }
}

impl Intent {
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
        self.said().resource.as_deref()
    }

    /// Why, in the agent's words. Nobody has verified it.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.said().reason.as_deref()
    }

    /// The developer's one-line summary, with values filled in.
    #[must_use]
    pub fn summary(&self) -> Option<&str> {
        self.said().summary.as_deref()
    }

    /// The preview, where the developer gives one.
    #[must_use]
    pub fn preview(&self) -> Option<&Preview> {
        self.said().preview.as_ref()
    }

    /// The idempotency key of the call.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.said().key.as_deref()
    }

    /// What an approval of this intent is bound to.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    pub(super) fn said(&self) -> &Said {
        self.said.as_deref().unwrap_or(&NOTHING)
    }

    pub(super) fn said_mut(&mut self) -> &mut Said {
        self.said.get_or_insert_default()
    }

    /// Whether another call is about to do the very same. Equal digests say so; where values are
    /// hidden, digests differ from call to call.
    pub(crate) fn is_same_deed(&self, other: &Self) -> bool {
        self.digest == other.digest
            || (self.action == other.action
                && self.policy == other.policy
                && self.resource() == other.resource()
                && self.place.environment() == other.place.environment()
                && self.actor.agent == other.actor.agent
                && self.actor.on_behalf_of() == other.actor.on_behalf_of()
                && self.actor.chain().eq(other.actor.chain())
                && self.arguments.are_same(&other.arguments))
    }

    pub(crate) fn compute_digest(&self) -> Digest {
        let mut fields = Fields::new("guardrail-intent-v1");
        fields.text(self.action.as_str());
        fields.text(self.policy.as_str());
        self.arguments.hash_into(&mut fields);
        fields.optional(self.resource());
        fields.optional(self.place.environment());
        fields.text(self.actor.agent.as_str());
        fields.optional(self.actor.on_behalf_of().map(|person| person.as_str()));
        fields.count(self.actor.chain().len());
        self.actor.chain().for_each(|link| fields.text(link));
        fields.digest()
    }
}
