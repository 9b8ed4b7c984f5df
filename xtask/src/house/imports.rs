//! Rule: inside a crate, modules form no circle, and nobody imports from the crate's own face.

use std::collections::BTreeSet;

use crate::house::finding::Finding;
use crate::house::graph::Graph;
use crate::paths::{Named, named};
use crate::tree::{Source, Tree};

/// One module of a crate naming another, both directly under the crate's root.
#[derive(Debug)]
pub(crate) struct Import {
    /// The folder of the crate.
    pub(crate) house: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) path: String,
    pub(crate) line: usize,
    /// It names a macro, which is always at the root.
    calls_macro: bool,
}

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let rooms = rooms(tree);
    let (inner, face): (Vec<Import>, Vec<Import>) = imports(tree)
        .into_iter()
        .partition(|import| rooms.contains(&(import.house.clone(), import.to.clone())));
    let faces = face.iter().filter(|import| !import.calls_macro).map(|import| {
        let what = format!(
            "`crate::{}` is the crate's face; import it from the module that defines it",
            import.to
        );
        Finding::at(&import.path, import.line, what)
    });
    faces.chain(circles(&inner)).collect()
}

/// Every import between two different modules directly under the root of one crate.
pub(crate) fn imports(tree: &Tree) -> Vec<Import> {
    tree.sources().iter().flat_map(imports_of).collect()
}

/// The modules directly under the root, with the folder of their crate.
fn rooms(tree: &Tree) -> BTreeSet<(String, String)> {
    let modules = tree.sources().iter().filter_map(Source::module);
    modules
        .filter_map(|(house, module)| Some((house.to_owned(), module.first()?.clone())))
        .collect()
}

fn imports_of(source: &Source) -> Vec<Import> {
    let Some((house, _)) = source.module() else { return Vec::new() };
    let mut imports: Vec<Import> = Vec::new();
    for Named { here, way, line, calls_macro, .. } in named(source, |_| false) {
        let (Some(from), Some(to)) = (here.first(), way.first()) else { continue };
        let again = imports.last().is_some_and(|last| (&last.to, last.line) == (to, line));
        if from != to && !again {
            imports.push(Import {
                house: house.to_owned(),
                from: from.clone(),
                to: to.clone(),
                path: source.path().to_owned(),
                line,
                calls_macro: calls_macro && way.len() == 1,
            });
        }
    }
    imports
}

/// One finding for each import that closes a circle.
fn circles(imports: &[Import]) -> Vec<Finding> {
    let mut told = BTreeSet::new();
    let mut findings = Vec::new();
    let steps = imports.iter().map(|import| {
        let (house, from, to) = (&*import.house, &*import.from, &*import.to);
        ((house, from), (house, to))
    });
    let graph = Graph::of(steps);
    for import in imports {
        let Import { house, from, to, .. } = import;
        if graph.leads((&**house, &**to), (&**house, &**from)) && told.insert((house, from, to)) {
            let what = format!("`{from}` imports `{to}`, which leads back to `{from}`");
            findings.push(Finding::at(&import.path, import.line, what));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{check, imports};
    use crate::house::finding::said;
    use crate::tree::Tree;

    fn names(path: &str, text: &str) -> Vec<String> {
        imports(&Tree::of(&[(path, text)])).into_iter().map(|import| import.to).collect()
    }

    #[test]
    fn every_way_to_name_a_module_is_seen() {
        let path = "guardrail-core/src/desk/vote.rs";
        assert_eq!(names(path, "use crate::gate::Permit;"), ["gate"]);
        assert_eq!(
            names(path, "use crate::{model::{Intent, id}, gate::Permit, view};"),
            ["model", "gate", "view"]
        );
        assert_eq!(
            names(path, "fn f() -> super::super::gate::Permit { g(crate::view::h()) }"),
            ["gate", "view"]
        );
        assert_eq!(
            names(path, "mod tests { use super::super::super::gate; use super::super::open; }"),
            ["gate"]
        );
        assert_eq!(
            names(path, "use crate::desk::open;\nuse super::error::Error;\npub(crate) fn f() {}"),
            [""; 0]
        );
    }

    #[test]
    fn the_root_of_a_crate_may_name_everything() {
        assert_eq!(names("guardrail-core/src/lib.rs", "pub use crate::gate::Permit;"), [""; 0]);
    }

    #[test]
    fn two_modules_that_import_each_other_are_found() {
        let one_way = [("a/src/x.rs", "use crate::y::Y;"), ("a/src/y/mod.rs", "struct Y;")];
        assert_eq!(said(check, &one_way), [""; 0]);
        let both = [("a/src/x.rs", "use crate::y::Y;"), ("a/src/y/mod.rs", "\nuse crate::x::X;")];
        assert_eq!(
            said(check, &both),
            [
                "a/src/x.rs:1: `x` imports `y`, which leads back to `x`",
                "a/src/y/mod.rs:2: `y` imports `x`, which leads back to `y`"
            ]
        );
        let other_crate = [
            ("a/src/x.rs", "use crate::y::Y;"),
            ("a/src/y.rs", ""),
            ("b/src/y.rs", "use crate::x::X;"),
            ("b/src/x.rs", ""),
        ];
        assert_eq!(said(check, &other_crate), [""; 0]);
    }

    #[test]
    fn an_import_from_the_face_is_found() {
        let found = said(
            check,
            &[("a/src/x.rs", "use crate::Intent;\nfn f() { crate::bail!() }"), ("a/src/y.rs", "")],
        );
        assert_eq!(
            found,
            [
                "a/src/x.rs:1: `crate::Intent` is the crate's face; import it from the module that defines it"
            ]
        );
    }
}
