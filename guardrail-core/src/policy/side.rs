//! Who is on the requesting side of an intent: nobody approves their own request.

use std::borrow::Cow;

use crate::model::{Intent, PersonId, fold, folded};
use crate::policy::directory::Directory;
use crate::policy::person::Person;

impl Directory {
    /// Whether the person is on the requesting side: the one it is done for, one through whom the
    /// task came, an owner of an agent that asks, or the agent itself.
    ///
    /// All names are compared folded, ids, email addresses and identities alike, with and without
    /// a prefix such as `agent:`. Where a text could mean the person, it does: the mistake that
    /// may happen here is a vote too few. A person the directory does not know is on that side.
    #[must_use]
    pub fn is_requesting_side(&self, person: &PersonId, intent: &Intent) -> bool {
        let Some(person) = self.person(person) else { return true };
        let others = others_of(person);
        let is_theirs =
            |name: &Cow<'_, str>| person.names().any(|own| own == *name) || others.contains(name);
        requesting(intent).any(|name| {
            is_theirs(&name)
                // Who is named by one of their names is meant by all of them.
                || self.named(&name).is_some_and(|named| named.names().any(|name| is_theirs(&name)))
        })
    }
}

/// Every name under which the intent may mean somebody.
fn requesting(intent: &Intent) -> impl Iterator<Item = Cow<'_, str>> {
    let actor = intent.actor();
    let person = actor.on_behalf_of().map(PersonId::as_str);
    person.into_iter().chain([actor.agent().as_str()]).chain(actor.chain()).flat_map(spellings)
}

/// Every name under which somebody may mean an account of the person or an agent of theirs.
fn others_of(person: &Person) -> Vec<Cow<'_, str>> {
    let identities = person.identities.iter();
    let mut names: Vec<_> = identities.map(|identity| fold(&identity.to_string()).into()).collect();
    for agent in &person.owns {
        names.extend(spellings(agent.as_str()));
    }
    names
}

/// The text, and what of it follows a prefix: `agent:ops:deploy-bot` may mean `deploy-bot`.
fn spellings(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let text = folded(text);
    let after = |rest: Option<(&str, &str)>| rest.map(|(_, name)| name.trim().to_owned().into());
    let first = after(text.split_once(':'));
    let last = after(text.rsplit_once(':'));
    [Some(text), first, last].into_iter().flatten().filter(|name| !name.is_empty())
}
