//! Reads who must agree: `approvers` and `approvals`, and whether that many people exist.

use crate::model::{Eligible, GroupName, PersonId, Stage};
use crate::policy::read::groups::{self, Groups};
use crate::policy::read::node::Node;
use crate::policy::read::people::People;
use crate::policy::read::show::{listed, shown, spelled};
use crate::policy::read::words::meant;
use crate::policy::report::Report;

/// The one stage of a policy that asks; `None` where there was a mistake.
pub(super) fn read(
    node: &Node<'_>,
    people: &People,
    groups: &Groups,
    report: &mut Report,
) -> Option<Stage> {
    let approvals = approvals(node, report);
    let Some(entries) = node.texts("approvers", report) else {
        let what = "a policy that asks needs approvers, like `approvers = [\"group:NAME\"]`";
        report.add(node.at, node.key("approvers"), what);
        return None;
    };
    if node.is_empty_list("approvers") {
        let at = node.at("approvers").unwrap_or(node.at);
        report.add(at, node.key("approvers"), "somebody must be named here");
        return None;
    }
    let mut stage = Stage { approvers: Vec::new(), people: Vec::new(), approvals: 1 };
    let mut whole = true;
    for entry in &entries {
        if report.is_full() {
            break;
        }
        match eligible(entry.text, people, groups) {
            Ok((eligible, ids)) => {
                whole &= !matches!(&eligible, Eligible::Group(name) if groups.is_broken(name));
                stage.approvers.push(eligible);
                let active =
                    |id: &PersonId| people.get(id).is_some_and(|person| person.is_active());
                stage.people.extend(ids.into_iter().filter(active));
            }
            Err(what) => {
                whole = false;
                report.add(entry.at, node.key("approvers"), what);
            }
        }
    }
    stage.people.sort();
    stage.people.dedup();
    let (at, wanted) = approvals?;
    stage.approvals = wanted;
    if whole && !entries.is_empty() && stage.people.len() < wanted as usize {
        let (at, key) = match at {
            Some(at) => (at, "approvals"),
            None => (node.at("approvers").unwrap_or(node.at), "approvers"),
        };
        report.add(at, node.key(key), unreachable(&stage));
        whole = false;
    }
    whole.then_some(stage)
}

/// How many, and where that stands.
fn approvals(node: &Node<'_>, report: &mut Report) -> Option<(Option<usize>, u32)> {
    let Some((at, number)) = node.number("approvals", report) else {
        return node.at("approvals").is_none().then_some((None, 1));
    };
    if number < 1 {
        report.add(at, node.key("approvals"), "must be at least 1");
        return None;
    }
    let Ok(number) = u32::try_from(number) else {
        report.add(at, node.key("approvals"), "cannot be reached: there are not that many people");
        return None;
    };
    Some((Some(at), number))
}

fn eligible(
    text: &str,
    people: &People,
    groups: &Groups,
) -> Result<(Eligible, Vec<PersonId>), String> {
    match text.split_once(':') {
        Some(("group", name)) => {
            let found = GroupName::new(name).ok().and_then(|name| {
                let members = groups.get(&name)?.to_vec();
                Some((Eligible::Group(name), members))
            });
            found.ok_or_else(|| {
                let meant = meant(name, groups.names());
                format!("there is no group `{}`{meant}", spelled(name))
            })
        }
        Some(("person", name)) => {
            let person = PersonId::new(name).ok().and_then(|id| people.get(&id));
            match person {
                Some(person) if person.is_human() => {
                    Ok((Eligible::Person(person.id.clone()), vec![person.id.clone()]))
                }
                Some(person) => {
                    Err(format!("`{}` is of kind {}, and only people vote", person.id, person.kind))
                }
                None => Err(groups::unknown(name, people)),
            }
        }
        Some(("agent" | "service", _)) => {
            Err(format!("`{}` is no person, and only people vote", shown(text)))
        }
        _ => Err(prefix(text, people, groups)),
    }
}

/// What to say of an approver that is neither `group:` nor `person:`.
fn prefix(text: &str, people: &People, groups: &Groups) -> String {
    let name = text.split_once(':').map_or(text, |(_, name)| name).trim();
    let group = GroupName::new(name).is_ok_and(|name| groups.get(&name).is_some());
    let person = PersonId::new(name).is_ok_and(|id| people.contains_key(&id));
    let text = shown(text);
    if group {
        format!("`{text}` is neither a group nor a person; did you mean `group:{name}`?")
    } else if person {
        format!("`{text}` is neither a group nor a person; did you mean `person:{name}`?")
    } else {
        format!("`{text}` is neither a group nor a person; write `group:NAME` or `person:ID`")
    }
}

fn unreachable(stage: &Stage) -> String {
    let wanted = stage.approvals;
    match stage.people.as_slice() {
        [] => "nobody named here is active, so nobody could approve".to_owned(),
        [one] => format!("{wanted} approvals cannot be reached: only `{one}` may vote"),
        some => {
            let few = listed(some.iter().take(10).map(PersonId::as_str));
            let more = if some.len() > 10 { ", ..." } else { "" };
            format!(
                "{wanted} approvals cannot be reached: only {} people may vote, {few}{more}",
                some.len()
            )
        }
    }
}

/// Nobody is named under a policy that asks nobody.
pub(super) fn refuse(node: &Node<'_>, effect: &str, keys: &[&str], report: &mut Report) {
    for key in keys {
        if let Some(at) = node.at(key) {
            let what = format!("`effect = \"{effect}\"` asks nobody; remove this or let it ask");
            report.add(at, node.key(key), what);
        }
    }
}
