//! Rule: in guardrail-core, imports run down the floors of the house and never up.

use crate::house::finding::Finding;
use crate::house::imports::imports;
use crate::tree::Tree;

const CORE: &str = "guardrail-core";

/// Each module of the core, from the ground up, and the modules it may import. Those on one floor do not
/// know one another.
const FLOORS: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("model", &["clock"]),
    ("policy", &["model", "clock"]),
    ("audit", &["model", "clock"]),
    ("view", &["model", "clock"]),
    ("desk", &["policy", "audit", "model", "clock"]),
    ("approver", &["desk", "view", "policy", "audit", "model", "clock"]),
    ("gate", &["approver", "desk", "view", "policy", "audit", "model", "clock"]),
    ("testing", &["gate", "approver", "audit", "policy", "model", "clock"]),
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources() {
        let Some((CORE, module)) = source.module() else { continue };
        if let Some(room) = module.first().filter(|room| may_import(room).is_none()) {
            let what = format!("`{room}` is on no floor; give it one in xtask/src/house/floors.rs");
            findings.push(Finding::new(source.path(), what));
        }
    }
    for import in imports(tree).iter().filter(|import| import.house == CORE) {
        let allowed = may_import(&import.from).unwrap_or_default();
        if may_import(&import.to).is_some() && !allowed.contains(&import.to.as_str()) {
            let what = format!(
                "`{}` may not import `{}`: imports run down the floors",
                import.from, import.to
            );
            findings.push(Finding::at(&import.path, import.line, what));
        }
    }
    findings
}

fn may_import(room: &str) -> Option<&'static [&'static str]> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, below)| *below)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::house::finding::said;

    fn found(room: &str, text: &str) -> usize {
        said(check, &[(&format!("guardrail-core/src/{room}/a.rs"), text)]).len()
    }

    #[test]
    fn an_import_up_the_floors_or_along_one_is_found() {
        for (room, not) in [
            ("clock", "model"),
            ("model", "policy"),
            ("policy", "audit"),
            ("audit", "policy"),
            ("view", "policy"),
            ("desk", "view"),
            ("desk", "approver"),
            ("approver", "gate"),
        ] {
            assert_eq!(found(room, &format!("use crate::{not}::Thing;")), 1, "{room} → {not}");
        }
    }

    #[test]
    fn an_import_down_the_floors_is_fine() {
        assert_eq!(
            found("gate", "use crate::{approver, desk, view, policy, audit, model, clock};"),
            0
        );
        assert_eq!(found("model", "use crate::clock::Clock;"), 0);
    }

    #[test]
    fn a_module_without_a_floor_is_found() {
        assert_eq!(found("util", ""), 1);
        assert_eq!(said(check, &[("guardrail-slack/src/util.rs", "")]), [""; 0]);
    }
}
