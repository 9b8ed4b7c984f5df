//! How an intent stands in a record, and with it who asks and where: field by field, whatever the
//! types keep together or apart.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::actor::{Actor, Behind};
use crate::model::arguments::Arguments;
use crate::model::digest::Digest;
use crate::model::intent::{Intent, Preview, Said};
use crate::model::name::{ActionName, AgentName, PersonId, PolicyName};
use crate::model::place::{Machine, Place, Spot, Told};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IntentForm<'a> {
    action: Cow<'a, ActionName>,
    policy: Cow<'a, PolicyName>,
    arguments: Cow<'a, Arguments>,
    actor: Cow<'a, Actor>,
    place: Cow<'a, Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    summary: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preview: Option<Cow<'a, Preview>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Cow<'a, str>>,
    digest: Digest,
}

impl Serialize for Intent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = IntentForm {
            action: Cow::Borrowed(&self.action),
            policy: Cow::Borrowed(&self.policy),
            arguments: Cow::Borrowed(&self.arguments),
            actor: Cow::Borrowed(&self.actor),
            place: Cow::Borrowed(&self.place),
            resource: self.resource().map(Cow::Borrowed),
            reason: self.reason().map(Cow::Borrowed),
            summary: self.summary().map(Cow::Borrowed),
            preview: self.preview().map(Cow::Borrowed),
            key: self.key().map(Cow::Borrowed),
            digest: self.digest,
        };
        form.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Intent {
    /// Takes only an intent whose digest is the digest of its parts.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = IntentForm::deserialize(deserializer)?;
        let said = Said {
            resource: form.resource.map(boxed),
            reason: form.reason.map(boxed),
            summary: form.summary.map(boxed),
            preview: form.preview.map(Cow::into_owned),
            key: form.key.map(boxed),
        };
        let intent = Self {
            action: form.action.into_owned(),
            policy: form.policy.into_owned(),
            arguments: form.arguments.into_owned(),
            actor: form.actor.into_owned(),
            place: form.place.into_owned(),
            said: said.apart(),
            digest: form.digest,
            attributed: false,
        };
        if intent.compute_digest() == intent.digest {
            Ok(intent)
        } else {
            Err(de::Error::custom("the intent's digest is not the digest of its parts"))
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActorForm<'a> {
    agent: Cow<'a, AgentName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<Cow<'a, PersonId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    chain: Cow<'a, [Box<str>]>,
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let behind = self.behind();
        let form = ActorForm {
            agent: Cow::Borrowed(&self.agent),
            on_behalf_of: behind.on_behalf_of.as_ref().map(Cow::Borrowed),
            session: behind.session.as_deref().map(Cow::Borrowed),
            model: behind.model.as_deref().map(Cow::Borrowed),
            chain: Cow::Borrowed(&behind.chain),
        };
        form.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = ActorForm::deserialize(deserializer)?;
        let behind = Behind {
            on_behalf_of: form.on_behalf_of.map(Cow::into_owned),
            session: form.session.map(boxed),
            model: form.model.map(boxed),
            chain: form.chain.into_owned(),
        };
        Ok(Self { agent: form.agent.into_owned(), behind: behind.apart() })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceForm<'a> {
    host: Cow<'a, str>,
    module: Cow<'a, str>,
    file: Cow<'a, str>,
    line: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    environment: Option<Cow<'a, str>>,
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = PlaceForm {
            host: Cow::Borrowed(self.host()),
            module: Cow::Borrowed(self.module()),
            file: Cow::Borrowed(self.file()),
            line: self.line(),
            environment: self.environment().map(Cow::Borrowed),
        };
        form.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let PlaceForm { host, module, file, line, environment } =
            PlaceForm::deserialize(deserializer)?;
        let machine = Machine { host: boxed(host), environment: environment.map(boxed) };
        let told = Told { module: boxed(module), file: boxed(file), line };
        Ok(Self { machine: Some(Arc::new(machine)), spot: Spot::Told(Box::new(told)) })
    }
}

fn boxed(text: Cow<'_, str>) -> Box<str> {
    text.into_owned().into()
}
