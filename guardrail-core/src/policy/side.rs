//! Who is on the requesting side of an intent: nobody approves their own request.

use std::borrow::Cow;

use crate::model::{Identity, Intent, PersonId, fold, folded, spellings};
use crate::policy::directory::Directory;
use crate::policy::person::Person;

impl Directory {
    /// Whether the person is on the requesting side: the one it is done for, one through whom the
    /// task came, an owner of an agent that asks, or the agent itself.
    ///
    /// All names are compared folded, ids, email addresses and identities alike, with and without
    /// a prefix such as `agent:`, and where an address or a mention stands in a text. Where a text could mean the person, it does: the mistake that
    /// may happen here is a vote too few. A person the directory does not know is on that side.
    #[must_use]
    pub fn is_requesting_side(&self, person: &PersonId, intent: &Intent) -> bool {
        let Some(person) = self.person(person) else { return true };
        let others = others_of(person);
        let is_theirs =
            |name: &Cow<'_, str>| person.names().any(|own| own == *name) || others.contains(name);
        intent.actor().names().any(|name| {
            is_theirs(&name)
                // Who is named by one of their names is meant by all of them.
                || self.named(&name).is_some_and(|named| named.names().any(|name| is_theirs(&name)))
        })
    }
}

/// Whether the call names the account by which the channel came to the person: the directory does not say
/// that it is theirs.
pub(crate) fn is_requesting_account(identity: &Identity, intent: &Intent) -> bool {
    identity.account().is_some_and(|account| {
        let names = names_of(account);
        intent.actor().names().any(|name| names.contains(&name))
    })
}

/// Every name under which somebody may mean an account of the person or an agent of theirs.
fn others_of(person: &Person) -> Vec<Cow<'_, str>> {
    let mut names: Vec<_> = person.identities.iter().flat_map(names_of).collect();
    for agent in &person.owns {
        names.extend(spellings(agent.as_str()));
    }
    names
}

/// How an account may be named. Of `T0CORP/U0ALICE` also the part behind the workspace, as channels name it
/// among themselves.
fn names_of(identity: &Identity) -> Vec<Cow<'_, str>> {
    let subject = folded(identity.subject());
    let account = subject.rsplit_once('/').map(|(_, account)| account.to_owned().into());
    [Some(fold(&identity.to_string()).into()), account, Some(subject)]
        .into_iter()
        .flatten()
        .collect()
}
