//! A file cut short: what it can do, and what it cannot.

use std::collections::BTreeMap;
use std::fs;

use super::WHOLE;
use crate::policy::PolicySet;

/// The policies as the set means them, by name.
fn meaning(set: &PolicySet) -> BTreeMap<String, String> {
    set.policies().map(|policy| (policy.name().to_string(), format!("{policy:?}"))).collect()
}

/// The last table that a text reaches.
fn last_table(text: &str) -> &str {
    text.lines().rfind(|line| line.starts_with('[')).unwrap_or_default()
}

#[test]
fn a_cut_at_any_byte_is_refused_or_changes_nothing_but_the_last_table() {
    let whole = meaning(&PolicySet::parse(WHOLE).unwrap());
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rules.toml");
    let mut loaded = 0;
    for at in (1..WHOLE.len()).filter(|at| WHOLE.is_char_boundary(*at)) {
        let text = &WHOLE[..at];
        fs::write(&path, text).unwrap();
        let Ok(set) = PolicySet::load(&path) else { continue };
        loaded += 1;
        assert!(text.ends_with('\n'), "cut inside a line: {text:?}");
        for (name, policy) in meaning(&set) {
            let cut = last_table(text) == format!("[policies.{name}]");
            assert!(cut || policy == whole[&name], "{name} changed by a cut at {at}");
        }
    }
    assert!(loaded > 0, "a cut between two tables is no mistake");
}

#[test]
fn a_cut_never_makes_a_policy_that_allows_or_asks_nobody() {
    for at in (1..WHOLE.len()).filter(|at| WHOLE.is_char_boundary(*at)) {
        let Ok(set) = PolicySet::parse(&WHOLE[..at]) else { continue };
        for policy in set.policies() {
            let allows = ["read", "key-rotation"].contains(&policy.name().as_str());
            let asked = policy.requirement().map(|requirement| requirement.approvals());
            let fine = match policy.effect() {
                crate::policy::Effect::Allow => allows,
                crate::policy::Effect::Ask => asked >= Some(1),
                crate::policy::Effect::Deny => true,
            };
            assert!(fine, "{} at {at}", policy.name());
        }
    }
}
