//! Rule: every file says in its first line what it is; an example says it in a sentence.

use crate::house::finding::Finding;
use crate::tree::{Source, Tree};

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    tree.sources().iter().filter_map(check_source).collect()
}

fn check_source(source: &Source) -> Option<Finding> {
    let first = source.line(1);
    let caption = first.strip_prefix("//! ");
    // The facade's doc is the README.
    if source.path().ends_with("src/lib.rs") && first.starts_with("#![doc") {
        return None;
    }
    if is_example(source.path()) {
        let sentence =
            caption.is_some_and(|c| c.starts_with(|c: char| !c.is_lowercase()) && c.ends_with('.'));
        return (!sentence).then(|| {
            Finding::at(
                source.path(),
                1,
                "the first line is no `//! Sentence.` that says what it teaches",
            )
        });
    }
    caption.is_none().then(|| Finding::at(source.path(), 1, "the first line is no `//!` caption"))
}

/// `examples/name.rs` and `examples/name/main.rs`, but not the helpers beside the latter.
fn is_example(path: &str) -> bool {
    let inside = path
        .strip_prefix("examples/")
        .or_else(|| path.split_once("/examples/").map(|(_, rest)| rest));
    inside.is_some_and(|rest| !rest.contains('/') || rest.ends_with("/main.rs"))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::house::finding::said;

    fn found(path: &str, text: &str) -> usize {
        said(check, &[(path, text)]).len()
    }

    #[test]
    fn a_file_without_a_caption_is_found() {
        assert_eq!(found("src/a.rs", "use std::fmt;"), 1);
        assert_eq!(found("src/a.rs", "//!\n"), 1);
        assert_eq!(found("src/a.rs", "//! Ids\n"), 0);
        assert_eq!(found("src/lib.rs", "#![doc = include_str!(\"../README.md\")]"), 0);
    }

    #[test]
    fn an_example_starts_with_a_sentence() {
        assert_eq!(found("examples/refund.rs", "//! refund\nfn main() {}"), 1);
        assert_eq!(found("examples/refund/main.rs", "fn main() {}"), 1);
        assert_eq!(
            found("examples/refund.rs", "//! How one refund waits for a person.\nfn main() {}"),
            0
        );
    }
}
