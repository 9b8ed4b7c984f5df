//! Rule: `lib.rs` declares modules and re-exports names, and defines nothing.

use crate::house::finding::Finding;
use crate::tree::{Source, Tree};
use crate::words::Word;

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let faces = tree.sources().iter().filter(|source| source.path().ends_with("src/lib.rs"));
    faces.flat_map(check_face).collect()
}

fn check_face(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut words = source.words();
    // A proc-macro crate must have its entries in the root.
    let mut entry = false;
    while let Some((first, rest)) = words.split_first() {
        words = match first.text.as_str() {
            "#" => {
                let after = skip_item(rest, &["]"]);
                let attribute = rest.get(..rest.len() - after.len()).unwrap_or_default();
                entry |= attribute.iter().any(|word| word.text.starts_with("proc_macro"));
                after
            }
            "pub" | "}" => rest,
            "(" => skip_item(words, &[")"]),
            "use" => skip_item(rest, &[";"]),
            // An inline module is a face as well: its content is looked at in turn.
            "mod" => rest.get(2..).unwrap_or_default(),
            keyword => {
                if !entry {
                    let what = format!(
                        "`{keyword}`: the face of a crate defines nothing; move it to a module"
                    );
                    findings.push(Finding::at(source.path(), first.line, what));
                }
                entry = false;
                skip_item(words, &[";", "}"])
            }
        };
    }
    findings
}

/// What follows the first of `ends` that stands outside every bracket opened on the way.
fn skip_item<'a>(words: &'a [Word], ends: &[&str]) -> &'a [Word] {
    let mut depth = 0_usize;
    for (at, word) in words.iter().enumerate() {
        match word.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && ends.contains(&word.text.as_str()) {
            return words.get(at + 1..).unwrap_or_default();
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::house::finding::said;

    fn found(text: &str) -> usize {
        said(check, &[("guardrail-core/src/lib.rs", text)]).len()
    }

    #[test]
    fn a_face_that_declares_and_re_exports_is_fine() {
        let face = "//! The core.\n#![warn(missing_docs)]\nmod clock;\n#[cfg(test)]\npub(crate) mod model;\n\
            pub use crate::model::{Intent, id::*};\n#[doc(hidden)]\npub mod __private { pub use crate::clock::Clock; }\n";
        assert_eq!(found(face), 0);
    }

    #[test]
    fn a_definition_in_a_face_is_found() {
        assert_eq!(found("pub struct A { b: u8 }\nmod c;\npub use c::D;"), 1);
        assert_eq!(
            found("pub fn f() -> u8 { 1 }\nimpl A { fn g() {} }\nconst B: [u8; 2] = [1, 2];"),
            3
        );
        assert_eq!(found("pub mod a { pub fn f() {} }"), 1);
    }

    #[test]
    fn the_entry_of_a_macro_may_stand_in_its_face() {
        let entry = "#[proc_macro_attribute]\npub fn requires_approval(a: T, b: T) -> T { expand(a, b) }\nmod expand;";
        assert_eq!(found(entry), 0);
        assert_eq!(found(&format!("{entry}\nfn helper() {{}}")), 1);
    }
}
