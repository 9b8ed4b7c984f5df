//! Reads `[people]`: nobody stands there twice, and nobody can be taken for somebody else.

use std::collections::{BTreeMap, HashMap};

use unicode_security::confusable_detection::skeleton;

use crate::model::{AgentName, Identity, PersonId, fold};
use crate::policy::person::{Kind, Person};
use crate::policy::read::identity::{self, REALMS};
use crate::policy::read::node::{Node, Text};
use crate::policy::read::show::shown;
use crate::policy::report::Report;

pub(super) type People = BTreeMap<PersonId, Person>;

const KEYS: [&str; 10] =
    ["name", "email", "kind", "active", "owns", "slack", "teams", "terminal", "web", "oidc"];
const KINDS: [(&str, Kind); 3] =
    [("human", Kind::Human), ("agent", Kind::Agent), ("service", Kind::Service)];
/// Most bytes of a name to show.
const NAME_LIMIT: usize = 128;

/// What is taken, and by whom.
#[derive(Default)]
struct Taken {
    names: HashMap<String, PersonId>,
    looks: HashMap<String, PersonId>,
    identities: HashMap<Identity, PersonId>,
}

pub(super) fn read(root: &Node<'_>, report: &mut Report) -> People {
    let mut people = People::new();
    let mut taken = Taken::default();
    let Some(table) = root.table("people", report) else { return people };
    for (key, value) in table.entries() {
        if report.is_full() {
            break;
        }
        let Some(node) = table.node(key, value, report) else { continue };
        match PersonId::new(key.text) {
            Ok(id) => {
                let person = person(&node, id, &mut taken, report);
                people.insert(person.id.clone(), person);
            }
            Err(error) => report.add(key.at, node.path, error.to_string()),
        }
    }
    people
}

fn person(node: &Node<'_>, id: PersonId, taken: &mut Taken, report: &mut Report) -> Person {
    node.know(&KEYS, &[], report);
    let mut person = Person::new(id);
    taken.id(&person.id, node, report);
    person.name = node.prose("name", NAME_LIMIT, report).map(|found| found.text.into());
    person.email = email(node, report).map(|email| {
        taken.email(email, &person.id, node, report);
        email.text.into()
    });
    person.kind = node.choice("kind", &KINDS, report).unwrap_or_default();
    person.active = node.flag("active", report).unwrap_or(true);
    for (subject, identity) in identity::read(node, report) {
        taken.identity(subject, &identity, &person.id, node, report);
        person.identities.push(identity);
    }
    for agent in node.texts("owns", report).unwrap_or_default() {
        match AgentName::new(agent.text) {
            Ok(agent) => person.owns.push(agent),
            Err(error) => report.add(agent.at, node.key("owns"), error.to_string()),
        }
    }
    if !person.is_human()
        && let Some(at) = node.at("owns")
    {
        let what = format!("only people own agents, and this is of kind {}", person.kind);
        report.add(at, node.key("owns"), what);
    }
    person
}

fn email<'d>(node: &Node<'d>, report: &mut Report) -> Option<Text<'d>> {
    let email = node.text("email", report)?;
    let halves = email.text.split_once('@');
    let whole = halves.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    // A call may name the person it acts for by this address, so it keeps the rule of such names.
    if whole && PersonId::new(email.text).is_ok() {
        return Some(email);
    }
    let what = format!("`{}` is no email address of up to 128 bytes", shown(email.text));
    report.add(email.at, node.key("email"), what);
    None
}

// ===== impl Taken =====

impl Taken {
    fn id(&mut self, id: &PersonId, node: &Node<'_>, report: &mut Report) {
        let looks: String = skeleton(id.as_str()).collect();
        if let Some(other) = self.names.get(&id.folded()) {
            let what = if other.folded() == id.folded() {
                format!("this is `{other}` in another spelling")
            } else {
                format!("this is the email address of `{other}`")
            };
            report.add(node.at, &*node.path, what);
        } else if let Some(other) = self.looks.get(&looks) {
            let what = format!(
                "this looks like `{other}`, and nobody could tell them apart; give it another id"
            );
            report.add(node.at, &*node.path, what);
        }
        self.names.entry(id.folded()).or_insert_with(|| id.clone());
        self.looks.entry(looks).or_insert_with(|| id.clone());
    }

    fn email(&mut self, email: Text<'_>, id: &PersonId, node: &Node<'_>, report: &mut Report) {
        let owner = self.names.entry(fold(email.text)).or_insert_with(|| id.clone());
        if owner != id {
            let what = format!("`{}` belongs to `{owner}` already", shown(email.text));
            report.add(email.at, node.key("email"), what);
        }
    }

    fn identity(
        &mut self,
        subject: Text<'_>,
        identity: &Identity,
        id: &PersonId,
        node: &Node<'_>,
        report: &mut Report,
    ) {
        let owner = self.identities.entry(identity.clone()).or_insert_with(|| id.clone());
        if owner != id {
            let what = format!("`{}` belongs to `{owner}` already", shown(subject.text));
            report.add(subject.at, node.key(identity.realm()), what);
        }
    }
}

const _: () = assert!(KEYS.len() == 5 + REALMS.len(), "every channel has its key");
