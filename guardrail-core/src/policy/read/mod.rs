//! Reads the text of a policy file, and finds every mistake in it.

mod approvers;
mod duration;
mod groups;
mod identity;
mod node;
mod people;
mod policies;
mod references;
mod show;
mod words;

use std::collections::BTreeMap;
use std::string::FromUtf8Error;
use std::sync::Arc;

use toml::de::DeTable;

use crate::model::Digest;
use crate::policy::directory::Directory;
use crate::policy::error::PolicyError;
use crate::policy::read::node::Node;
use crate::policy::report::{Lines, Report};
use crate::policy::section::Section;
use crate::policy::set::{Inner, Policies, PolicySet};

/// What the channels keep in the file; each reads its own.
const SECTIONS: [&str; 4] = ["slack", "teams", "web", "terminal"];
const TOP: [&str; 7] = ["people", "groups", "policies", "slack", "teams", "web", "terminal"];

/// Makes a policy set of `text`, or lists what is wrong with it.
pub(super) fn policy_set(file: &str, text: String) -> Result<PolicySet, PolicyError> {
    let mut report = Report::default();
    let (document, mut slips) = DeTable::parse_recoverable(&text);
    let lines = Lines::new(&text);
    let at = |slip: &toml::de::Error| slip.span().map_or(0, |span| span.start);
    slips.sort_by_key(at);
    // What follows a slip in its line is the slip again.
    slips.dedup_by_key(|slip| lines.place(at(slip)).0);
    for slip in &slips {
        // Only of this slip the place is a whole key.
        let key = slip.span().filter(|_| slip.message() == "duplicate key");
        let key = key.and_then(|span| text.get(span)).unwrap_or_default();
        let key = match key.trim_matches(['"', '\'']) {
            "" => String::new(),
            key => show::key(key),
        };
        report.add(at(slip), key, slip.message());
    }
    if !report.is_empty() {
        return Err(report.into_error(file, &text));
    }
    let inner = read(file, &text, document.get_ref(), &mut report);
    if report.is_empty() { Ok(PolicySet::new(inner)) } else { Err(report.into_error(file, &text)) }
}

/// What to say of a file that holds something else than text.
pub(super) fn not_text(file: &str, error: &FromUtf8Error) -> PolicyError {
    let whole = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(error.as_bytes().get(..whole).unwrap_or_default());
    let mut report = Report::default();
    report.add(whole, "", "here is a byte that is not UTF-8 text");
    report.into_error(file, &text)
}

fn read(file: &str, text: &str, document: &DeTable<'_>, report: &mut Report) -> Inner {
    let root = Node::root(document);
    root.know(&TOP, &[], report);
    let people = people::read(&root, report);
    let groups = groups::read(&root, &people, report);
    let policies = policies::read(&root, &people, &groups, report);
    let (file, whole): (Arc<str>, Arc<str>) = (file.into(), text.into());
    let mut sections = BTreeMap::new();
    for name in SECTIONS {
        if root.table(name, report).is_some() {
            let (file, text) = (Arc::clone(&file), Arc::clone(&whole));
            sections.insert(name, Section { name, file, text });
        }
    }
    Inner {
        digest: Digest::of(text.as_bytes()),
        directory: Directory::new(people.into_values().collect(), groups.into_members()),
        policies: Policies::Named(policies),
        sections,
    }
}
