//! Reads `[policies]`: what each name means, and who must agree.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{Choice, PolicyName, Requirement, Retry, Risk};
use crate::policy::named::{Effect, Policy};
use crate::policy::read::duration::duration;
use crate::policy::read::groups::Groups;
use crate::policy::read::node::{self, Node};
use crate::policy::read::people::People;
use crate::policy::read::{approvers, references};
use crate::policy::report::Report;

const KEYS: [&str; 12] = [
    "description",
    "effect",
    "risk",
    "requester",
    "approvers",
    "approvals",
    "timeout",
    "grant_ttl",
    "retry",
    "reason_required",
    "references",
    "controls",
];
/// Words of the grammar to come. A version that does not know them must not ignore them.
const LATER: [&str; 4] = ["rules", "stages", "escalate", "remind_every"];
/// What means something only where people are asked.
const ASKING: [&str; 6] =
    ["approvers", "approvals", "timeout", "grant_ttl", "retry", "reason_required"];

const EFFECTS: [(&str, Effect); 3] =
    [("allow", Effect::Allow), ("ask", Effect::Ask), ("deny", Effect::Deny)];
const RISKS: [(&str, Risk); 4] = [
    ("low", Risk::Low),
    ("medium", Risk::Medium),
    ("high", Risk::High),
    ("critical", Risk::Critical),
];
const REQUESTERS: [(&str, bool); 2] = [("required", true), ("optional", false)];
const RETRIES: [(&str, Retry); 2] = [("never", Retry::Never), ("idempotent", Retry::Idempotent)];
const CHOICES: [(&str, Choice); 2] = [("approve", Choice::Approve), ("deny", Choice::Deny)];

/// Most bytes of a description.
const DESCRIPTION_LIMIT: usize = 1024;
const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub(super) fn read(
    root: &Node<'_>,
    people: &People,
    groups: &Groups,
    report: &mut Report,
) -> BTreeMap<PolicyName, Policy> {
    let mut policies = BTreeMap::new();
    let Some(table) = root.table("policies", report) else { return policies };
    for (key, value) in table.entries() {
        if report.is_full() {
            break;
        }
        let Some(node) = table.node(key, value, report) else { continue };
        match PolicyName::new(key.text) {
            Ok(name) => {
                let policy = policy(&node, name.clone(), people, groups, report);
                policies.insert(name, policy);
            }
            Err(error) => report.add(key.at, node.path, error.to_string()),
        }
    }
    policies
}

/// With defaults where there are mistakes; such a policy never leaves the reader.
fn policy(
    node: &Node<'_>,
    name: PolicyName,
    people: &People,
    groups: &Groups,
    report: &mut Report,
) -> Policy {
    node.know(&KEYS, &LATER, report);
    let risk = node.choice("risk", &RISKS, report).unwrap_or_default();
    let requester = node.choice("requester", &REQUESTERS, report);
    let effect = node.choice("effect", &EFFECTS, report);
    let stage = match effect {
        Some(Effect::Allow) | Some(Effect::Deny) => {
            approvers::refuse(node, &effect.unwrap_or_default().to_string(), &ASKING, report);
            None
        }
        Some(Effect::Ask) => approvers::read(node, people, groups, report),
        None if node.at("effect").is_none() => approvers::read(node, people, groups, report),
        None => None,
    };
    let requirement = Requirement {
        risk,
        description: node
            .prose("description", DESCRIPTION_LIMIT, report)
            .map(|found| found.text.to_owned()),
        stages: stage.into_iter().collect(),
        timeout: time(node, "timeout", MONTH, report).unwrap_or(Policy::TIMEOUT),
        grant_ttl: time(node, "grant_ttl", DAY, report).unwrap_or(Policy::GRANT_TTL),
        retry: node.choice("retry", &RETRIES, report).unwrap_or_default(),
        requester_required: requester.unwrap_or(risk >= Risk::High),
        reason_required: choices(node, report),
        references: references::references(node, report),
        controls: references::controls(node, report),
    };
    Policy { name, effect: effect.unwrap_or_default(), requirement: Arc::new(requirement) }
}

fn time(node: &Node<'_>, key: &str, most: Duration, report: &mut Report) -> Option<Duration> {
    let text = node.text_like("a length of time in quotes, like `15m`", key, report)?;
    match duration(text.text, SECOND, most) {
        Ok(time) => Some(time),
        Err(what) => {
            report.add(text.at, node.key(key), what);
            None
        }
    }
}

fn choices(node: &Node<'_>, report: &mut Report) -> Vec<Choice> {
    let key = node.key("reason_required");
    let words = node.texts("reason_required", report).unwrap_or_default();
    words.into_iter().filter_map(|word| node::choice(word, &key, &CHOICES, report)).collect()
}
