//! What the file says about a person's accounts: one key for each channel that proves people.

use crate::model::Identity;
use crate::policy::read::node::{Node, Text};
use crate::policy::read::show::shown;
use crate::policy::report::Report;

/// The channels that prove people. Each is the realm of its identities.
pub(super) const REALMS: [&str; 5] = ["slack", "teams", "terminal", "web", "oidc"];

/// All accounts of one person, one or a list of them for each channel.
pub(super) fn read<'d>(node: &Node<'d>, report: &mut Report) -> Vec<(Text<'d>, Identity)> {
    let mut identities = Vec::new();
    for realm in REALMS {
        for subject in node.one_or_more(realm, report) {
            match wrong(realm, subject.text) {
                Some(what) => report.add(subject.at, node.key(realm), what),
                None => identities.push((subject, Identity::new(realm, subject.text))),
            }
        }
    }
    identities
}

fn wrong(realm: &str, subject: &str) -> Option<String> {
    if subject.is_empty() || subject.len() > Identity::LIMIT {
        return Some(format!("must have 1 to {} bytes", Identity::LIMIT));
    }
    if subject.trim() != subject || subject.chars().any(char::is_control) {
        let subject = shown(subject);
        return Some(format!("`{subject}` has blanks around it or control characters in it"));
    }
    let id = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    match subject.split_once('/') {
        Some((team, user)) if id(team) && id(user) => None,
        _ if realm != "slack" => None,
        _ => Some(format!(
            "`{}` must be the ids of the team and the user, like `T0CORP/U012ABC`",
            shown(subject)
        )),
    }
}
