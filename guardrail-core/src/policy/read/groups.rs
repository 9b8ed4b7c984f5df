//! Reads `[groups]`: lists of people of the directory.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{GroupName, PersonId};
use crate::policy::read::node::Node;
use crate::policy::read::people::People;
use crate::policy::read::show::shown;
use crate::policy::read::words::meant;
use crate::policy::report::Report;

/// The groups, and those in which something is wrong.
#[derive(Debug, Default)]
pub(super) struct Groups {
    members: BTreeMap<GroupName, Vec<PersonId>>,
    broken: BTreeSet<GroupName>,
}

pub(super) fn read(root: &Node<'_>, people: &People, report: &mut Report) -> Groups {
    let mut groups = Groups::default();
    let Some(table) = root.table("groups", report) else { return groups };
    for (key, _) in table.entries() {
        if report.is_full() {
            break;
        }
        let path = table.key(key.text);
        let name = match GroupName::new(key.text) {
            Ok(name) => name,
            Err(error) => {
                report.add(key.at, path, error.to_string());
                continue;
            }
        };
        let mut members = Vec::new();
        let entries = table.texts(key.text, report).unwrap_or_default();
        let named = entries.len();
        for entry in entries {
            if report.is_full() {
                break;
            }
            match member(entry.text, people) {
                Ok(id) => members.push(id),
                Err(what) => report.add(entry.at, &*path, what),
            }
        }
        if table.is_empty_list(key.text) {
            report.add(key.at, path, "a group needs somebody in it");
        }
        if members.is_empty() || members.len() < named {
            groups.broken.insert(name.clone());
        }
        members.sort();
        groups.members.insert(name, members);
    }
    groups
}

fn member(text: &str, people: &People) -> Result<PersonId, String> {
    let person = PersonId::new(text).ok().and_then(|id| people.get(&id));
    match person {
        Some(person) if person.is_human() => Ok(person.id.clone()),
        Some(person) => {
            Err(format!("`{}` is of kind {}, and only people vote", person.id, person.kind))
        }
        None => Err(unknown(text, people)),
    }
}

/// What to say of a person who is not there.
pub(super) fn unknown(text: &str, people: &People) -> String {
    let known = people.keys().map(PersonId::as_str);
    format!("there is no person `{}`{}", shown(text), meant(text, known))
}

// ===== impl Groups =====

impl Groups {
    pub(super) fn get(&self, name: &GroupName) -> Option<&[PersonId]> {
        self.members.get(name).map(Vec::as_slice)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(GroupName::as_str)
    }

    /// Whether its members are not all who were meant.
    pub(super) fn is_broken(&self, name: &GroupName) -> bool {
        self.broken.contains(name)
    }

    pub(super) fn into_members(self) -> BTreeMap<GroupName, Vec<PersonId>> {
        self.members
    }
}
