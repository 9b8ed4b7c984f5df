//! The people of `guardrail.toml`: who an identity is, and who a name means.

use std::collections::{BTreeMap, HashMap};

use crate::model::{GroupName, Identity, PersonId, folded};
use crate::policy::person::Person;

/// Who an identity belongs to. Exhaustive on purpose: an unlinked account is nobody.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub enum Resolution<'d> {
    /// No person of the directory.
    Nobody,
    /// This one; active or not, human or not.
    Person(&'d Person),
}

/// The people and groups of a policy set.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    people: BTreeMap<PersonId, Person>,
    groups: BTreeMap<GroupName, Vec<PersonId>>,
    /// Folded ids and folded email addresses.
    names: BTreeMap<String, PersonId>,
    identities: HashMap<Identity, PersonId>,
}

impl Directory {
    /// The caller has made sure that no two people share a name or an identity.
    pub(super) fn new(people: Vec<Person>, groups: BTreeMap<GroupName, Vec<PersonId>>) -> Self {
        let mut directory = Self { groups, ..Self::default() };
        for person in people {
            for name in person.names() {
                directory.names.insert(name.into_owned(), person.id.clone());
            }
            for identity in &person.identities {
                directory.identities.insert(identity.clone(), person.id.clone());
            }
            directory.people.insert(person.id.clone(), person);
        }
        directory
    }

    /// Who a channel proved someone to be. The realm [`Identity::PERSON`] names a person by id; in
    /// every other the directory must hold realm and subject byte for byte. Whoever comes by the
    /// account of another person is nobody.
    pub fn resolve(&self, identity: &Identity) -> Resolution<'_> {
        let found = if identity.realm() == Identity::PERSON {
            self.people.get(identity.subject())
        } else {
            self.identities.get(identity).and_then(|id| self.person(id))
        };
        let is_theirs = |person: &&Person| match identity.account() {
            None => true,
            Some(account) if account.subject().is_empty() => false,
            Some(account) => self.identities.get(account).is_none_or(|id| *id == person.id),
        };
        found.filter(is_theirs).map_or(Resolution::Nobody, Resolution::Person)
    }

    /// The person with exactly this id.
    #[must_use]
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.get(id)
    }

    /// The person this text names by id or email address, however it is spelled: see
    /// [`fold`](crate::model::fold).
    #[must_use]
    pub fn named(&self, text: &str) -> Option<&Person> {
        self.names.get(&*folded(text)).and_then(|id| self.person(id))
    }

    /// Everyone, by id.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// The members of a group, by id; `None` where there is no such group.
    #[must_use]
    pub fn group(&self, name: &GroupName) -> Option<&[PersonId]> {
        self.groups.get(name).map(Vec::as_slice)
    }

    /// All groups with their members, by name.
    pub fn groups(&self) -> impl Iterator<Item = (&GroupName, &[PersonId])> {
        self.groups.iter().map(|(name, members)| (name, members.as_slice()))
    }
}
