//! The house check: what the plan of the workspace promises and no other tool looks at.

mod circles;
mod crates;
mod face;
mod finding;
mod floors;
mod forbidden;
mod graph;
mod headings;
mod imports;
mod invariants;
mod size;

use crate::command::{Failure, root};
use crate::house::finding::Finding;
use crate::step::{Done, Step};
use crate::tree::Tree;

/// Looks at the whole tree and says what breaks it.
type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: &[Rule] = &[
    unreadable,
    size::check,
    forbidden::check,
    headings::check,
    face::check,
    floors::check,
    imports::check,
    circles::check,
    crates::check,
    invariants::check,
];

pub(crate) fn step() -> Step {
    Step::work("house", || {
        let tree = Tree::read(&root())?;
        let findings = check(&tree);
        if findings.is_empty() {
            println!("{} Rust files, {} manifests", tree.sources().len(), tree.manifests().len());
            return Ok(Done::Passed);
        }
        for finding in &findings {
            println!("{finding}");
        }
        Err(Failure::new(format!("{} findings of the house check", findings.len())))
    })
}

fn check(tree: &Tree) -> Vec<Finding> {
    RULES.iter().flat_map(|rule| rule(tree)).collect()
}

/// A file that no rule could look into.
fn unreadable(tree: &Tree) -> Vec<Finding> {
    let sources = tree.sources().iter().map(|source| (source.path(), source.error()));
    let manifests = tree.manifests().iter().map(|manifest| (manifest.path(), manifest.error()));
    sources
        .chain(manifests)
        .filter_map(|(path, error)| {
            error.map(|error| Finding::new(path, format!("cannot be read: {error}")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{check, unreadable};
    use crate::command::root;
    use crate::tree::Tree;

    #[test]
    fn a_file_that_is_not_rust_or_toml_is_found() {
        let tree = Tree::of(&[
            ("src/lib.rs", "fn f( {"),
            ("Cargo.toml", "[package"),
            ("src/good.rs", "fn f() {}"),
        ]);
        assert_eq!(unreadable(&tree).len(), 2);
    }

    #[test]
    fn the_whole_check_reads_this_workspace_and_finds_a_bad_file() -> Result<(), String> {
        let tree = Tree::read(&root()).map_err(|e| e.to_string())?;
        assert!(tree.sources().iter().any(|source| source.path() == "xtask/src/house/mod.rs"));
        assert!(tree.manifests().len() > 3);
        let bad = Tree::of(&[("guardrail-core/src/model/bad.rs", "use crate::gate::Permit;\n")]);
        assert!(check(&bad).iter().any(|finding| finding.to_string().contains("`gate`")));
        Ok(())
    }
}
