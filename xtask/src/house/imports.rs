//! Rule: inside a crate, modules form no circle, and nobody imports from the crate's own face.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::finding::Finding;
use crate::tree::{Source, Tree};
use crate::words::Word;

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
    let words = source.words();
    let mut imports = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let inside_path = at
            .checked_sub(1)
            .and_then(|at| words.get(at))
            .is_some_and(|before| before.text == "::");
        let Some(from) = word.module.first().filter(|_| !inside_path) else { continue };
        for (to, calls_macro) in targets(word, words.get(at + 1..).unwrap_or_default()) {
            if to != *from {
                let (house, path) = (house.to_owned(), source.path().to_owned());
                imports.push(Import {
                    house,
                    from: from.clone(),
                    to,
                    path,
                    line: word.line,
                    calls_macro,
                });
            }
        }
    }
    imports
}

/// The modules under the root that a path starting at `first` leads to.
fn targets(first: &Word, mut rest: &[Word]) -> Vec<(String, bool)> {
    let mut base = match first.text.as_str() {
        "crate" => &[],
        "super" => parent(&first.module),
        _ => return Vec::new(),
    };
    while let [colons, next, after @ ..] = rest {
        match (colons.text.as_str(), next.text.as_str()) {
            ("::", "super") => (base, rest) = (parent(base), after),
            ("::", _) if !base.is_empty() => {
                return base.first().map(|room| (room.clone(), false)).into_iter().collect();
            }
            ("::", "{") => return heads(after),
            ("::", name) => {
                return vec![(name.to_owned(), after.first().is_some_and(|word| word.text == "!"))];
            }
            _ => break,
        }
    }
    Vec::new()
}

/// The first names of a group `{a::b, c}` whose bracket has just been opened.
fn heads(words: &[Word]) -> Vec<(String, bool)> {
    let (mut depth, mut fresh, mut heads) = (0_usize, true, Vec::new());
    for word in words {
        match word.text.as_str() {
            "{" => depth += 1,
            "}" if depth == 0 => break,
            "}" => depth -= 1,
            "," if depth == 0 => fresh = true,
            name if fresh => {
                heads.push((name.to_owned(), false));
                fresh = false;
            }
            _ => {}
        }
    }
    heads
}

fn parent(module: &[String]) -> &[String] {
    module.split_last().map_or(&[], |(_, parent)| parent)
}

/// One finding for each import that closes a circle.
fn circles(imports: &[Import]) -> Vec<Finding> {
    let mut edges: BTreeMap<(&str, &str), Vec<&Import>> = BTreeMap::new();
    for import in imports {
        edges.entry((&import.house, &import.from)).or_default().push(import);
    }
    let mut findings = Vec::new();
    let mut told = BTreeSet::new();
    for import in imports {
        let back = reaches(&edges, import, &import.from);
        if back && told.insert((&import.house, &import.from, &import.to)) {
            let what = format!(
                "`{}` imports `{}`, which leads back to `{}`",
                import.from, import.to, import.from
            );
            findings.push(Finding::at(&import.path, import.line, what));
        }
    }
    findings
}

fn reaches(edges: &BTreeMap<(&str, &str), Vec<&Import>>, start: &Import, goal: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut ahead = vec![start.to.as_str()];
    while let Some(room) = ahead.pop() {
        if room == goal {
            return true;
        }
        if seen.insert(room) {
            ahead.extend(
                edges
                    .get(&(start.house.as_str(), room))
                    .into_iter()
                    .flatten()
                    .map(|import| import.to.as_str()),
            );
        }
    }
    false
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
