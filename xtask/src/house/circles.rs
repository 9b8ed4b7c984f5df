//! Rule: the files of a crate do not import each other in a circle.
//!
//! The face of a folder, its `mod.rs`, and what lies in the folder do know each other. What a face
//! hands on is an import of the file that defines it.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::finding::Finding;
use crate::house::graph::Graph;
use crate::paths::{Named, Way, named};
use crate::tree::{Source, Tree};

/// Faces that hand on what another hands on, one behind the other; no house has as many.
const HANDS: usize = 8;

/// The modules of one crate.
#[derive(Default)]
struct House<'t> {
    files: BTreeMap<Way, &'t str>,
    /// What a face hands on, by its own way and the name, and where it has it from.
    handed: BTreeMap<Way, Way>,
}

/// One file naming another.
struct Import<'t> {
    from: &'t str,
    to: &'t str,
    line: usize,
}

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut houses: BTreeMap<&str, House<'_>> = BTreeMap::new();
    for source in tree.sources() {
        let Some((folder, module)) = source.module() else { continue };
        houses.entry(folder).or_default().files.insert(module, source.path());
    }
    for (folder, house) in &mut houses {
        for source in tree.sources().iter().filter(|source| is_face(source.path())) {
            if source.module().is_some_and(|(other, _)| other == *folder) {
                house.hand_on(source);
            }
        }
    }
    let mut imports = Vec::new();
    for source in tree.sources() {
        let Some((folder, module)) = source.module() else { continue };
        let Some(house) = houses.get(folder) else { continue };
        for Named { way, line, .. } in house.named(source) {
            let Some((to, there)) = house.find(&way) else { continue };
            // A folder's face and what lies in the folder know each other.
            let is_kin = there.starts_with(&module) || module.starts_with(there);
            if !is_kin {
                imports.push(Import { from: source.path(), to, line });
            }
        }
    }
    circles(&imports)
}

fn is_face(path: &str) -> bool {
    path.ends_with("/mod.rs") || path.ends_with("/lib.rs")
}

impl<'t> House<'t> {
    /// What a file names outside of its tests.
    fn named(&self, source: &Source) -> impl Iterator<Item = Named> + use<> {
        let all = named(source, |way| self.files.contains_key(way));
        all.into_iter().filter(|named| !named.test)
    }

    /// Notes what this face has from others.
    fn hand_on(&mut self, face: &'t Source) {
        let Some((_, module)) = face.module() else { return };
        for Named { way, name, .. } in self.named(face) {
            let here: Way = module.iter().cloned().chain([name]).collect();
            if here != way {
                self.handed.insert(here, way);
            }
        }
    }

    /// The file that defines what is meant, and its way.
    fn find(&self, way: &[String]) -> Option<(&'t str, &Way)> {
        let mut way = way;
        for _ in 0..HANDS {
            let known = (1..=way.len()).rev().find_map(|length| {
                let start = way.get(..length)?;
                self.handed
                    .get(start)
                    .or_else(|| self.files.get_key_value(start).map(|(way, _)| way))
            })?;
            if let Some(file) = self.files.get(known) {
                return Some((file, known));
            }
            way = known;
        }
        None
    }
}

/// One finding for each two files of which the first leads back to itself through the second.
fn circles(imports: &[Import<'_>]) -> Vec<Finding> {
    let graph = Graph::of(imports.iter().map(|import| (import.from, import.to)));
    let mut told = BTreeSet::new();
    let closing = imports.iter().filter(|import| {
        graph.leads(import.to, import.from) && told.insert((import.from, import.to))
    });
    closing
        .map(|import| {
            let what = format!("imports `{}`, which leads back to it", import.to);
            Finding::at(import.from, import.line, what)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::house::finding::said;

    #[test]
    fn two_files_that_import_each_other_are_found() {
        let one_way = [("a/src/desk/x.rs", "use super::y::Y;"), ("a/src/desk/y.rs", "struct Y;")];
        assert_eq!(said(check, &one_way), [""; 0]);
        let both = [
            ("a/src/desk/x.rs", "use crate::{audit::A, desk::{y::{self, Y}, z}};"),
            ("a/src/desk/y.rs", "\nfn f() -> super::x::X { g() }"),
        ];
        assert_eq!(
            said(check, &both),
            [
                "a/src/desk/x.rs:1: imports `a/src/desk/y.rs`, which leads back to it",
                "a/src/desk/y.rs:2: imports `a/src/desk/x.rs`, which leads back to it"
            ]
        );
    }

    #[test]
    fn what_a_face_hands_on_is_of_the_file_that_defines_it() {
        let files = [
            ("a/src/model/mod.rs", "mod y;\npub use y::Y;"),
            ("a/src/model/y.rs", "use crate::desk::X;"),
            ("a/src/desk/mod.rs", "mod x; pub(crate) use self::x::X;"),
            ("a/src/desk/x.rs", "use crate::model::Y;"),
        ];
        assert_eq!(said(check, &files).len(), 2);
        let under_another_name = [
            ("a/src/model/mod.rs", "mod y;\npub use y::{Y as Z, W};"),
            ("a/src/model/y.rs", "use crate::desk::x::X;"),
            ("a/src/desk/x.rs", "use crate::model::Z;"),
        ];
        assert_eq!(said(check, &under_another_name).len(), 2);
    }

    #[test]
    fn a_face_and_what_lies_in_its_folder_know_each_other() {
        let files = [
            ("a/src/desk/mod.rs", "mod x; struct Desk; use x::X;"),
            ("a/src/desk/x.rs", "use crate::desk::Desk;"),
            ("a/src/desk/y.rs", "#[cfg(test)] mod tests { use crate::desk::z::Z; }"),
            ("a/src/desk/z.rs", "use super::y::Y;"),
        ];
        assert_eq!(said(check, &files), [""; 0]);
    }
}
